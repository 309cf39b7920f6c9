import { expectAnswer } from '../../client/index.ts';
import { readDeclaration } from '../../examples/diagnosis/rows.ts';
import { badCases, caseOf, sendCases, settle } from './cases.ts';
import { awaitFirstChampion } from './rollouts.ts';
import { awaitJob, awaitTriggeredJob } from './training.ts';
import { model, rowCounts, somebody, type World } from './world.ts';

const ofModel = { params: { path: { model } } };
const batch = 30;

/** Both tenants register a model of the same name. They never meet. */
export const registerModel = async (world: World): Promise<void> => {
  world.timeline.chapter('1  Two tenants register the model');
  const declaration = await readDeclaration();
  for (const tenant of [world.acme, world.globex]) {
    expectAnswer(await tenant.operator.PUT('/v1/models/{model}', { ...ofModel, body: declaration }));
    world.timeline.event(
      `${tenant.name} registered ${model}: ${Object.keys(declaration.schema.fields).length} fields, 4 of which identify people`,
    );
  }
};

/** The first cases, good and bad; the count of the good ones starts the first training. */
export const collectFirstCases = async (world: World): Promise<void> => {
  const { timeline, acme, rows } = world;
  timeline.chapter('2  Experts send the first cases');
  const good = rows.first.map((row) => caseOf(world, row, somebody(world)));
  const [sample] = rows.first;
  if (sample === undefined) throw new Error('Expected at least one row to make bad cases of.');
  await sendCases(world, acme, [...good.slice(0, batch), ...badCases(world, sample)]);
  await sendCases(world, acme, [...good.slice(batch), good[0]]);
  await sendCases(world, world.globex, good.slice(0, 3));
  await settle(world);
  const statistics = expectAnswer(await acme.expert.GET('/v1/models/{model}/cases/statistics', ofModel));
  const reasons = Object.entries(statistics.reasons).map(([reason, count]) => `${count} ${reason}`);
  timeline.event(
    `${world.sent.cases} cases sent: ${statistics.accepted} accepted, ${world.sent.refused} refused at the door`,
  );
  timeline.event(`${statistics.quarantined} in quarantine: ${reasons.join(', ')}`);
};

/** @returns the first champion */
export const trainFirstVersion = async (world: World): Promise<string> => {
  const { timeline, acme } = world;
  timeline.chapter('3  The count of new cases starts the first training');
  const job = await awaitTriggeredJob(world, []);
  timeline.event(`training started by itself: ${job}`);
  const schedule = { newCases: rowCounts.second, days: 7, weekly: true, enabled: true };
  expectAnswer(await acme.operator.PUT('/v1/models/{model}/schedule', { ...ofModel, body: schedule }));
  const version = await awaitJob(world, job);
  await awaitFirstChampion(world, version);
  timeline.event(`${version} passed the gate and is champion`);
  return version;
};
