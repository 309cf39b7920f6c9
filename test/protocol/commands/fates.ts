import fc from 'fast-check';
import { Fault } from '../cloud/scheduler.ts';
import { type Fate, smooth } from '../drive.ts';

/** The longest functions make about as many calls. */
const at = fc.integer({ min: 1, max: 18 });
const pick = fc.nat({ max: 3 });

const anywhere = fc.record({ at, fault: fc.constantFrom(...Object.values(Fault)) });
/** The only read that may be stale is the first of a function: the index of open rollouts. */
const stale = fc.constant({ at: 1, fault: Fault.Stale });
const faults = fc.array(fc.oneof({ weight: 6, arbitrary: anywhere }, { weight: 1, arbitrary: stale }), {
  minLength: 1,
  maxLength: 2,
});

/** Half of all processes run through; the others meet up to two faults, or are left standing. */
export const fates: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(smooth) },
  { weight: 3, arbitrary: fc.record({ faults, pick }) },
  { weight: 1, arbitrary: fc.record({ faults: fc.constant([]), pick, pauseAfter: at }) },
);
