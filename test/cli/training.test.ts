import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExitCode } from '../../cli/exit-codes.ts';
import { type Reply, type ScriptedApi, startScriptedApi } from './api.ts';
import { relearn } from './command-line.ts';
import { comparison, completedJob, dataset, evaluation, job, version } from './samples.ts';

let api: ScriptedApi;
let folder: string;
beforeAll(async () => {
  api = await startScriptedApi();
  folder = await mkdtemp(join(tmpdir(), 'relearn-cli-'));
});
afterAll(async () => {
  api.close();
  await rm(folder, { recursive: true });
});

const run = (args: string[], watched = false) =>
  relearn(args, { environment: api.environment, watched, pause: async () => undefined });

/** Answers with one after the other, and with the last for ever. */
const inTurn = (...replies: Reply[]): (() => Reply) => {
  let next = 0;
  return () => {
    next += 1;
    return replies[Math.min(next, replies.length) - 1] as Reply;
  };
};

const running = (progress: object) => ({ body: job({ status: 'running', progress }) });
const trial = (number: number, best: number) => ({
  phase: 'search',
  done: number - 1,
  total: 8,
  message: `Trial ${number}: linear (portfolio)`,
  trial: number,
  best,
  secondsLeft: 20,
});

describe('train', () => {
  const courseOf = (...replies: Reply[]) => {
    const look = inTurn(...replies);
    api.answer(({ method, path }) => {
      if (method === 'POST') return { status: 202, body: job() };
      if (path.includes('/versions/')) return { body: version() };
      return path.includes('/training-jobs/') ? look() : { body: { recipe: job().recipe } };
    });
  };

  it('asks for what was given, and keeps the other parameters of the recipe', async () => {
    courseOf({ body: job() });
    const flags = ['--trials', '8', '--algorithm', 'linear', '--algorithm', 'xgboost', '--metric', 'log-loss'];
    const others = ['--parameter', 'folds=3', '--parameter', 'order=seenAt', '--seed', '7', '--no-roll-out'];
    const ran = await run(['train', 'diagnosis', '--reason', 'to see', ...flags, ...others]);
    expect(ran).toMatchObject({ exitCode: ExitCode.Done, err: '', out: expect.stringMatching(/^job_\w+: queued$/m) });
    expect(api.asked.at(-1)).toEqual({
      method: 'POST',
      path: '/models/diagnosis/training-jobs',
      body: {
        reason: 'to see',
        seed: 7,
        rollOut: false,
        recipe: {
          metric: 'log-loss',
          parameters: { algorithms: ['linear', 'xgboost'], seconds: 30, folds: 3, order: 'seenAt', trials: 8 },
        },
      },
    });
  });

  it('leaves the recipe to the model where nothing of it was given', async () => {
    courseOf({ body: job() });
    await run(['train', 'diagnosis']);
    expect(api.asked).toEqual([{ method: 'POST', path: '/models/diagnosis/training-jobs', body: { rollOut: true } }]);
  });

  it('follows on a terminal to the version, and tells each change once', async () => {
    const again = { ...trial(1, 0.9), message: 'Trial 1: linear (portfolio) (3 s)', secondsLeft: 17 };
    courseOf(
      running(trial(1, 0.9)),
      running(again),
      { status: 503, body: { title: 'Try again in a moment', detail: 'It is busy.', status: 503 } },
      running(trial(2, 0.95)),
      { body: completedJob() },
    );
    const { exitCode, out, err } = await run(['train', 'diagnosis'], true);
    expect({ exitCode, out }).toEqual({
      exitCode: ExitCode.Done,
      out: expect.stringMatching(
        /completed after 34 s.*\n {2}v1\.1\.0, staging: roc-auc 0\.9912 on 113 held-out cases/,
      ),
    });
    expect(err.split('\n').map((line) => line.replace(/^ *\d+\.\d s {2}/, ''))).toEqual([
      `${job().id}: it goes on where this is interrupted; relearn jobs show diagnosis ${job().id}`,
      'queued',
      'search, trial 1, best 0.9 roc-auc: linear (portfolio), 20 s left',
      'no answer; asking again',
      'search, trial 2, best 0.95 roc-auc: linear (portfolio), 20 s left',
    ]);
  });

  it('that fails ends with 1 and the one sentence why', async () => {
    const failure = 'Expected two classes among the training cases, found one: send cases of the other.';
    courseOf({ body: job({ status: 'failed', failure }) });
    const ran = await run(['train', 'diagnosis', '--follow', '--json']);
    expect(ran.exitCode).toBe(ExitCode.Refused);
    expect(ran.err.split('\n').at(-1)).toBe(failure);
    expect(JSON.parse(ran.out)).toMatchObject({ status: 'failed', failure });
  });

  it('that is cancelled ends with 1', async () => {
    courseOf({ body: job({ status: 'cancelled' }) });
    const { exitCode, err } = await run(['train', 'diagnosis', '--follow']);
    expect({ exitCode, last: err.split('\n').at(-1) }).toEqual({
      exitCode: ExitCode.Refused,
      last: 'It was cancelled.',
    });
  });

  it('is not followed on a terminal where that is not wanted', async () => {
    courseOf({ body: completedJob() });
    expect((await run(['train', 'diagnosis', '--no-follow', '--json'], true)).out).toContain('"queued"');
  });
});

