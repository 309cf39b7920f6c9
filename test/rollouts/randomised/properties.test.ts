import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { JudgedVerdict } from '../../../contracts/rollouts.ts';
import { Hypothesis, Verdict } from '../../../contracts/verdicts.ts';
import { logEvidenceOf } from '../../../functions/rollouts/domain/evidence.ts';
import { logRollbackOf } from '../../../functions/rollouts/domain/randomised/bets.ts';
import type { Block } from '../../../functions/rollouts/domain/randomised/block.ts';
import { nullsOf } from '../../../functions/rollouts/domain/randomised/nulls.ts';
import { defineRandomisedPolicy, type RandomisedPolicy } from '../../../functions/rollouts/domain/randomised/policy.ts';
import { applyBlock } from '../../../functions/rollouts/domain/randomised/process.ts';
import {
  type RandomisedState,
  startRandomisedProcess,
  unitsOf,
} from '../../../functions/rollouts/domain/randomised/state.ts';
import { decideRandomised } from '../../../functions/rollouts/domain/randomised/verdict.ts';
import { evidencesOf, histories, noReserve, policies, replay } from './arbitraries.ts';

const stored = (state: RandomisedState): RandomisedState => JSON.parse(JSON.stringify(state));
const inDynamoDb = (state: RandomisedState): RandomisedState => unmarshall(marshall(state)) as RandomisedState;

/** The same block with its metrics named in another order. */
const reordered = (block: Block): Block => {
  const turn = (counts: Block['champion']) => Object.fromEntries(Object.entries(counts).reverse());
  return {
    challenger: turn(block.challenger),
    champion: turn(block.champion),
    weight: block.weight,
    stage: block.stage,
  };
};

const binary = (settings: object = {}): RandomisedPolicy =>
  defineRandomisedPolicy({
    hypothesis: Hypothesis.Superiority,
    binary: true,
    promotionEffects: [0.02, 0.1],
    rollbackEffects: [0.02, 0.1],
    rollbackReserve: noReserve,
    ...settings,
  });

const pair = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }));
/** Wrong and right answers of both arms. */
const counted = fc.tuple(pair, pair).map(([champion, challenger]) => ({ champion, challenger }));
const blockOf = (
  { champion, challenger }: { champion: readonly number[]; challenger: readonly number[] },
  stage = 'canary-50',
): Block => ({ stage, weight: 5000, champion: { reward: champion }, challenger: { reward: challenger } });

describe('whatever the policy and the units, a randomised process', () => {
  it('starts with capital 1 against each null', () =>
    fc.assert(
      fc.property(policies, (policy) => {
        for (const { hypothesis, evidence } of evidencesOf(startRandomisedProcess(policy), policy)) {
          expect(logEvidenceOf(evidence, hypothesis)).toBeCloseTo(0, 12);
        }
      }),
    ));

  it('never owes: all capital stays finite in logarithms, and peaks never fall', () =>
    fc.assert(
      fc.property(histories(), ({ policy, log }) => {
        let state = startRandomisedProcess(policy);
        for (const block of log) {
          const next = applyBlock(state, block, policy);
          const before = evidencesOf(state, policy);
          for (const [index, { evidence, hypothesis }] of evidencesOf(next, policy).entries()) {
            expect(evidence.logCapital.every(Number.isFinite)).toBe(true);
            expect(evidence.peakLogEvidence).toBeGreaterThanOrEqual(before[index]?.evidence.peakLogEvidence ?? 0);
            expect(evidence.peakLogEvidence).toBeGreaterThanOrEqual(logEvidenceOf(evidence, hypothesis) - 1e-9);
          }
          expect(next.peakLogRollback).toBeGreaterThanOrEqual(state.peakLogRollback);
          expect(next.peakLogRollback).toBeGreaterThanOrEqual(logRollbackOf(next.metrics, nullsOf(policy)) - 1e-9);
          expect(next.peakLogSampleRatio).toBeGreaterThanOrEqual(state.peakLogSampleRatio);
          state = next;
        }
      }),
    ));

  it('is replayed bit for bit from its block log, stored as JSON or in DynamoDB between any two blocks', () =>
    fc.assert(
      fc.property(histories(), ({ policy, log }) => {
        const start = startRandomisedProcess(policy);
        const whole = replay(policy, log);
        const again = (keep: (state: RandomisedState) => RandomisedState, policyAgain: RandomisedPolicy) =>
          log.reduce<RandomisedState>((state, block) => applyBlock(keep(state), reordered(block), policyAgain), start);
        expect(again(stored, JSON.parse(JSON.stringify(policy)))).toStrictEqual(whole);
        expect(again(inDynamoDb, unmarshall(marshall(policy)) as RandomisedPolicy)).toStrictEqual(whole);
      }),
    ));

  it('counts each unit once, whether it waits or not', () =>
    fc.assert(
      fc.property(histories(), ({ policy, log }) => {
        const { strata, ...state } = replay(policy, log);
        const sumOf = (histogram: readonly number[] = []) => histogram.reduce((sum, count) => sum + count, 0);
        const waiting = strata.reduce((sum, { pending }) => sum + sumOf(pending?.counts[0]), 0);
        const given = log.reduce(
          (sum, { champion, challenger }) => sum + sumOf(champion.reward) + sumOf(challenger.reward),
          0,
        );
        expect(unitsOf({ ...state, strata }) + waiting).toBe(given);
      }),
    ));

  it('never promotes on fewer units than the minimum, and gives only numbers that can be stored', () =>
    fc.assert(
      fc.property(histories(), fc.boolean(), ({ policy, log }, deadlinePassed) => {
        const { verdict, numbers } = decideRandomised(replay(policy, log), policy, { deadlinePassed });
        if (numbers.units < policy.minimumUnits) expect(verdict).not.toBe(Verdict.Promote);
        if (numbers.eValueRollback >= numbers.thresholdRollback) expect(verdict).toBe(Verdict.RollBack);
        expect(JudgedVerdict.shape.numbers.parse(JSON.parse(JSON.stringify(numbers)))).toEqual(numbers);
        expect(numbers.interval[0]).toBeLessThanOrEqual(numbers.difference ?? 0);
        expect(numbers.interval[1]).toBeGreaterThanOrEqual(numbers.difference ?? 0);
      }),
    ));
});

