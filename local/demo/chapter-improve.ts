import { expectAnswer } from '../../client/index.ts';
import type { Rollout } from '../../contracts/rollouts.ts';
import type { Row } from '../../examples/diagnosis/rows.ts';
import { atOnce } from './at-once.ts';
import { caseOf, feedOfCases, sendCases, settle } from './cases.ts';
import { awaitRollout, followRollout } from './rollouts.ts';
import { awaitJob, awaitTriggeredJob, startJob } from './training.ts';
import { model, rowCounts, somebody, type World } from './world.ts';

const ofModel = { params: { path: { model } } };
const batch = 40;
/** Requests of the app under way at once: each of them may have to start a process of its own, the first time. */
const connections = 4;

const askAndAnswer = async (world: World, rows: readonly Row[]): Promise<void> => {
  const cases = await atOnce(connections, rows, async (row) => {
    const person = somebody(world);
    const prediction = await world.traffic.predict(row, person);
    if (prediction === undefined) return caseOf(world, row, person);
    const reward = prediction.label === row.label ? 1 : 0;
    expectAnswer(
      await world.acme.app.POST('/v1/models/{model}/outcomes', {
        ...ofModel,
        body: { predictionId: prediction.predictionId, reward },
      }),
    );
    return caseOf(world, row, person, prediction.predictionId);
  });
  await sendCases(world, world.acme, cases);
};

/** The app predicts, experts say what was right, and the champion's performance appears. */
export const serveAndLearn = async (world: World): Promise<void> => {
  const { timeline, acme, rows, traffic } = world;
  timeline.chapter('4  The app predicts, experts report what was right');
  traffic.start(() => ({ row: world.random.pick(rows.heldBack), person: somebody(world) }));
  for (let from = 0; from < rows.second.length; from += batch) {
    await askAndAnswer(world, rows.second.slice(from, from + batch));
    timeline.note(`${Math.min(from + batch, rows.second.length)} of ${rows.second.length} answers validated`);
  }
  await settle(world);
  const champion = await timeline.until('the performance of the champion', 30, async () => {
    const { versions } = expectAnswer(await acme.expert.GET('/v1/models/{model}/performance', ofModel));
    const first = versions[0];
    const cases = first?.cases ?? 0;
    return first !== undefined && cases >= rows.second.length
      ? { done: first }
      : { waiting: `performance over ${cases} cases` };
  });
  timeline.event(
    `${champion.version} was right on ${champion.correct} of ${champion.cases} validated cases; ` +
      `mean reward ${champion.outcomes.meanReward?.toFixed(3)} over ${champion.outcomes.count} outcomes`,
  );
};

/** Enough new cases train a challenger, which is judged by pairs and promoted. */
export const promoteChallenger = async (world: World, first: string): Promise<{ rollout: Rollout; worse: string }> => {
  const { timeline, acme } = world;
  timeline.chapter('5  Enough new cases train a challenger');
  const { lineage } = expectAnswer(
    await acme.operator.GET('/v1/models/{model}/versions/{version}', { params: { path: { model, version: first } } }),
  );
  const job = await awaitTriggeredJob(world, [lineage.job]);
  timeline.event(`training started by itself: ${job}`);
  const version = await awaitJob(world, job);
  const byHand = { newCases: rowCounts.second, days: 7, weekly: true, enabled: false };
  expectAnswer(await acme.operator.PUT('/v1/models/{model}/schedule', { ...ofModel, body: byHand }));
  const begun = await awaitRollout(world, version);
  timeline.event(`${version} passed the gate and challenges ${first}`);

  timeline.note('meanwhile an operator trains a deliberately bad version, for the drill of chapter 6');
  const worse = await awaitJob(
    world,
    await startJob(world, {
      reason: 'fire drill: a worse version',
      recipe: { name: 'drill', parameters: { behaviour: 'worse' } },
      rollOut: false,
    }),
  );

  timeline.event(
    `new cases: the ${world.rows.heldBack.length} rows held back from training, drawn with replacement, each as somebody new`,
  );
  const rollout = await followRollout(world, begun.id, 180, feedOfCases(world));
  return { rollout, worse };
};
