import fc from 'fast-check';
import { policies } from '../catalogue.ts';
import { advance, drive, smooth } from '../drive.ts';
import { models, type Sequence } from '../sequence.ts';
import { bringToItsEnd } from './machines.ts';

/** What has happened before the first step. */
export interface Prelude {
  /** Whether another version was promoted, so that there is a champion to go back to. */
  readonly promoted: boolean;
  /** Of the rollout that runs. */
  readonly policy: number;
  /** How often its machine has gone on. */
  readonly rounds: number;
}

/** Most sequences begin within a rollout: there is more to go wrong. */
export const preludes: fc.Arbitrary<Prelude | undefined> = fc.option(
  fc.record({
    promoted: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    policy: fc.nat({ max: policies.length - 1 }),
    rounds: fc.nat({ max: 3 }),
  }),
  { nil: undefined, freq: 4 },
);

export const play = async (sequence: Sequence, prelude: Prelude | undefined): Promise<void> => {
  if (prelude === undefined) return;
  const { cloud, functions } = sequence;
  const [model] = models;
  const deploy = (version: string) => drive(cloud, functions.deploy(model, version, false), smooth);
  if (prelude.promoted) {
    await deploy('v1.1.0');
    for (const execution of functions.executions.running) await bringToItsEnd(sequence, execution, false);
  }
  await sequence.declare(model, prelude.policy);
  await deploy(prelude.promoted ? 'v1.2.0' : 'v1.1.0');
  for (let round = 0; round < prelude.rounds; round += 1) {
    for (const execution of functions.executions.running) await advance(cloud, execution, smooth);
  }
  sequence.assertUnbroken();
};
