import { statSync } from 'node:fs';
import { median } from '../quantiles.ts';
import { type Goal, judge, type Result } from '../report.ts';
import { runChild } from './child.ts';
import { functionEnvironment, startBenchCloud } from './cloud.ts';
import { type BenchModel, graphFile, served } from './fixtures.ts';
import type { Package } from './package.ts';

const rounds = 5;

const goals = {
  x64: { id: 'G6.x64', what: 'predict package without models, x86_64', unit: 'MB', bound: 'at most', gate: 60 },
  arm64: { id: 'G6.arm64', what: 'predict package without models, arm64', unit: 'MB', bound: 'at most', gate: 40 },
  bundle: { id: 'G6.bundle', what: 'our code of it, bundled', unit: 'kB', bound: 'at most', gate: 450, stretch: 60 },
  trees: {
    id: 'G7.trees',
    what: 'memory with the trees, after 500 predictions',
    unit: 'MB',
    bound: 'at most',
    gate: 130,
    stretch: 110,
  },
  large: {
    id: 'G7.large',
    what: 'memory that a model of 59 MB adds, against its file',
    unit: '×',
    bound: 'at most',
    gate: 1.6,
    stretch: 1.4,
  },
} as const satisfies Record<string, Goal>;

const megabyte = 1_000_000;

/** Resident bytes of a function that serves one model, in the middle of the rounds. */
const memoryOf = async (model: BenchModel, entry: string): Promise<number> => {
  const cloud = await startBenchCloud([served(model)]);
  const measured: number[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      measured.push(await runChild<number>('memory', [entry, model], functionEnvironment(cloud.url)));
    }
  } finally {
    await cloud.close();
  }
  return median(measured);
};

/** G6 and G7. */
export const benchFootprint = async ({ entry, bundleBytes, x64Bytes, arm64Bytes }: Package): Promise<Result[]> => {
  const [trees, network, large] = [
    await memoryOf('trees', entry),
    await memoryOf('network', entry),
    await memoryOf('large', entry),
  ];
  return [
    judge(goals.x64, x64Bytes / megabyte),
    judge(goals.arm64, arm64Bytes / megabyte),
    judge(goals.bundle, bundleBytes / 1000),
    judge(goals.trees, trees / megabyte),
    judge(goals.large, (large - network) / statSync(graphFile('large')).size),
  ];
};
