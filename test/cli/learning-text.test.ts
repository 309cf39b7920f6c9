/** How what is known of learning is told: trainings, decisions, suggestions, evaluations, explanations. */
import { describe, expect, it } from '@jest/globals';
import { decisionsText } from '../../cli/text/decisions.ts';
import { evaluationText } from '../../cli/text/evaluation.ts';
import { explanationText } from '../../cli/text/explanation.ts';
import { jobsText } from '../../cli/text/jobs.ts';
import { leaderboardText } from '../../cli/text/leaderboard.ts';
import { chosenMetric, numbersOf } from '../../cli/text/metrics.ts';
import { suggestionsText } from '../../cli/text/suggestions.ts';
import { endedText, jobText, standingOf } from '../../cli/text/training.ts';
import { versionText } from '../../cli/text/version.ts';
import type { Schemas } from '../../client/index.ts';
import { Suggestions } from '../../contracts/suggestions.ts';
import { classMetrics, comparison, completedJob, dataset, evaluation, job, numberMetrics, version } from './samples.ts';

describe('how a training stands', () => {
  const running = (progress: object) => job({ status: 'running', progress });

  it('is its phase, trial and the best so far, without what the program says twice', () => {
    const progress = { phase: 'search', done: 3, total: 100, message: 'Trial 4: lightgbm (portfolio) (12 s)' };
    expect(standingOf(running({ ...progress, trial: 4, best: 0.987654, secondsLeft: 71.6 }))).toEqual({
      what: 'search, trial 4, best 0.9877 roc-auc: lightgbm (portfolio)',
      left: '1 min 12 s left',
    });
    expect(standingOf(running({ phase: 'load', done: 0, total: 1, message: 'Reading segment 1', best: null }))).toEqual(
      { what: 'load: Reading segment 1', left: undefined },
    );
  });

  it('is what it waits for, and when it is tried again', () => {
    const waiting = { reason: 'capacity', detail: 'No ml.m5.large is free.', since: '2026-01-02T03:00:00.000Z' };
    expect(standingOf(job({ waiting })).what).toBe('queued: No ml.m5.large is free.');
    expect(standingOf(job({ waiting: { ...waiting, nextAttemptAt: '2026-01-02T03:08:00.000Z' } })).what).toBe(
      'queued: No ml.m5.large is free. Next attempt: 2026-01-02 03:08 UTC.',
    );
    expect([standingOf(job()), standingOf(job({ status: 'running' })), standingOf(job({ status: 'paused' }))]).toEqual(
      ['queued', 'running', 'paused'].map((what) => ({ what })),
    );
  });
});

describe('a training that has ended', () => {
  it('tells its version, the metric it was chosen by on the holdout, seconds and cost', () => {
    expect(endedText(completedJob(), version())).toBe(
      [
        'job_01JZZZZZZZZZZZZZZZZZZZZZZZ: completed after 34 s, $0.00123 of at most $0.115',
        '  v1.1.0, staging: roc-auc 0.9912 on 113 held-out cases',
      ].join('\n'),
    );
  });

  it('tells what the gate found, and that its rollout did not begin', () => {
    const gate: Schemas['Version']['gate'] = [
      { check: 'not-worse', passed: false, detail: 'It is worse than v1.0.0.' },
    ];
    const failure = 'v1.1.0 is registered, but its rollout did not begin.';
    const lines = endedText(completedJob({ failure }), version({ status: 'rejected', gate })).split('\n');
    expect(lines[1]).toMatch(/^ {2}v1\.1\.0, rejected: /);
    expect(lines.slice(2)).toEqual(['  ! gate, not-worse: It is worse than v1.0.0.', `  ! ${failure}`]);
  });

  it('without a version leaves the reason to the one who tells it once', () => {
    expect(endedText(job({ status: 'failed', seconds: 3, failure: 'The disk is full.' }), undefined)).toBe(
      'job_01JZZZZZZZZZZZZZZZZZZZZZZZ: failed after 3 s, $0 of at most $0.115',
    );
  });
});

