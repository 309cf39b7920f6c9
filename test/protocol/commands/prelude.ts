import fc from 'fast-check';
import { Strategy } from '../../../contracts/rollout-policy.ts';
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
  /** Whether a bandit has a third version. */
  readonly rival: boolean;
  /** How often its machine has gone on. */
  readonly rounds: number;
}

/** Most sequences begin within a rollout: there is more to go wrong. */
export const preludes: fc.Arbitrary<Prelude | undefined> = fc.option(
  fc.record({
    promoted: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    policy: fc.nat({ max: policies.length - 1 }),
    rival: fc.boolean(),
    rounds: fc.nat({ max: 3 }),
  }),
  { nil: undefined, freq: 4 },
);

export const play = async (sequence: Sequence, prelude: Prelude | undefined): Promise<void> => {
  if (prelude === undefined) return;
  const { cloud, functions } = sequence;
  const [model] = models;
  const deploy = (version: string, rivals?: string[]) =>
    drive(cloud, functions.deploy(model, version, false, rivals), smooth);
  const { promoted, rival, policy, rounds } = prelude;
  if (promoted) {
    await deploy('v1.1.0');
    for (const execution of functions.executions.running) await bringToItsEnd(sequence, execution, false);
  }
  await sequence.declare(model, policy);
  const isBandit = policies[policy]?.strategy === Strategy.Bandit;
  const [version, other] = promoted ? ['v1.2.0', 'v1.0.0'] : ['v1.1.0', 'v1.2.0'];
  await deploy(version, isBandit && rival ? [other] : undefined);
  for (let round = 0; round < rounds; round += 1) {
    for (const execution of functions.executions.running) await advance(cloud, execution, smooth);
  }
  sequence.assertUnbroken();
};
