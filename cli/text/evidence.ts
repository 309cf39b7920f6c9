import type { Schemas } from '../../client/index.ts';
import { bar } from './bar.ts';
import { short } from './numbers.ts';

const barWidth = 20;

const sides = [
  { name: 'promotion', value: 'eValuePromote', threshold: 'thresholdPromote' },
  { name: 'rollback', value: 'eValueRollback', threshold: 'thresholdRollback' },
] as const;

/**
 * How far the evidence has come. E-values multiply, so the bar is filled by their logarithms: half of it is the
 * square root of the threshold.
 */
export const evidenceLines = (verdict: Schemas['Verdict'] | undefined): string[] => {
  if (verdict === undefined) return [];
  const { numbers, message } = verdict;
  const bars = sides.flatMap(({ name, value, threshold }) => {
    const [reached, needed] = [numbers[value], numbers[threshold]];
    if (typeof reached !== 'number' || typeof needed !== 'number') return [];
    const drawn = bar(Math.log(Math.max(1, reached)) / Math.log(needed), barWidth);
    return [`  evidence for ${name.padEnd(9)}  ${drawn}  ${short(reached)} of ${short(needed)}`];
  });
  return [...bars, `  ${message}`];
};