describe('a training that is looked at', () => {
  it('has recipe, machine, runs and cost, and what it came to', () => {
    const text = jobText(completedJob({ runs: 2 }));
    expect(text).toMatch(/^job_\w+: completed, v1\.1\.0 after 34 s$/m);
    expect(text).toMatch(/recipe +tabular, by roc-auc, algorithms linear lightgbm, seconds 30$/m);
    expect(text).toMatch(/machine +ml\.m5\.large, spot, 2 runs$/m);
    expect(text).toMatch(/cost +\$0\.00123 of at most \$0\.115$/m);
    expect(text).toMatch(/validation +roc-auc 0\.9876 ± 0\.0034 in 5 folds$/m);
    expect(text).toMatch(/worst_area +\+0\.2 +█{20}$/m);
    expect(text).toMatch(/texture +\+0\.1 +█{10}·{10}$/m);
    expect(text).toMatch(/noise +-0\.01 +·{20}$/m);
    expect(text).not.toMatch(/progress|failure/);
  });

  it('on its way has its progress drawn, and the last lines of its program where they are asked for', () => {
    const progress = { phase: 'search', done: 25, total: 100, message: 'Trial 26: linear (tpe)', trial: 26 };
    const underWay = job({ status: 'running', progress, logs: ['{"event":"progress"}'] });
    expect(jobText(underWay)).toMatch(/progress +█{5}·{15} {2}search, trial 26: linear \(tpe\)$/m);
    expect(jobText(underWay)).not.toContain('│');
    expect(jobText(underWay, { logs: true })).toMatch(/^ {2}│ \{"event":"progress"\}$/m);
  });

  it('is a row of a list, with what it waits for or why it failed', () => {
    const failure = 'The program ended with 137, which is what happens when memory runs out, and more.';
    const lines = jobsText({ items: [completedJob(), job({ status: 'failed', failure })], nextCursor: 'bmV4dA' });
    expect(lines).toMatch(/^job_\w+ {2}completed {2}manual +v1\.1\.0 +2026-01-02 03:04 +\$0\.00123 +34 s$/m);
    expect(lines).toMatch(/ failed .* The program ended with 137, .{20,}…$/m);
    expect(lines).toMatch(/^… older ones: --cursor bmV4dA$/m);
    expect(jobsText({ items: [] })).toBe('no trainings yet');
  });
});

it('decisions not to train tell how often, and the last reason', () => {
  const decision = {
    day: '2026-01-02',
    reason: 'cooling-down',
    count: 1234,
    firstAt: '2026-01-02T00:00:00.000Z',
    lastAt: '2026-01-02T23:59:00.000Z',
    detail: 'The last training began at noon.',
  } as const;
  const [head, row] = decisionsText({ items: [decision] }).split('\n');
  expect(head).toMatch(/^day \(UTC\) +times +last at +reason/);
  expect(row).toMatch(/^2026-01-02 +1,234 +23:59 +cooling-down +The last training began at noon\.$/);
  expect(decisionsText({ items: [] })).toMatch(/nothing was decided against a training/);
});

