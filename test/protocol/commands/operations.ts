/** The calls that others make of the platform: by operators, by the alarms' topic, by schedules. */
import fc from 'fast-check';
import { someModel as model } from './environment.ts';
import { Forged } from './forged.ts';
import { which } from './step.ts';

/** A call that may be made alone, or while another one is on its way. */
export type Operation =
  | {
      readonly kind: 'deploy';
      readonly model: number;
      readonly version: number;
      readonly override: boolean;
      readonly rival: number | undefined;
    }
  | { readonly kind: 'roll out trained'; readonly model: number; readonly version: number }
  | { readonly kind: 'roll back by hand'; readonly model: number; readonly from: number | undefined }
  | { readonly kind: 'deliver an alarm'; readonly message: number }
  | { readonly kind: 'deliver a forged alarm'; readonly forged: Forged }
  | { readonly kind: 'judge'; readonly rollout: number }
  | { readonly kind: 'reconcile' }
  | { readonly kind: 'answer an approval'; readonly rollout: number; readonly approve: boolean }
  | { readonly kind: 'drill'; readonly model: number }
  | { readonly kind: 'drill what is due' }
  | { readonly kind: 'go on with a machine'; readonly execution: number };

const kind = <Name extends string>(name: Name) => fc.constant(name);

export const operations: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kind('deploy'),
      model,
      version: which,
      override: fc.boolean(),
      rival: fc.option(which, { nil: undefined, freq: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('roll out trained'), model, version: which }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('roll back by hand'),
      model,
      from: fc.option(which, { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('deliver an alarm'), message: which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('deliver a forged alarm'),
      forged: fc.constantFrom(...Object.values(Forged)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('judge'), rollout: which }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('reconcile') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('answer an approval'),
      rollout: fc.constantFrom(0, 0, 0, 1),
      approve: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('drill'), model }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('drill what is due') }) },
);

export const machineGoesOn: fc.Arbitrary<Operation> = fc.record({
  kind: kind('go on with a machine'),
  execution: which,
});
