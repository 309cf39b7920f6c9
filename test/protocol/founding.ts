import { enter } from './cloud/present.ts';
import type { StateMachine } from './cloud/state-machine.ts';
import { drive, smooth } from './drive.ts';
import { Artifact, models, Sequence } from './sequence.ts';

/** What every sequence begins with: two models with their versions, one of which has a champion. */
const play = async (sequence: Sequence): Promise<void> => {
  for (const model of models) {
    await sequence.declare(model, 0);
    for (let count = 0; count < 2; count += 1) await sequence.register(model, 'passed', Artifact.Whole, false);
  }
  const [served] = models;
  await sequence.register(served, 'passed', Artifact.Whole, false);
  await sequence.register(served, 'worse', Artifact.Whole, true);
  await sequence.register(served, 'passed', Artifact.Missing, false);
  await drive(sequence.cloud, sequence.functions.deploy(served, 'v1.0.0', false), smooth);
  sequence.assertUnbroken();
};

/**
 * @returns begins another sequence where the founding ended
 * @throws ViolationError where a rule is broken by then
 */
export const found = async (definition: StateMachine): Promise<() => Sequence> => {
  const founded = new Sequence(definition);
  await play(founded);
  return () => {
    const sequence = founded.copy();
    enter(sequence.cloud);
    return sequence;
  };
};
