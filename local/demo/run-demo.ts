import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRows } from '../../examples/diagnosis/rows.ts';
import type { Cloud } from '../cloud.ts';
import { localFolder, python } from '../paths.ts';
import { findIdentifiers } from './behind-the-door.ts';
import { rollBackBroken, rollBackWorse } from './chapter-drills.ts';
import { collectFirstCases, registerModel, trainFirstVersion } from './chapter-first-version.ts';
import { promoteChallenger, serveAndLearn } from './chapter-improve.ts';
import { gather } from './conclude.ts';
import { onCloud, whileUp } from './on-cloud.ts';
import { demoPage } from './page.ts';
import { seededRandom } from './random.ts';
import type { DemoReport } from './report.ts';
import { getRollout, listRollouts } from './rollouts.ts';
import { openTenant } from './tenant.ts';
import { openTraffic } from './traffic.ts';
import { dealRows, model, type World } from './world.ts';

export interface DemoOptions {
  readonly json?: string;
  readonly seed: number;
  /** Gives the demo up, and leaves nothing running. @default never */
  readonly signal?: AbortSignal;
}

const openWorld = async (cloud: Cloud, seed: number, timeline: World['timeline']): Promise<World> => {
  const random = seededRandom(seed);
  const acme = openTenant(cloud.apiUrl, 'acme', cloud.tenants.acme ?? {});
  return {
    model,
    acme,
    globex: openTenant(cloud.apiUrl, 'globex', cloud.tenants.globex ?? {}),
    random,
    timeline,
    traffic: openTraffic(acme, model, timeline.note),
    rows: dealRows(await readRows(python), random),
    people: [],
    sent: { cases: 0, refused: 0, drawn: 0 },
  };
};

const tellTheLoop = async (world: World): Promise<void> => {
  await registerModel(world);
  await collectFirstCases(world);
  const first = await trainFirstVersion(world);
  await serveAndLearn(world);
  const { worse } = await promoteChallenger(world, first);
  await rollBackWorse(world, worse);
  await rollBackBroken(world);
};

const conclude = async (world: World, cloud: Cloud, seed: number): Promise<DemoReport> => {
  const { timeline, people, traffic, rows, sent } = world;
  timeline.chapter('7  What is left behind the door');
  const { found, searched } = await findIdentifiers(cloud, people);
  timeline.event(
    `${people.length} people were sent; ${searched} items, objects, log lines and messages hold ${found.length} of their identifiers`,
  );
  for (const { identifier, place } of found) timeline.event(`found ${identifier} in ${place}`);
  const parts = await gather(world);
  return {
    seed,
    ...parts,
    requests: { ...traffic.counts },
    identifiersFound: found.length,
    heldBack: { rows: rows.heldBack.length, drawn: sent.drawn },
    seconds: timeline.elapsed(),
    timeline: [...timeline.entries],
  };
};

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

const printSummary = ({ cases, requests, accuracy, rollbacks, seconds }: DemoReport, page: string): void => {
  const quarantined = Object.values(cases.quarantined).reduce((sum, count) => sum + count, 0);
  console.log(`
  accuracy    ${percent(accuracy.before)} before, ${percent(accuracy.after)} after, on the same cases
  requests    ${requests.sent} sent, ${requests.answered} answered, ${requests.fallback} of them by fallback, ${requests.unserved} unserved
  cases       ${cases.received} sent: ${cases.accepted} accepted, ${quarantined} in quarantine, ${cases.refused} refused, ${cases.lost} lost
  rollbacks   ${rollbacks.map(({ cause, seconds: took }) => `by ${cause} after ${took.toFixed(1)} s`).join('; ')}
  all in      ${seconds.toFixed(0)} s
  picture     ${page}
`);
};

/**
 * Runs the demo on an embedded cloud of its own, which begins empty and ends with it.
 *
 * @throws Error saying what was expected and what came, where the loop does not end as it must
 */
export const runDemo = async ({
  json,
  seed,
  signal = new AbortController().signal,
}: DemoOptions): Promise<DemoReport> => {
  const stateFolder = join(localFolder, 'demo');
  return onCloud(stateFolder, signal, async (cloud, timeline) => {
    const world = await openWorld(cloud, seed, timeline);
    try {
      await whileUp(cloud, signal, tellTheLoop(world));
    } finally {
      await world.traffic.stop();
    }
    const report = await conclude(world, cloud, seed);
    const judged = await Promise.all((await listRollouts(world)).reverse().map(({ id }) => getRollout(world, id)));
    const page = join(stateFolder, 'report.html');
    await writeFile(page, await demoPage(report, judged));
    if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
    printSummary(report, page);
    return report;
  });
};