describe('suggestions', () => {
  const suggested = Suggestions.parse({
    model: 'diagnosis',
    dataset,
    cases: 50_000,
    of: 1_000_000,
    fields: [],
    findings: [
      {
        kind: 'leak',
        severity: 'error',
        field: 'biopsy',
        detail: `It tells the label: leave it out, ${'since nobody knows it before, '.repeat(4)}or say why not.`,
        numbers: {},
      },
      { kind: 'imbalance', severity: 'warning', detail: 'Only 3% are malignant.', numbers: {} },
    ],
    suggestions: [{ about: 'algorithms', value: ['linear', 'xgboost'], reason: 'There is a text.' }],
    recipe: {
      name: 'tabular',
      metric: 'roc-auc',
      parameters: { algorithms: ['linear', 'xgboost'], seconds: 60, order: 'seenAt', hiddenLayers: [8, 4] },
    },
  });

  it('name what is wrong, the gravest first, in lines that fit a terminal', () => {
    const lines = suggestionsText(suggested).split('\n');
    expect(lines[0]).toBe(`diagnosis: 50,000 of 1,000,000 cases to train on, of ${dataset}`);
    expect(lines[2]).toMatch(/^ {2}✗ leak +biopsy +It tells the label/);
    expect(lines[3]?.search(/\S/)).toBe(lines[2]?.indexOf('It tells'));
    expect(Math.max(...lines.slice(1, -1).map(({ length }) => length))).toBeLessThanOrEqual(110);
    expect(lines.find((line) => line.includes('imbalance'))).toMatch(/^ {2}! imbalance +Only 3% are malignant\.$/);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}algorithms +linear, xgboost +There is a text\.$/));
  });

  it('end with the command that trains so', () => {
    expect(suggestionsText(suggested).split('\n').at(-1)).toBe(
      "to train so: relearn train diagnosis --metric roc-auc --algorithm linear --algorithm xgboost --seconds 60 --parameter order=seenAt --parameter 'hiddenLayers=[8,4]'",
    );
  });

  it('say that nothing is wrong where nothing was found', () => {
    expect(suggestionsText({ ...suggested, findings: [] })).toMatch(/^nothing is wrong with them/m);
  });
});

describe('versions side by side', () => {
  it('have a column each, and a row a metric by the names that a recipe has', () => {
    const text = evaluationText(comparison());
    expect(text).toMatch(/^evl_\w+: diagnosis, completed, on 113 held-out cases of ds_/);
    expect(text).toMatch(/^ {2}metric +v1\.0\.0 +v1\.1\.0$/m);
    expect(text).toMatch(/^ {2}accuracy +0\.9558 +0\.97$/m);
    expect(text).toMatch(/^ {2}roc-auc +0\.9912 +0\.9912$/m);
    expect(text).toMatch(/^ {2}brier +– +–$/m);
  });

  it('that could not be measured have no numbers', () => {
    const failed = evaluation({ status: 'failed', part: 'gold', failure: 'There are no gold cases.' });
    expect(evaluationText(failed)).toBe(`${failed.id}: diagnosis, failed, on gold cases of ${dataset}`);
  });

  it('differ by intervals, which say which is better, or that either may be', () => {
    const text = evaluationText(comparison());
    expect(text).toMatch(/v1\.1\.0 +v1\.0\.0 +accuracy +\+0\.0142 +\+0\.001 +\+0\.03 +v1\.1\.0$/m);
    expect(text).toMatch(/log-loss +\+0\.05 +\+0\.01 +\+0\.09 +v1\.0\.0$/m);
    expect(text).toMatch(/brier +\+0\.0001 +-0\.01 +\+0\.01 +either may be$/m);
  });

  it('have their slices, and a warning where numbers flatter or cases failed', () => {
    const text = evaluationText(comparison());
    expect(text).toMatch(/^ {2}smoker +yes +40 +95\.6% +87\.5%$/m);
    expect(text).toMatch(/! v1\.1\.0 failed on 2 of them, which count as wrong$/m);
    expect(text).toMatch(/! v1\.1\.0 was trained on 7 of them/);
    expect(text).not.toMatch(/! v1\.0\.0/);
  });

  it('have slices of pooled and of missing values, told from categories of these names, and those that are left out', () => {
    const { results = [] } = comparison();
    const [{ slices: [slice] = [] } = {}] = results;
    const named = [
      { value: 'other', kind: 'value' },
      { value: 'other', kind: 'other' },
      { value: 'missing', kind: 'missing' },
    ].map((name) => ({ ...slice, ...name }));
    const text = evaluationText(
      comparison({ results: results.map((result) => ({ ...result, slices: named })), slicesLeftOut: 1200 }),
    );
    expect(text).toMatch(/^ {2}smoker +other +40 .*\n {2}smoker +\(other\) +40 .*\n {2}smoker +\(missing\) +40 /m);
    expect(text).toMatch(/^ {2}1,200 of the smallest slices are left out/m);
    expect(evaluationText(comparison())).not.toMatch(/left out/);
  });

  it('are told by the metrics of numbers where numbers are predicted', () => {
    expect(numbersOf(numberMetrics).map(([name]) => name)).toEqual(['mae', 'mse', 'rmse', 'r2', 'within-tolerance']);
    expect(chosenMetric(undefined, numberMetrics)).toEqual(['rmse', 54]);
    expect(chosenMetric('r2', numberMetrics)).toEqual(['r2', 0.5]);
    expect(chosenMetric(undefined, classMetrics)).toEqual(['accuracy', 0.9558]);
    expect(chosenMetric('balanced-accuracy', classMetrics)).toEqual(['balanced-accuracy', 0.95]);
  });
});

