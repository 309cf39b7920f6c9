import { expectAnswer } from '../../client/index.ts';
import { awaitJob, awaitTriggeredJob } from '../demo/training.ts';
import { sendCalls } from './chapter-first-version.ts';
import { model, type World } from './world.ts';

const ofModel = { params: { path: { model } } };
/** Far more than it takes where a machine has the two cores to itself. */
const patienceSeconds = 600;

/**
 * People come and are scored; calls become cases until their number starts a training.
 *
 * @returns the version that it made
 */
export const learnFromCalls = async (world: World, first: string): Promise<string> => {
  const { timeline, acme, crowd, app } = world;
  timeline.chapter('3  People come; 1,000 calls train a challenger');
  const [{ lineage }, { policies }] = await Promise.all([
    acme.operator
      .GET('/v1/models/{model}/versions/{version}', { params: { path: { model, version: first } } })
      .then(expectAnswer),
    acme.operator.GET('/v1/models/{model}', ofModel).then(expectAnswer),
  ]);
  const wanted = policies.training.newCases;
  crowd.start();
  let sent = 0;
  await timeline.until(`${wanted} calls to have their outcome`, patienceSeconds, async () => {
    const calls = crowd.takeCalled().slice(0, wanted - sent);
    await sendCalls(world, calls);
    sent += calls.length;
    return sent === wanted
      ? { done: sent }
      : { waiting: `${app.counts.predictions} people scored, ${sent} of ${wanted} calls have their outcome` };
  });
  const { wanted: byScore, explored } = crowd.calls;
  timeline.event(`${byScore} people called because of their score, ${explored} more by chance, to learn about all`);
  const job = await awaitTriggeredJob(world, [lineage.job]);
  timeline.event(`training started by itself: ${job}; from here on outcomes are reported, and no more cases`);
  return awaitJob(world, job);
};
