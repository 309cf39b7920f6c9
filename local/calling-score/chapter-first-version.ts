import { expectAnswer } from '../../client/index.ts';
import type { NewCase } from '../../contracts/cases.ts';
import { readDeclaration } from '../../examples/calling-score/declaration.ts';
import { call, drawPerson } from '../../examples/calling-score/generator.ts';
import type { Random } from '../demo/random.ts';
import { awaitFirstChampion } from '../demo/rollouts.ts';
import { awaitJob, startJob } from '../demo/training.ts';
import type { Observed } from '../demo/world.ts';
import type { CalledPerson } from './decide.ts';
import { model, type World } from './world.ts';

const ofModel = { params: { path: { model } } };
/** People called before there is any model. */
const firstPeople = 360;
const batch = 120;

/** A call that was made, as a case to learn from. */
const caseOf = ({ personId, person, label, predictionId }: CalledPerson): NewCase => ({
  input: { ...person, personId },
  label,
  validator: 'call-centre',
  confidence: 1,
  ...(predictionId === undefined ? {} : { predictionId }),
});

export const sendCalls = async ({ acme }: Observed, calls: readonly CalledPerson[]): Promise<void> => {
  for (let from = 0; from < calls.length; from += batch) {
    const cases = calls.slice(from, from + batch).map(caseOf);
    const { refusals } = expectAnswer(
      await acme.expert.POST('/v1/models/{model}/cases', { ...ofModel, body: { cases } }),
    );
    const [refusal] = refusals;
    if (refusal !== undefined) throw new Error(`Expected every case to be taken; one was refused: ${refusal.detail}`);
  }
};

export const registerModel = async ({ timeline, acme, truth }: World): Promise<void> => {
  timeline.chapter('1  A model whose truth is known');
  const { policies } = expectAnswer(
    await acme.operator.PUT('/v1/models/{model}', { ...ofModel, body: await readDeclaration() }),
  );
  timeline.event(
    `registered ${model}: randomised evidence, margin ${policies.rollout.margin}, label window ${policies.outcomes.windowSeconds} s`,
  );
  timeline.event(
    `the best way to decide is worth ${truth.best.mean.toFixed(3)} a person, calling everybody ${truth.everybody.mean.toFixed(3)} ` +
      `(on ${truth.people} people, ±${truth.best.standardError.toFixed(3)})`,
  );
};

/** Everybody is called, because nobody knows better yet. @returns the first champion */
export const trainFirstVersion = async (world: World, random: Random): Promise<string> => {
  const { timeline, acme, truth } = world;
  timeline.chapter('2  The first calls, and the first version');
  const calls = Array.from({ length: firstPeople }, (_, index): CalledPerson => {
    const person = drawPerson(random.next);
    const label = call(random.next, person).positive ? 'responds' : 'silent';
    return { personId: `early-${String(index).padStart(6, '0')}`, person, label };
  });
  await sendCalls(world, calls);
  await timeline.until('every case to be decided', 60, async () => {
    const { accepted, pending } = expectAnswer(await acme.expert.GET('/v1/models/{model}/cases/statistics', ofModel));
    return accepted === calls.length
      ? { done: accepted }
      : { waiting: `${accepted} cases accepted, ${pending} to be decided` };
  });
  timeline.event(`${calls.length} people called, whoever they were: these are the first cases`);
  const version = await awaitJob(world, await startJob(world, { reason: 'the first version' }));
  await awaitFirstChampion(world, version);
  const value = await truth.valueOf(version);
  timeline.event(`${version} is champion; in truth it is worth ${value.mean.toFixed(3)} a person`);
  return version;
};
