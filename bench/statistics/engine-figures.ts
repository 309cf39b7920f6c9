/** What the engine costs, and whether it computes the same twice: read off the functions that decide in production. */
import { judgedVerdict } from '../../functions/rollouts/domain/judged-verdict.ts';
import type { Block } from '../../functions/rollouts/domain/randomised/block.ts';
import { emptyHistogram } from '../../functions/rollouts/domain/randomised/histogram.ts';
import { applyLabelCounts, startMissingLabels } from '../../functions/rollouts/domain/randomised/missing-labels.ts';
import { defineRandomisedPolicy, type RandomisedPolicy } from '../../functions/rollouts/domain/randomised/policy.ts';
import { applyBlock } from '../../functions/rollouts/domain/randomised/process.ts';
import { type RandomisedState, startRandomisedProcess } from '../../functions/rollouts/domain/randomised/state.ts';
import { decideRandomised } from '../../functions/rollouts/domain/randomised/verdict.ts';
import { startRandomisedStatistics } from '../../functions/rollouts/store/randomised-store.ts';
import { median, quantile } from '../quantiles.ts';
import { judge, type Result } from '../report.ts';
import { itemBytes } from './item-size.ts';
import { createRandom, type Random } from './random.ts';
import { largestDifference } from './reference.ts';

const stages = [
  { stage: 'canary-5', weight: 500 },
  { stage: 'canary-25', weight: 2_500 },
  { stage: 'canary-50', weight: 5_000 },
  { stage: 'holdback', weight: 9_500 },
] as const;

/** A reward and the two guardrails of every model. */
const policyWith = (binary: boolean): RandomisedPolicy => {
  const guardrail = { margin: 0.02, binary };
  return defineRandomisedPolicy({ binary, priorMean: 0.85, guardrails: { answered: guardrail, prompt: guardrail } });
};

const drawBlock = ({ uniform, beta }: Random, { metrics }: RandomisedPolicy, number: number, blocks: number): Block => {
  const place = stages[Math.floor((number * stages.length) / blocks)] ?? stages[0];
  const arms = [0, 1].map(() =>
    Object.fromEntries(metrics.map(({ name, bins }): [string, number[]] => [name, emptyHistogram(bins)])),
  );
  for (let unit = 0; unit < 20; unit += 1) {
    const arm = arms[uniform() * 10_000 < place.weight ? 1 : 0] ?? {};
    for (const { name, bins } of metrics) {
      const counts = arm[name] ?? [];
      const bin = Math.round(beta(8.5, 1.5) * (bins - 1));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }
  return { ...place, champion: arms[0] ?? {}, challenger: arms[1] ?? {} };
};

const storedAt = '2000-01-01T00:00:00.000Z';

/** A rollout through all stages. */
const drawBlocks = (policy: RandomisedPolicy, blocks: number): Block[] => {
  const random = createRandom(1, 'engine', 0);
  return Array.from({ length: blocks }, (_, number) => drawBlock(random, policy, number, blocks));
};

const evaluate = (state: RandomisedState, block: Block, policy: RandomisedPolicy): RandomisedState => {
  const next = applyBlock(state, block, policy);
  decideRandomised(next, policy, { deadlinePassed: false });
  return next;
};

/** Rollouts that are timed, and before them those that only warm up. */
const [timedRollouts, warmingRollouts] = [9, 2];

/** Milliseconds that 99 in 100 evaluations of a rollout stay below, a block and a verdict each; median of the rollouts. */
const ninetyNinthOf = (policy: RandomisedPolicy): number => {
  const blocks = drawBlocks(policy, 2_000);
  const ofRollouts = Array.from({ length: warmingRollouts + timedRollouts }, () => {
    let state = startRandomisedProcess(policy);
    const times = blocks.map((block) => {
      const started = performance.now();
      state = evaluate(state, block, policy);
      return performance.now() - started;
    });
    return quantile(times, 0.99);
  });
  return median(ofRollouts.slice(warmingRollouts));
};

const stateAfter = (blocks: readonly Block[], policy: RandomisedPolicy): RandomisedState =>
  blocks.reduce((state, block) => applyBlock(state, block, policy), startRandomisedProcess(policy));

/** Of the item in which a rollout keeps its evidence: policy, state, labels and the last verdict. */
const storedKilobytes = (policy: RandomisedPolicy): number => {
  const state = stateAfter(drawBlocks(policy, 2_000), policy);
  const counts = { assigned: 100, labelled: 95 };
  const labels = stages.reduce(
    (before, { stage }) => applyLabelCounts(before, { stage, champion: counts, challenger: counts }),
    startMissingLabels(),
  );
  const verdict = judgedVerdict(decideRandomised(state, policy, { deadlinePassed: false }), 'holdback', storedAt);
  const stored = { ...startRandomisedStatistics(policy), state, labels, verdict };
  return itemBytes(stored) / 1024;
};

/** Stored after each block, as a judge does, against replayed from the stored log. */
const differencesOfReplay = (policy: RandomisedPolicy): number => {
  const blocks = drawBlocks(policy, 2_000);
  const stored = blocks.reduce<string>(
    (state, block) => JSON.stringify(applyBlock(JSON.parse(state), block, policy)),
    JSON.stringify(startRandomisedProcess(policy)),
  );
  const log = blocks.map((block) => JSON.stringify(block));
  const replayed = stateAfter(
    log.map((line) => JSON.parse(line)),
    policy,
  );
  return stored === JSON.stringify(replayed) ? 0 : 1;
};

const kinds = [
  { name: 'zeros and ones', policy: policyWith(true) },
  { name: 'scores', policy: policyWith(false) },
] as const;

export const measureEngine = (): Result[] => [
  ...kinds.map(({ name, policy }, index) =>
    judge(
      {
        id: `16${'ab'[index]}`,
        what: `one evaluation, three metrics, ${name}, p99`,
        unit: 'ms',
        bound: 'at most',
        gate: 0.1,
      },
      ninetyNinthOf(policy),
    ),
  ),
  ...kinds.map(({ name, policy }, index) =>
    judge(
      {
        id: `16${'cd'[index]}`,
        what: `item of the evidence, three metrics, four stages, ${name}`,
        unit: 'KB',
        bound: 'at most',
        gate: 4,
      },
      storedKilobytes(policy),
    ),
  ),
  judge(
    { id: '17a', what: 'replays of the block log that differ in any bit, of 2', unit: '', bound: 'at most', gate: 0 },
    kinds.reduce((sum, { policy }) => sum + differencesOfReplay(policy), 0),
  ),
  judge(
    {
      id: '17b',
      what: 'largest difference of a log e-value from the second implementation',
      unit: '',
      bound: 'at most',
      gate: 1e-12,
    },
    largestDifference(),
  ),
];
