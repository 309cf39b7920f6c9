import { median, pairedRatio } from '../quantiles.ts';
import { judge, type Result } from '../report.ts';
import { runChild } from './child.ts';
import type { ExplanationRounds } from './children/explain.ts';
import { graphFile } from './fixtures.ts';

const rounds = 5;

/** How long an explanation takes. In milliseconds that depends on the machine, so it is judged by what it asks for. */
export const benchExplanations = async (): Promise<Result[]> => {
  const { explained, raw } = await runChild<ExplanationRounds>(
    'explain',
    [graphFile('trees'), String(rounds)],
    process.env,
  );
  const what = `an explanation, 30 fields, trees, p50 (${median(explained).toFixed(1)} ms), against as many inputs at random`;
  const goal = { id: 'G1.explanation', what, unit: '×', bound: 'at most', gate: 1, stretch: 0.5 } as const;
  return [judge(goal, pairedRatio(explained, raw))];
};
