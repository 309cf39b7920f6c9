/** Every outcome of small blocks, weighted by its chance: the mean of the next e-value, exactly. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Hypothesis } from '../../../contracts/verdicts.ts';
import { logEvidenceOf } from '../../../functions/rollouts/domain/evidence.ts';
import { logRollbackOf } from '../../../functions/rollouts/domain/randomised/bets.ts';
import type { Block } from '../../../functions/rollouts/domain/randomised/block.ts';
import { emptyHistogram } from '../../../functions/rollouts/domain/randomised/histogram.ts';
import {
  applyLabelCounts,
  type MissingLabelsState,
  startMissingLabels,
} from '../../../functions/rollouts/domain/randomised/missing-labels.ts';
import { nullsOf } from '../../../functions/rollouts/domain/randomised/nulls.ts';
import { defineRandomisedPolicy, type RandomisedPolicy } from '../../../functions/rollouts/domain/randomised/policy.ts';
import { applyBlock } from '../../../functions/rollouts/domain/randomised/process.ts';
import { logSampleRatioEvidence } from '../../../functions/rollouts/domain/randomised/sample-ratio.ts';
import type { RandomisedState } from '../../../functions/rollouts/domain/randomised/state.ts';
import { evidencesOf, histories, noReserve, replay, stages, within } from './arbitraries.ts';

const nextStage = stages[1];

/** A unit that takes one of two bins. */
type Lottery = { readonly low: number; readonly high: number; readonly chanceOfHigh: number };

/** Every way in which the lotteries may fall, as a histogram with its chance. */
const outcomesOf = (lotteries: readonly Lottery[], bins: number): { histogram: number[]; chance: number }[] =>
  lotteries.reduce<{ histogram: number[]; chance: number }[]>(
    (outcomes, { low, high, chanceOfHigh }) =>
      outcomes.flatMap(({ histogram, chance }) =>
        [
          { bin: high, chance: chance * chanceOfHigh },
          { bin: low, chance: chance * (1 - chanceOfHigh) },
        ].map((fallen) => ({
          histogram: histogram.with(fallen.bin, (histogram[fallen.bin] ?? 0) + 1),
          chance: fallen.chance,
        })),
      ),
    [{ histogram: emptyHistogram(bins), chance: 1 }],
  );

const meanOf = (lotteries: readonly Lottery[], bins: number): number =>
  lotteries.reduce((sum, { low, high, chanceOfHigh }) => sum + low + (high - low) * chanceOfHigh, 0) /
  (lotteries.length * (bins - 1));

/** The lotteries with other chances, so that their mean is as near to a wish as their bins allow. */
const withMean = (lotteries: readonly Lottery[], bins: number, wish: number): Lottery[] => {
  const [least, most] = [0, 1].map((chanceOfHigh) =>
    meanOf(
      lotteries.map((lottery) => ({ ...lottery, chanceOfHigh })),
      bins,
    ),
  );
  const scale = most === least ? 0 : Math.min(1, Math.max(0, (wish - (least ?? 0)) / ((most ?? 0) - (least ?? 0))));
  return lotteries.map((lottery) => ({ ...lottery, chanceOfHigh: scale }));
};

const lottery = fc
  .record({ one: within(0, 0.999), other: within(0, 0.999), chanceOfHigh: within(0, 1) })
  .map(({ one, other, chanceOfHigh }) => ({ low: Math.min(one, other), high: Math.max(one, other), chanceOfHigh }));
const lotteries = fc.array(lottery, { minLength: 1, maxLength: 3 });
const inBins = (drawn: readonly Lottery[], bins: number): Lottery[] =>
  drawn.map(({ low, high, chanceOfHigh }) => ({
    low: Math.floor(low * bins),
    high: Math.floor(high * bins),
    chanceOfHigh,
  }));

/** A block in which one metric fell as it did, and the others in any way. */
const blockOf = (policy: RandomisedPolicy, index: number, champion: number[], challenger: number[]): Block => {
  const arm = (fallen: readonly number[]) => {
    const units = fallen.reduce((sum, count) => sum + count, 0);
    return Object.fromEntries(
      policy.metrics.map(({ name, bins }, place) => [
        name,
        place === index ? fallen : emptyHistogram(bins).with(0, units),
      ]),
    );
  };
  return { stage: nextStage, weight: 2500, champion: arm(champion), challenger: arm(challenger) };
};

/** A policy of binary metrics at their margin, with small bets. */
const onBoundary = (
  guardrails: Readonly<Record<string, { binary: boolean; priorMean: number }>> = {},
): RandomisedPolicy =>
  defineRandomisedPolicy({
    hypothesis: Hypothesis.Superiority,
    binary: true,
    promotionEffects: [0.005],
    rollbackReserve: noReserve,
    guardrails,
  });

type Against = ReturnType<typeof evidencesOf>[number];

/** The mean, over all ways in which the units may fall, of what one process multiplies its capital by. */
const meanGain = (
  policy: RandomisedPolicy,
  state: RandomisedState,
  { place, index, hypothesis, evidence }: Against & { readonly place: number },
  champion: readonly Lottery[],
  challenger: readonly Lottery[],
): number => {
  const bins = policy.metrics[index]?.bins ?? 0;
  const now = logEvidenceOf(evidence, hypothesis);
  const gains = outcomesOf(champion, bins).flatMap((fallen) =>
    outcomesOf(challenger, bins).map((other) => {
      const after = applyBlock(state, blockOf(policy, index, fallen.histogram, other.histogram), policy);
      const played = evidencesOf(after, policy)[place]?.evidence ?? evidence;
      return fallen.chance * other.chance * Math.exp(logEvidenceOf(played, hypothesis) - now);
    }),
  );
  return gains.reduce((sum, gain) => sum + gain, 0);
};

