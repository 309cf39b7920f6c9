import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Hypothesis, Verdict } from '../../contracts/verdicts.ts';
import { logEvidenceOf } from '../../functions/rollouts/domain/evidence.ts';
import { definePairedPolicy, type PairedPolicy } from '../../functions/rollouts/domain/paired-policy.ts';
import {
  applyBlock,
  nullHypotheses,
  type PairCounts,
  type PairedState,
  pairsOf,
  startPairedProcess,
} from '../../functions/rollouts/domain/paired-process.ts';
import { decide } from '../../functions/rollouts/domain/verdict.ts';

const names = ['promotion', 'rollback', 'tripwire'] as const;
const noReserve = { share: 0, firstPairs: 1, parts: 0 };

const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const grid = fc
  .uniqueArray(within(0.001, 2), { minLength: 1, maxLength: 5 })
  .map((effects) => effects.sort((one, other) => one - other));

const policies: fc.Arbitrary<PairedPolicy> = fc
  .record({
    hypothesis: fc.constantFrom(...Object.values(Hypothesis)),
    margin: within(0.001, 0.5),
    promotionAlpha: within(0.001, 0.4),
    rollbackAlpha: within(0.001, 0.4),
    promotionEffects: grid,
    rollbackEffects: grid,
    rollbackReserve: fc.oneof(
      fc.constant(noReserve),
      fc.record({
        share: within(0.01, 0.9),
        firstPairs: fc.integer({ min: 1, max: 100 }),
        parts: fc.integer({ min: 1, max: 8 }),
      }),
    ),
    minimumPairs: fc.integer({ min: 1, max: 300 }),
  })
  .map(definePairedPolicy);

const counts = (max: number): fc.Arbitrary<PairCounts> => {
  const count = fc.integer({ min: 0, max });
  return fc.record({ both: count, championOnly: count, challengerOnly: count, neither: count });
};
const blocks = fc.array(fc.oneof({ weight: 9, arbitrary: counts(20) }, { weight: 1, arbitrary: counts(1e9) }), {
  maxLength: 12,
});

const replay = (policy: PairedPolicy, log: readonly PairCounts[]): PairedState =>
  log.reduce<PairedState>((state, block) => applyBlock(state, block, policy), startPairedProcess(policy));

const evidenceOf = (state: PairedState, policy: PairedPolicy) => {
  const nulls = nullHypotheses(policy);
  return names.map((name) => logEvidenceOf(state[name], nulls[name]));
};

const onePair = { both: 1, championOnly: 0, challengerOnly: 0, neither: 0 };
const challengerWins = { ...onePair, both: 0, challengerOnly: 1 };
const championWins = { ...onePair, both: 0, championOnly: 1 };

