import { drawPerson, type Person } from '../../examples/calling-score/generator.ts';
import type { Random } from '../demo/random.ts';

/** Somebody about whom the app asks. */
export interface Visit {
  readonly personId: string;
  readonly person: Person;
  /** Whether they were asked about before. */
  readonly again: boolean;
}

/** Of the visits, by people who were there lately: several answers about one person are not several people. */
const returningShare = 0.05;
const remembered = 200;

/** Draws who comes next: mostly somebody new. */
export const openVisits = (random: Random): (() => Visit) => {
  const lately: Visit[] = [];
  let people = 0;
  return () => {
    if (lately.length === remembered && random.next() < returningShare) return { ...random.pick(lately), again: true };
    people += 1;
    const personId = `person-${String(people).padStart(6, '0')}`;
    const visit = { personId, person: drawPerson(random.next), again: false };
    lately.push(visit);
    if (lately.length > remembered) lately.shift();
    return visit;
  };
};
