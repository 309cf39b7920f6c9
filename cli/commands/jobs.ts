import type { Command } from 'commander';
import { expectAnswer, type Schemas } from '../../client/index.ts';
import { AbsentError } from '../errors.ts';
import { followJob } from '../follow-job.ts';
import type { OpenSession, Session } from '../session.ts';
import { jobsText } from '../text/jobs.ts';
import { jobText } from '../text/training.ts';
import { versionText } from '../text/version.ts';
import { type PageOptions, paged } from './paging.ts';

interface ShowOptions {
  readonly logs?: boolean;
  readonly follow?: boolean;
}

/** A model has one training at a time, so that the newest is the one that goes on. @throws AbsentError */
const newestJob = async ({ api }: Session, model: string): Promise<string> => {
  const params = { path: { model }, query: { limit: 1 } };
  const [job] = expectAnswer(await api.GET('/v1/models/{model}/training-jobs', { params })).items;
  if (job !== undefined) return job.id;
  throw new AbsentError(`Expected a training of ${model}, found none yet. Begin one: relearn train ${model}`);
};

/** What a training has made; nothing before its end. */
const versionOf = async ({ api }: Session, { model, version }: Schemas['TrainingJob']) => {
  if (version === undefined) return undefined;
  const path = { model, version };
  return expectAnswer(await api.GET('/v1/models/{model}/versions/{version}', { params: { path } }));
};

const changes = [
  {
    name: 'pause',
    path: '/v1/models/{model}/training-jobs/{job}/pause',
    description: 'stop at its checkpoint; it stays the one training of its model',
  },
  {
    name: 'resume',
    path: '/v1/models/{model}/training-jobs/{job}/resume',
    description: 'go on from its checkpoint',
  },
  {
    name: 'cancel',
    path: '/v1/models/{model}/training-jobs/{job}/cancel',
    description: 'stop for good',
  },
] as const;

/** `jobs list|show|pause|resume|cancel <model> [job]`. */
export const addJobs = (program: Command, open: OpenSession): void => {
  const jobs = program.command('jobs').description('what is trained, and was; without a job, the newest');
  paged(jobs.command('list <model>'))
    .description('the trainings of a model, the newest first')
    .action(async (model: string, query: PageOptions, command: Command) => {
      const session = await open(command);
      session.show(
        expectAnswer(await session.api.GET('/v1/models/{model}/training-jobs', { params: { path: { model }, query } })),
        jobsText,
      );
    });
  jobs
    .command('show <model> [job]')
    .description('one training: progress, cost, runs, what it waits for and what it came to')
    .option('--logs', 'with the last lines of the training program')
    .option('--follow', 'tell how it goes, to its end')
    .action(async (model: string, given: string | undefined, { logs, follow }: ShowOptions, command: Command) => {
      const session = await open(command);
      const path = { model, job: given ?? (await newestJob(session, model)) };
      const job = expectAnswer(await session.api.GET('/v1/models/{model}/training-jobs/{job}', { params: { path } }));
      if (follow) await followJob(session, job);
      else {
        const version = await versionOf(session, job);
        session.show({ ...job, leaderboard: version?.leaderboard ?? [], gate: version?.gate ?? [] }, () =>
          [jobText(job, { logs }), ...(version === undefined ? [] : versionText(version))].join('\n'),
        );
      }
    });
  for (const { name, path, description } of changes) {
    jobs
      .command(`${name} <model> [job]`)
      .description(description)
      .action(async (model: string, given: string | undefined, _options: unknown, command: Command) => {
        const session = await open(command);
        const params = { path: { model, job: given ?? (await newestJob(session, model)) } };
        session.show(expectAnswer(await session.api.POST(path, { params })), (job) => jobText(job));
      });
  }
};