describe('a randomised process of rewards that are 0 or 1', () => {
  it('sees more right answers as it sees more wrong ones, with right and wrong exchanged', () => {
    const turn = ({ champion, challenger }: { champion: number[]; challenger: number[] }) => ({
      champion: champion.toReversed(),
      challenger: challenger.toReversed(),
    });
    return fc.assert(
      fc.property(fc.array(counted, { maxLength: 12 }), (log) => {
        const { metrics } = replay(
          binary({ priorMean: 0.8 }),
          log.map((counts) => blockOf(counts)),
        );
        const { tripwire } = replay(
          binary({ priorMean: 0.2 }),
          log.map((counts) => blockOf(turn(counts))),
        );
        metrics[0]?.promotion.logCapital.forEach((capital, index) => {
          expect(tripwire.logCapital[index]).toBeCloseTo(capital, 9);
        });
      }),
    );
  });

  it('sees a better challenger in a first block as it sees a worse one, with the arms exchanged', () =>
    fc.assert(
      fc.property(counted, ({ champion, challenger }) => {
        const { metrics } = replay(binary(), [blockOf({ champion, challenger })]);
        const { tripwire } = replay(binary(), [blockOf({ champion: challenger, challenger: champion })]);
        metrics[0]?.promotion.logCapital.forEach((capital, index) => {
          expect(tripwire.logCapital[index]).toBeCloseTo(capital, 9);
        });
      }),
    ));

  it('never mixes stages: what two of them bring is the same, whatever the order in which they come', () => {
    const policy = binary({ promotionEffects: [0.03], rollbackEffects: [0.03] });
    const gain = (log: readonly Block[]) => (replay(policy, log).metrics[0]?.promotion.logCapital[0] ?? 0) - 0;
    return fc.assert(
      fc.property(fc.array(counted, { maxLength: 6 }), fc.array(counted, { maxLength: 6 }), (some, others) => {
        const early = some.map((counts) => blockOf(counts, 'canary-5'));
        const late = others.map((counts) => blockOf(counts, 'canary-25'));
        const mixed = Array.from({ length: 6 }, (_, index) =>
          [late[index], early[index]].filter((block) => block !== undefined),
        );
        expect(gain(mixed.flat())).toBeCloseTo(gain(early) + gain(late), 9);
      }),
    );
  });

  it('brings more for promotion and less for rollback when an answer of the challenger turns right', () =>
    fc.assert(
      fc.property(fc.array(counted, { maxLength: 5 }), counted, (log, { champion, challenger }) => {
        const policy = binary();
        const state = replay(
          policy,
          log.map((counts) => blockOf(counts)),
        );
        const [wrong = 0, right = 0] = challenger;
        const [lower, higher] = [
          [wrong + 1, right],
          [wrong, right + 1],
        ].map((counts) =>
          applyBlock(state, blockOf({ champion: [champion[0] + 1, champion[1]], challenger: counts }), policy),
        );
        expect(higher?.metrics[0]?.promotion.logCapital[1]).toBeGreaterThan(
          lower?.metrics[0]?.promotion.logCapital[1] ?? 0,
        );
        expect(higher?.metrics[0]?.rollback.logCapital[1]).toBeLessThan(lower?.metrics[0]?.rollback.logCapital[1] ?? 0);
      }),
    ));

  it('has the same evidence before and after reserve is moved into the bets', () => {
    const bets = (firstUnits: number) => binary({ rollbackReserve: { share: 0.3, firstUnits, parts: 6 } });
    return fc.assert(
      fc.property(counted, (counts) => {
        const [moved, kept] = [bets(1), bets(1e9)].map((policy) =>
          logRollbackOf(replay(policy, [blockOf(counts)]).metrics, nullsOf(policy)),
        );
        expect(moved).toBeCloseTo(kept ?? Number.NaN, 10);
      }),
    );
  });
});
