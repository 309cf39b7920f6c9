import { median, pairedDifference, pairedRatio } from '../quantiles.ts';
import { type Goal, judge, type Result } from '../report.ts';
import { runChild } from './child.ts';
import type { LatencyRounds } from './children/latency.ts';
import { functionEnvironment } from './cloud.ts';
import { type BenchModel, graphFile } from './fixtures.ts';
import type { Package } from './package.ts';

const rounds = 9;

const goals = {
  ratio: {
    id: 'G1',
    what: 'whole predict handler against session.run, trees, p50',
    unit: '×',
    bound: 'at most',
    gate: 1.6,
    stretch: 1.3,
  },
  difference: { id: 'G1.difference', what: 'the same, beyond session.run', unit: 'µs', bound: 'at most', gate: 22 },
  light: {
    id: 'G1b',
    what: 'the same, a network of 30–128–64–2 units',
    unit: 'µs',
    bound: 'at most',
    gate: 22,
    stretch: 12,
  },
  split: {
    id: 'G2',
    what: 'which arm a subject goes to',
    unit: 'µs',
    bound: 'at most',
    gate: 0.5,
    stretch: 0.1,
  },
} as const satisfies Record<string, Goal>;

/** Medians over the rounds, µs, for the plot. */
export interface LatencyFigures {
  readonly model: BenchModel;
  readonly raw: number;
  readonly handler: number;
}

const measure = (model: BenchModel, { entry }: Package, cloudUrl: string): Promise<LatencyRounds> =>
  runChild('latency', [entry, model, graphFile(model), String(rounds)], functionEnvironment(cloudUrl));

/** G1, G1b and G2. */
export const benchLatency = async (
  built: Package,
  cloudUrl: string,
): Promise<{ results: Result[]; figures: LatencyFigures[] }> => {
  const trees = await measure('trees', built, cloudUrl);
  const network = await measure('network', built, cloudUrl);
  const split = await runChild<number[]>('split', [String(rounds)], functionEnvironment(cloudUrl));
  return {
    results: [
      judge(goals.ratio, pairedRatio(trees.handler, trees.raw)),
      judge(goals.difference, pairedDifference(trees.handler, trees.raw)),
      judge(goals.light, pairedDifference(network.handler, network.raw)),
      judge(goals.split, median(split)),
    ],
    figures: [
      { model: 'trees', raw: median(trees.raw), handler: median(trees.handler) },
      { model: 'network', raw: median(network.raw), handler: median(network.handler) },
    ],
  };
};