describe('jobs', () => {
  it('are paused, resumed and cancelled: the newest, where none is named', async () => {
    for (const change of ['pause', 'resume', 'cancel']) {
      api.answer(({ method }) => (method === 'GET' ? { body: { items: [job()] } } : { status: 202, body: job() }));
      expect((await run(['jobs', change, 'diagnosis'])).exitCode).toBe(ExitCode.Done);
      expect(api.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
        'GET /models/diagnosis/training-jobs?limit=1',
        `POST /models/diagnosis/training-jobs/${job().id}/${change}`,
      ]);
    }
  });

  it('are shown and followed by their names', async () => {
    const look = inTurn({ body: job() }, { body: completedJob() });
    api.answer(({ path }) => (path.includes('/versions/') ? { body: version() } : look()));
    const { exitCode, out } = await run(['jobs', 'show', 'diagnosis', job().id, '--follow']);
    expect({ exitCode, out }).toEqual({ exitCode: ExitCode.Done, out: expect.stringContaining('v1.1.0, staging') });
  });

  it('that are none end with 1, and how to begin one', async () => {
    api.answer(() => ({ body: { items: [] } }));
    expect(await run(['jobs', 'show', 'diagnosis'])).toEqual({
      exitCode: ExitCode.Refused,
      out: '',
      err: 'Expected a training of diagnosis, found none yet. Begin one: relearn train diagnosis',
    });
    expect((await run(['jobs', 'list', 'diagnosis', '--limit', '5'])).out).toBe('no trainings yet');
    expect(api.asked.at(-1)?.path).toBe('/models/diagnosis/training-jobs?limit=5');
  });
});

describe('compare and evaluate', () => {
  it('wait for the end, and show it', async () => {
    api.answer(({ method }) => (method === 'POST' ? { status: 202, body: evaluation() } : { body: comparison() }));
    const compared = await run(['compare', 'diagnosis', 'v1.0.0', 'v1.1.0', 'v1.2.0', '--part', 'gold']);
    expect(compared).toMatchObject({ exitCode: ExitCode.Done, out: expect.stringContaining('either may be') });
    expect(compared.err).toMatch(/evl_\w+: measuring v1\.0\.0, v1\.1\.0 on holdout$/);
    expect(api.asked.map(({ path }) => path)).toEqual([
      '/models/diagnosis/compare',
      `/models/diagnosis/evaluations/${evaluation().id}`,
    ]);
    expect(api.asked[0]?.body).toEqual({ versions: ['v1.0.0', 'v1.1.0', 'v1.2.0'], part: 'gold' });
    await run(['evaluate', 'diagnosis', 'v1.0.0', '--dataset', dataset]);
    expect(api.asked.slice(2).map(({ path, body }) => [path, body])).toEqual([
      ['/models/diagnosis/versions/v1.0.0/evaluations', { dataset }],
      [`/models/diagnosis/evaluations/${evaluation().id}`, undefined],
    ]);
  });

  it('that fail end with 1 and the sentence why', async () => {
    const failure = 'The artifact of v1.1.0 is not there.';
    api.answer(() => ({ status: 202, body: evaluation({ status: 'failed', failure }) }));
    expect(await run(['compare', 'diagnosis', 'v1.0.0', 'v1.1.0'])).toMatchObject({
      exitCode: ExitCode.Refused,
      err: failure,
    });
  });
});

describe('suggest', () => {
  it('looks at the dataset that is named, or cuts one first', async () => {
    api.answer(() => ({ body: { id: dataset } }));
    await run(['suggest', 'diagnosis', '--dataset', dataset, '--json']);
    await run(['suggest', 'diagnosis', '--cut', '--json']);
    expect(api.asked.map(({ path, body }) => [path, body])).toEqual([
      ['/models/diagnosis/suggestions', { dataset }],
      ['/models/diagnosis/datasets', undefined],
      ['/models/diagnosis/suggestions', { dataset }],
    ]);
  });
});

describe('explain', () => {
  const file = async (content: string): Promise<string> => {
    const path = join(folder, 'input.json');
    await writeFile(path, content);
    return path;
  };

  it('sends the input of a file', async () => {
    api.answer(() => ({ body: {} }));
    const path = await file('{"age":61}');
    const flags = ['--version', 'v1.0.0', '--class', 'benign', '--top', '3'];
    await run(['explain', 'diagnosis', '--input', path, ...flags, '--json']);
    expect(api.asked).toEqual([
      {
        method: 'POST',
        path: '/models/diagnosis/explanations',
        body: { input: { age: 61 }, version: 'v1.0.0', class: 'benign', top: 3 },
      },
    ]);
  });

  it.each(['[1]', 'null', '{"age":', ''])('refuses a file that holds %j before anything is sent', async (content) => {
    api.answer(() => ({ body: {} }));
    const ran = await run(['explain', 'diagnosis', '--input', await file(content)]);
    expect(ran).toMatchObject({ exitCode: ExitCode.Refused, err: expect.stringMatching(/to hold one JSON object/) });
    expect(api.asked).toEqual([]);
  });

  it('says that a file is not there', async () => {
    const { exitCode, err } = await run(['explain', 'diagnosis', '--input', join(folder, 'nowhere.json')]);
    expect({ exitCode, err }).toEqual({ exitCode: ExitCode.Refused, err: expect.stringMatching(/found none/) });
  });
});