/** What waits in the stage of the next block has fallen already. */
const nothingWaits = (state: RandomisedState): boolean =>
  state.strata.every(({ stage, pending }) => stage !== nextStage || pending === undefined);

describe('the mean of the next e-value while a null is true', () => {
  it('is at most the present one, for every metric, direction, boundary and past', () =>
    fc.assert(
      fc.property(histories(4, 5), lotteries, lotteries, ({ policy, log }, ofChampion, ofChallenger) => {
        const state = replay(policy, log);
        fc.pre(nothingWaits(state));
        for (const [place, against] of evidencesOf(state, policy).entries()) {
          const { index, hypothesis } = against;
          const bins = policy.metrics[index]?.bins ?? 0;
          const champion = inBins(ofChampion, bins);
          const boundary = meanOf(champion, bins) + hypothesis.boundary;
          const challenger = withMean(inBins(ofChallenger, bins), bins, boundary);
          const isNull = hypothesis.direction * (meanOf(challenger, bins) - boundary) <= 1e-12;
          if (isNull)
            expect(meanGain(policy, state, { ...against, place }, champion, challenger)).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
      { numRuns: 200 },
    ));

  it('comes near to it on the boundary, so that the check above can fail', () => {
    const half: Lottery[] = [{ low: 0, high: 1, chanceOfHigh: 0.5 }];
    const policy = onBoundary();
    const state = replay(policy, []);
    const [promotion] = evidencesOf(state, policy);
    if (promotion === undefined) throw new Error('a process has evidence on the reward');
    expect(meanGain(policy, state, { ...promotion, place: 0 }, half, half)).toBeCloseTo(1, 3);
  });
});

describe('the average over metrics', () => {
  it('gains nothing in the mean while all of them are on their boundary and fall alike', () => {
    const policy = onBoundary({ answered: { binary: true, priorMean: 0.5 } });
    const state = replay(policy, []);
    const arm = (histogram: number[]) => ({ reward: histogram, answered: histogram });
    const [champion, challenger] = [0.52, 0.5].map((chanceOfHigh) => [{ low: 0, high: 1, chanceOfHigh }]);
    let mean = 0;
    for (const one of outcomesOf(champion ?? [], 2)) {
      for (const other of outcomesOf(challenger ?? [], 2)) {
        const block = { stage: 'canary', weight: 5000, champion: arm(one.histogram), challenger: arm(other.histogram) };
        const after = applyBlock(state, block, policy);
        mean += one.chance * other.chance * Math.exp(logRollbackOf(after.metrics, nullsOf(policy)));
      }
    }
    expect(mean).toBeLessThanOrEqual(1 + 1e-12);
  });
});

describe('the mean of the next e-value against the split', () => {
  it('is the present one, whatever the split and the units so far', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9999 }),
        fc.nat(100_000),
        fc.nat(100_000),
        (weight, champion, challenger) => {
          const now = logSampleRatioEvidence(weight, champion, challenger);
          const share = weight / 10_000;
          const mean =
            share * Math.exp(logSampleRatioEvidence(weight, champion, challenger + 1) - now) +
            (1 - share) * Math.exp(logSampleRatioEvidence(weight, champion + 1, challenger) - now);
          expect(mean).toBeCloseTo(1, 9);
        },
      ),
    ));
});

describe('the mean of the next e-value against missing labels', () => {
  const logMean = (state: MissingLabelsState): number =>
    Math.log(
      [...state.moreLabels.logCapital, ...state.fewerLabels.logCapital].reduce((sum, log) => sum + Math.exp(log), 0) /
        2,
    );
  const share = within(0.01, 0.99);
  const counts = fc
    .record({ assigned: fc.integer({ min: 1, max: 30 }), share })
    .map(({ assigned, share: labelled }) => ({
      assigned,
      labelled: Math.round(labelled * assigned),
    }));

  it('is at most the present one while labels are missing alike, also where predictions come in pairs', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(counts, counts), { maxLength: 4 }),
        share,
        fc.constantFrom(1, 2),
        (log, chance, pairs) => {
          const state = log.reduce<MissingLabelsState>(
            (before, [champion, challenger]) => applyLabelCounts(before, { stage: 'canary', champion, challenger }),
            startMissingLabels(),
          );
          const now = logMean(state);
          const fallen = outcomesOf(
            Array.from({ length: 2 }, () => ({ low: 0, high: 1, chanceOfHigh: chance })),
            2,
          );
          let mean = 0;
          for (const one of fallen) {
            for (const other of fallen) {
              const of = ({ histogram: [missing = 0, labelled = 0] }: { histogram: number[] }) => ({
                assigned: pairs * (missing + labelled),
                labelled: pairs * labelled,
              });
              const block = { stage: 'canary', champion: of(one), challenger: of(other), perSubject: pairs };
              mean += one.chance * other.chance * Math.exp(logMean(applyLabelCounts(state, block)) - now);
            }
          }
          expect(mean).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
    ));
});
