/** How many outcomes a test with one look at a size fixed beforehand would have needed. */

import { normalDistribution } from './methods/normal.ts';
import { expectedChallengers } from './methods/peer.ts';
import type { Question } from './methods/question.ts';
import { oneSided5 } from './methods/z-test.ts';
import { meansOf, type Scenario } from './scenario.ts';

const largest = 1e7;

/** Power of the one-sided z-test at 5% after so many outcomes of zeros and ones. */
const powerAt = (scenario: Scenario, { direction, boundary }: Question, outcomes: number): number => {
  const [champion, challenger] = [scenario.champion, scenario.challenger].map((course) => meansOf(course, 1)[0] ?? 0);
  const [p, q] = [champion ?? 0, challenger ?? 0];
  const challengers = expectedChallengers(scenario, outcomes);
  const error = Math.sqrt((p * (1 - p)) / (outcomes - challengers) + (q * (1 - q)) / challengers);
  return normalDistribution((direction * (q - p - boundary)) / error - oneSided5);
};

/** @returns the least number of outcomes with this power; undefined where none below ten million has it */
export const fixedSampleSize = (scenario: Scenario, question: Question, power: number): number | undefined => {
  let [low, high] = [1, largest];
  if (powerAt(scenario, question, high) < power) return undefined;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (powerAt(scenario, question, middle) >= power) high = middle;
    else low = middle;
  }
  return high;
};
