/** `bench:statistics` in small: seeded, so that a bound holds always or never. Its threads run outside of Jest. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Study } from '../../bench/statistics/analysis.ts';
import { type Figures, simulateAll } from '../../bench/statistics/pool.ts';
import { allStudies } from '../../bench/statistics/studies/all.ts';

const runs = 200;

/** Worlds, and the methods of the field that the tests say something about in them; others only take time. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  equal: ['naive z, two-sided: promote'],
  'at the margin': [],
  'drift up': ['mSPRT: promote'],
  'delay: successes first': [],
  'delay at the margin: successes first': [],
  users: [],
  '−10: canary': [],
  'pairs: −10': [],
};

const withoutOthers = (study: Study): Study => {
  if (study.evidence !== 'outcomes') return { ...study, runs };
  const isWanted = (name: string): boolean => wanted[study.name]?.includes(name) ?? false;
  const analyses = study.analyses.filter((analysis) => analysis.test === 'block-bet' || isWanted(analysis.name));
  return { ...study, runs, analyses };
};

let figures: Figures;

const rateOf = (study: string, figure: string): number => figures[study]?.[figure]?.rate.value ?? Number.NaN;

beforeAll(async () => {
  const studies = allStudies(runs).filter(({ name }) => name in wanted);
  figures = await simulateAll(studies.map(withoutOthers), { seed: 7, threads: 2 });
}, 180_000);

/** 5%, and two standard errors of 200 runs. */
const nearFive = 0.08;

describe('what should not be promoted, looked at every 20 outcomes', () => {
  it.each([
    ['an equal challenger', 'equal'],
    ['one that is worse by the margin, by non-inferiority', 'at the margin'],
    ['an equal one while both arms drift', 'drift up'],
    ['an equal one whose successes are labelled first, by stage at assignment', 'delay: successes first'],
    [
      'one worse by the margin whose successes are labelled first, by age window',
      'delay at the margin: successes first',
    ],
    ['an equal one with several outcomes a user, users being the units', 'users'],
  ])('%s is promoted in about 5%% at most', (_, study) => {
    expect(rateOf(study, 'promote')).toBeLessThanOrEqual(nearFive);
    expect(rateOf(study, 'promote')).toBeGreaterThan(0);
  });

  it.each([
    ['a naive z-test', 'equal', 'naive z, two-sided: promote', 0.5],
    ['a mixture test under drift', 'drift up', 'mSPRT: promote', 0.7],
    ['evidence that forgets the stage at assignment', 'delay: successes first', 'promote, stages mixed', 0.9],
    ['a margin without an age window', 'delay at the margin: successes first', 'promote, no window', 0.12],
    ['outcomes of users taken for units', 'users', 'promote, outcome by outcome', 0.1],
  ])('%s promotes it far more often', (_, study, figure, least) => {
    expect(rateOf(study, figure)).toBeGreaterThanOrEqual(least);
  });
});

describe('what is rolled back, looked at every 20 outcomes', () => {
  it('is a challenger at the margin in about 10% at most', () => {
    expect(rateOf('at the margin', 'roll back')).toBeLessThanOrEqual(0.14);
    expect(rateOf('at the margin', 'roll back')).toBeGreaterThan(0.01);
  });

  it('is an equal challenger in about 2% at most', () => {
    expect(rateOf('equal', 'roll back')).toBeLessThanOrEqual(0.04);
  });

  it('is a challenger 10 points worse, half the time within 3,600 outcomes of a 5% canary', () => {
    expect(rateOf('−10: canary', 'roll back')).toBe(1);
    expect(figures['−10: canary']?.['roll back']?.median.value).toBeLessThanOrEqual(3_600);
  });

  it('is the same challenger, half the time within 160 pairs', () => {
    expect(figures['pairs: −10']?.['roll back']?.median.value).toBeLessThanOrEqual(160);
  });
});

describe('the figures', () => {
  it('are the same however many threads simulate them', async () => {
    const study = allStudies(100).find(({ name }) => name === 'pairs: −10') as Study;
    const [one, other] = [1, 3].map((threads) => simulateAll([{ ...study, runs: 250 }], { seed: 3, threads }));
    expect(await one).toEqual(await other);
  });
});
