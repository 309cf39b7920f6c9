import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RolloutStatus } from '../../contracts/statuses.ts';
import { readDeclaration } from '../../examples/calling-score/declaration.ts';
import type { Cloud } from '../cloud.ts';
import { onCloud, whileUp } from '../demo/on-cloud.ts';
import { seededRandom } from '../demo/random.ts';
import { getRollout } from '../demo/rollouts.ts';
import type { DemoOptions } from '../demo/run-demo.ts';
import { openTenant } from '../demo/tenant.ts';
import type { Timeline } from '../demo/timeline.ts';
import { localFolder } from '../paths.ts';
import { openApp } from './app.ts';
import { registerModel, trainFirstVersion } from './chapter-first-version.ts';
import { learnFromCalls } from './chapter-learn.ts';
import { type Followed, judgeChallenger, judgeWorse } from './chapter-rollouts.ts';
import { gather } from './conclude.ts';
import { openCrowd } from './crowd.ts';
import { callingScorePage } from './page.ts';
import type { CallingScoreReport } from './report.ts';
import { summaryOf } from './summary.ts';
import { openTruth } from './truth.ts';
import { model, type World } from './world.ts';

const openWorld = async (cloud: Cloud, seed: number, timeline: Timeline): Promise<World> => {
  const acme = openTenant(cloud.apiUrl, 'acme', cloud.tenants.acme ?? {});
  const { policies } = await readDeclaration();
  const app = openApp(acme, model, timeline.note);
  const crowd = openCrowd(app, seededRandom(seed), policies.outcomes.windowSeconds);
  return { model, acme, timeline, app, crowd, truth: openTruth(cloud, acme, model) };
};

const tellTheLoop = async (world: World, seed: number): Promise<Followed[]> => {
  await registerModel(world);
  const first = await trainFirstVersion(world, seededRandom(seed + 1));
  const second = await learnFromCalls(world, first);
  const { followed, worse } = await judgeChallenger(world, first, second);
  const champion = followed.rollout.status === RolloutStatus.Promoted ? second : first;
  return [followed, await judgeWorse(world, champion, worse)];
};

/** Runs the loop, and asks for what came of it once every outcome is reported. */
const runOn = async (
  world: World,
  cloud: Cloud,
  seed: number,
  signal: AbortSignal,
): Promise<{ followed: Followed[]; report: CallingScoreReport }> => {
  const told = tellTheLoop(world, seed);
  try {
    await whileUp(cloud, signal, told);
  } finally {
    world.timeline.note('waiting for the last outcomes');
    await world.crowd.stop();
  }
  const followed = await told;
  return { followed, report: await gather(world, followed, seed) };
};

/**
 * Runs the loop on people whose truth is known, and checks each decision of the platform against it.
 *
 * @throws Error naming what contradicts the truth, or is missing
 */
export const runCallingScore = async ({
  json,
  seed,
  signal = new AbortController().signal,
}: DemoOptions): Promise<CallingScoreReport> => {
  const stateFolder = join(localFolder, 'calling-score');
  return onCloud(stateFolder, signal, async (cloud, timeline) => {
    timeline.note('drawing the people on whom every version is valued');
    const world = await openWorld(cloud, seed, timeline);
    const { followed, report } = await runOn(world, cloud, seed, signal).finally(world.truth.close);
    const judged = await Promise.all(followed.map(({ rollout }) => getRollout(world, rollout.id)));
    const page = join(stateFolder, 'report.html');
    await writeFile(page, await callingScorePage(report, judged));
    if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
    console.log(`${summaryOf(report)}\n  picture     ${page}\n`);
    if (report.faults.length > 0) throw new Error(report.faults.join('; '));
    return report;
  });
};
