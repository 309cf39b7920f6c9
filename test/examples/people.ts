import { drawPerson, type Person, type Uniform } from '../../examples/calling-score/generator.ts';
import { seededRandom } from '../../local/demo/random.ts';

export const uniformOf = (seed: number): Uniform => seededRandom(seed).next;

/** As many people as asked for; the same seed draws the same ones. */
export const peopleOf = (seed: number, count: number): Person[] => {
  const uniform = uniformOf(seed);
  return Array.from({ length: count }, () => drawPerson(uniform));
};