describe('whatever the policy and the pairs, a paired process', () => {
  it('starts with capital 1 against each null', () => {
    return fc.assert(
      fc.property(policies, (policy) => {
        for (const logEvidence of evidenceOf(replay(policy, []), policy)) expect(logEvidence).toBeCloseTo(0, 12);
      }),
    );
  });

  it('gains nothing on average while the null is true: E is a supermartingale', () => {
    const truth = fc.record({ discordance: within(0, 1), tilt: within(0, 1) });
    return fc.assert(
      fc.property(policies, fc.array(counts(8), { maxLength: 6 }), truth, (policy, log, { discordance, tilt }) => {
        const state = replay(policy, log);
        const now = evidenceOf(state, policy);
        const after = [challengerWins, championWins, onePair].map((pair) =>
          evidenceOf(applyBlock(state, pair, policy), policy),
        );
        names.forEach((name, index) => {
          const { direction, boundary } = nullHypotheses(policy)[name];
          // A mean on the null's side of the boundary that this discordance can reach.
          const reachable = Math.min(Math.max(boundary, -discordance), discordance);
          const mean = reachable + tilt * (-direction * discordance - reachable);
          if (direction * (mean - boundary) > 0) return;
          const chances = [(discordance + mean) / 2, (discordance - mean) / 2, 1 - discordance];
          const gain = chances.reduce(
            (sum, chance, outcome) => sum + chance * Math.exp((after[outcome]?.[index] ?? 0) - (now[index] ?? 0)),
            0,
          );
          expect(gain).toBeLessThanOrEqual(1 + 1e-12);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('never owes: all capital stays finite in logarithms, and peaks never fall', () => {
    return fc.assert(
      fc.property(policies, blocks, (policy, log) => {
        let state = startPairedProcess(policy);
        for (const block of log) {
          const next = applyBlock(state, block, policy);
          const evidence = evidenceOf(next, policy);
          names.forEach((name, index) => {
            expect(next[name].logCapital.every(Number.isFinite)).toBe(true);
            expect(next[name].peakLogEvidence).toBeGreaterThanOrEqual(state[name].peakLogEvidence);
            expect(next[name].peakLogEvidence).toBeGreaterThanOrEqual((evidence[index] ?? Number.NaN) - 1e-9);
          });
          state = next;
        }
      }),
    );
  });

  it('is replayed bit for bit from its block log, with the state stored as JSON between any two blocks', () => {
    return fc.assert(
      fc.property(policies, blocks, (policy, log) => {
        const stored = log.reduce<PairedState>(
          (state, block) => applyBlock(JSON.parse(JSON.stringify(state)), block, policy),
          startPairedProcess(policy),
        );
        expect(stored).toStrictEqual(replay(policy, log));
      }),
    );
  });

  it('counts the same pairs however they are divided into blocks', () => {
    return fc.assert(
      fc.property(policies, blocks, (policy, log) => {
        const total = log.reduce((sum, block) => sum + pairsOf(block), 0);
        const state = replay(policy, log);
        expect(pairsOf(state)).toBe(total);
        expect(state.blocks).toBe(log.filter((block) => pairsOf(block) > 0).length);
      }),
    );
  });

  it('reaches the same capital however pairs are divided into blocks, where every bet is at its cap', () => {
    const capped = definePairedPolicy({ promotionEffects: [2], rollbackEffects: [2], rollbackReserve: noReserve });
    return fc.assert(
      fc.property(counts(20), counts(20), (one, other) => {
        const whole = {
          both: one.both + other.both,
          championOnly: one.championOnly + other.championOnly,
          challengerOnly: one.challengerOnly + other.challengerOnly,
          neither: one.neither + other.neither,
        };
        const [divided, together] = [replay(capped, [one, other]), replay(capped, [whole])];
        for (const name of names)
          expect(divided[name].logCapital[0]).toBeCloseTo(together[name].logCapital[0] ?? 0, 10);
      }),
    );
  });

  it('sees a better challenger as it sees a worse one with the two exchanged', () => {
    const policy = definePairedPolicy({
      hypothesis: Hypothesis.Superiority,
      promotionEffects: [0.02, 0.1],
      rollbackEffects: [0.02, 0.1],
      rollbackReserve: noReserve,
    });
    const exchange = ({ championOnly, challengerOnly, ...rest }: PairCounts): PairCounts => ({
      ...rest,
      championOnly: challengerOnly,
      challengerOnly: championOnly,
    });
    return fc.assert(
      fc.property(fc.array(counts(20), { maxLength: 12 }), (log) => {
        const { promotion } = replay(policy, log);
        const { tripwire } = replay(policy, log.map(exchange));
        promotion.logCapital.forEach((capital, index) => {
          expect(tripwire.logCapital[index]).toBeCloseTo(capital, 9);
        });
      }),
    );
  });

  it('finds more for promotion and less for rollback when a pair goes to the challenger instead', () => {
    return fc.assert(
      fc.property(policies, fc.array(counts(20), { maxLength: 6 }), counts(20), (policy, log, block) => {
        const state = replay(policy, log);
        const lower = applyBlock(state, { ...block, championOnly: block.championOnly + 1 }, policy);
        const higher = applyBlock(state, { ...block, challengerOnly: block.challengerOnly + 1 }, policy);
        lower.promotion.logCapital.forEach((capital, index) => {
          expect(higher.promotion.logCapital[index]).toBeGreaterThan(capital);
        });
        // Strictly less but for the last digit, where what is left of the reserve outweighs the bets.
        const [, rollback = Number.NaN, tripwire = Number.NaN] = evidenceOf(lower, policy);
        const [, rollbackOfHigher, tripwireOfHigher] = evidenceOf(higher, policy);
        expect(rollbackOfHigher).toBeLessThanOrEqual(rollback + 1e-12);
        expect(tripwireOfHigher).toBeLessThanOrEqual(tripwire + 1e-12);
      }),
    );
  });

  it('has the same evidence before and after reserve is moved into the bets', () => {
    const bets = (firstPairs: number) => definePairedPolicy({ rollbackReserve: { share: 0.3, firstPairs, parts: 6 } });
    return fc.assert(
      fc.property(counts(200), (block) => {
        const [moved, kept] = [bets(1), bets(1e9)];
        const evidence = (policy: PairedPolicy) => evidenceOf(replay(policy, [block]), policy)[1] ?? Number.NaN;
        expect(evidence(moved)).toBeCloseTo(evidence(kept), 10);
      }),
    );
  });

  it('never promotes on fewer pairs than the minimum, and always with finite numbers', () => {
    return fc.assert(
      fc.property(policies, blocks, fc.boolean(), (policy, log, deadlinePassed) => {
        const { verdict, numbers } = decide(replay(policy, log), policy, { deadlinePassed });
        if (numbers.pairs < policy.minimumPairs) expect(verdict).not.toBe(Verdict.Promote);
        if (numbers.eValueRollback >= numbers.thresholdRollback) expect(verdict).toBe(Verdict.RollBack);
        const values = Object.values(numbers)
          .flat()
          .filter((value) => value !== null);
        expect(values.every(Number.isFinite)).toBe(true);
        expect(numbers.interval[0]).toBeLessThanOrEqual(numbers.difference ?? 0);
        expect(numbers.interval[1]).toBeGreaterThanOrEqual(numbers.difference ?? 0);
      }),
    );
  });
});