describe('an explanation', () => {
  const contributions = [
    { field: 'worst_area', contribution: 0.4, standardError: 0.01 },
    { field: 'texture', contribution: -0.1, standardError: 0.002 },
  ];

  it('of a class is in points of its probability, the largest bar full', () => {
    const text = explanationText({
      version: 'v1.0.0',
      label: 'malignant',
      class: 'malignant',
      answer: 0.973,
      base: 0.37,
      contributions,
      rest: { fields: 28, contribution: 0.303 },
    });
    expect(text.split('\n')).toEqual([
      'v1.0.0 says malignant; the probability of malignant is 97.3%, and would be 37% on average',
      '  worst_area    +40    ± 1  ████████████████████',
      '  texture       -10  ± 0.2  █████···············',
      '  28 others   +30.3',
    ]);
  });

  it('of a number is in its unit, and nothing is drawn where nothing moved it', () => {
    const none = contributions.map(({ field }) => ({ field, contribution: 0, standardError: 0 }));
    const text = explanationText({
      version: 'v1.0.0',
      label: 152.345,
      answer: 152.345,
      base: 148,
      contributions: none,
    });
    expect(text).toMatch(/^v1\.0\.0 says 152\.3; it would be 148 on average$/m);
    expect(text).toMatch(/^ {2}worst_area +0 +± 0 +·{20}$/m);
  });
});

describe('a version', () => {
  it('that the gate rejects says by which check', () => {
    const gate: Schemas['Version']['gate'] = [
      { check: 'latency', passed: false, detail: 'p99 81 ms, allowed are 50 ms' },
      { check: 'parity', passed: true, detail: 'they agree' },
    ];
    expect(versionText({ version: 'v1.0.0', status: 'rejected', gate })).toEqual([
      'v1.0.0 is rejected:',
      '  ! gate, latency: p99 81 ms, allowed are 50 ms',
    ]);
    expect(versionText({ version: 'v1.0.0', status: 'champion', gate })).toEqual([]);
  });
});

describe('a leaderboard', () => {
  it('has score and its error, times and size of what was tried, and why there is no score', () => {
    const entry = {
      algorithm: 'lightgbm',
      parameters: {},
      status: 'complete',
      mean: 0.91234,
      standardError: 0.0123,
      folds: 5,
      fitSeconds: 1.5,
      predictMilliseconds: 12.3,
      bytes: 204_800,
    };
    const pruned = { ...entry, algorithm: 'network', status: 'pruned', mean: null, standardError: null, bytes: null };
    const text = leaderboardText([entry, pruned, ...Array.from({ length: 10 }, () => entry)]);
    expect(text).toMatch(/^lightgbm +0\.9123 +±0\.012 +1\.5 s +12\.3 ms +200 KB$/m);
    expect(text).toMatch(/^network +pruned/m);
    expect(text).toMatch(/and 2 more$/);
    const marked = leaderboardText([entry, { ...entry, optimistic: true }]);
    expect(marked).toMatch(/^lightgbm +0\.9123\* +±0\.012.*\n\* scored by the cases that stopped it early too/m);
  });
});
