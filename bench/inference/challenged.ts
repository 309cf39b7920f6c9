import { median, pairedDifference, pairedRatio } from '../quantiles.ts';
import { type Goal, judge, type Result } from '../report.ts';
import { runChild } from './child.ts';
import type { Challenged } from './children/challenged.ts';
import { type BenchCloud, functionEnvironment, startBenchCloud } from './cloud.ts';
import { type Served, served } from './fixtures.ts';
import type { Package } from './package.ts';

const rounds = 5;
/** ms in which the shadow work of a request is done before the next comes. */
const restMilliseconds = 2;

type Variant = 'alone' | 'shadow' | 'restedAlone' | 'restedShadow' | 'challenged';
const megabyte = 1_000_000;

const goals = {
  shadow: {
    id: 'G1.shadow',
    what: 'the whole handler, trees, with a challenger in shadow against without one, back to back, p50',
    unit: '×',
    bound: 'at most',
    gate: 1.25,
    stretch: 1.1,
  },
  rested: {
    id: 'G1.shadow.rested',
    what: 'the same, requests 2 ms apart',
    unit: '×',
    bound: 'at most',
    gate: 1.25,
    stretch: 1.1,
  },
  challenger: {
    id: 'G1.challenger',
    what: "the same, answered from the challenger's thread, beyond the champion's, p50",
    unit: 'µs',
    bound: 'at most',
    gate: 300,
    stretch: 100,
  },
  slowest: {
    id: 'G1.challenger.p99',
    what: 'the same, p99',
    unit: 'µs',
    bound: 'at most',
    gate: 2000,
    stretch: 500,
  },
  memory: {
    id: 'G7.challenger',
    what: 'memory that a challenger adds, its thread and the trees a second time',
    unit: 'MB',
    bound: 'at most',
    gate: 60,
    stretch: 40,
  },
} as const satisfies Record<string, Goal>;

/** The trees, challenged by themselves. @param weight - basis points */
const challengedTrees = (weight: number): Served => {
  const trees = served('trees');
  const challenger = { ...trees.route.champion, version: 'v1.1.0' };
  const stage = weight === 0 ? 'shadow' : 'canary';
  const rollout = `rol_${'0'.repeat(26)}`;
  return { ...trees, route: { ...trees.route, challenger, weight, stage, rollout } };
};

const measure = async ({ entry }: Package, cloud: BenchCloud, version: string, pause = 0): Promise<Challenged> =>
  runChild('challenged', [entry, 'trees', version, String(pause)], functionEnvironment(cloud.url));

/** What a challenger costs a request that is not its own, one that is, and memory. */
export const benchChallenged = async (built: Package): Promise<Result[]> => {
  const [alone, shadow, challenged] = await Promise.all([
    startBenchCloud([served('trees')]),
    startBenchCloud([challengedTrees(0)]),
    startBenchCloud([challengedTrees(10_000)]),
  ]);
  const measured = { alone: [], shadow: [], restedAlone: [], restedShadow: [], challenged: [] } as Record<
    Variant,
    Challenged[]
  >;
  try {
    for (let round = 0; round < rounds; round += 1) {
      measured.alone.push(await measure(built, alone, 'v1.0.0'));
      measured.shadow.push(await measure(built, shadow, 'v1.0.0'));
      measured.restedAlone.push(await measure(built, alone, 'v1.0.0', restMilliseconds));
      measured.restedShadow.push(await measure(built, shadow, 'v1.0.0', restMilliseconds));
      measured.challenged.push(await measure(built, challenged, 'v1.1.0'));
    }
  } finally {
    await Promise.all([alone.close(), shadow.close(), challenged.close()]);
  }
  const all = (variant: Variant, figure: keyof Challenged) => measured[variant].map((one) => one[figure]);
  return [
    judge(goals.shadow, pairedRatio(all('shadow', 'p50'), all('alone', 'p50'))),
    judge(goals.rested, pairedRatio(all('restedShadow', 'p50'), all('restedAlone', 'p50'))),
    judge(goals.challenger, pairedDifference(all('challenged', 'p50'), all('alone', 'p50'))),
    judge(goals.slowest, pairedDifference(all('challenged', 'p99'), all('alone', 'p99'))),
    judge(
      goals.memory,
      median(all('challenged', 'memory').map((bytes, index) => bytes - (all('alone', 'memory')[index] ?? 0))) /
        megabyte,
    ),
  ];
};
