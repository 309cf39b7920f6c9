import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { AuditAction } from '../../contracts/monitoring.ts';
import { countCalls, type Fault, type Faults, faultKinds, layFaults } from '../support/faults.ts';
import { finish, openPlatform, openTrials, type Platform, type Trial, trials } from './fault-trials.ts';
import type { Scene } from './scenes.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let platform: Platform;
let faults: Faults;
let setScene: (trial: Trial) => Promise<Scene>;

beforeAll(async () => {
  world = await startWorld();
  // Before anything is read: a stale answer is one from then.
  faults = layFaults(DynamoDBDocumentClient, S3Client, SFNClient, CloudWatchClient);
  platform = await openPlatform(world);
  setScene = await openTrials(platform);
}, 120_000);
afterAll(() => world.services.dispose());
afterEach(() => {
  jest.restoreAllMocks();
});

const crashes: readonly Fault[] = ['before', 'after'];

/** What can be seen of the model from outside. */
const seen = async ({ tenant, model, rollout }: Scene) => {
  const [route, records, v0, v1, { items }] = await Promise.all([
    world.store.route(tenant, model),
    world.store.list(tenant, model, 5),
    world.versions.get(tenant, model, 'v1.0.0'),
    world.versions.get(tenant, model, 'v1.1.0'),
    world.audit.page(tenant, 20),
  ]);
  const running = records.find(({ version }) => version === 'v1.1.0');
  const attempt = running?.attempt ?? 1;
  return {
    champion: route?.champion.version,
    challenger: route?.challenger?.version,
    weight: route?.weight,
    previous: route?.previous.map(({ version }) => version),
    rollouts: records.length,
    status: running?.status,
    end: running?.end,
    open: running?.open,
    pairs: running?.pairs,
    stages: running?.stages.map(({ name }) => name),
    approved: running?.approval?.approved,
    attempt,
    machine: await platform.machine.stateOf({ tenant, model, rollout: running?.id ?? rollout, attempt }),
    statuses: [v0?.status, v1?.status],
    // A call that is repeated may be refused for what the first one has done.
    audit: items
      .filter((entry) => entry.model === model && entry.action !== AuditAction.CommandRefused)
      .map(({ action }) => action),
  };
};

/** Each fault at each call; only the SDK hears of a refusal, so that it is enough to refuse them all at once. */
const strikes = (calls: number) =>
  faultKinds.flatMap((fault) =>
    (fault === 'throttle' ? (['every'] as const) : Array.from({ length: calls }, (_, index) => index + 1)).map(
      (at) => ({ fault, at }),
    ),
  );

describe.each(Object.entries(trials))('%s', (_, trial) => {
  it('comes to the same whatever goes wrong at any of its calls', async () => {
    const { act, recover = act, staleReads = 0, expected } = trial;
    const whole = await setScene(trial);
    const calls = await countCalls(faults, () => act(whole, platform));
    const end = await seen(whole);
    expect(end).toMatchObject(expected);
    await finish(platform, whole);
    // The SDK draws its pauses before it tries again: the shortest ones.
    jest.spyOn(Math, 'random').mockReturnValue(0);

    const stale: number[] = [];
    for (const { fault, at } of strikes(calls)) {
      const given = await setScene(trial);
      faults.arm(at, fault);
      const outcome = await act(given, platform).catch((error: unknown) => error);
      const struck = faults.struck();
      faults.arm(0, 'before');
      if (fault !== 'stale') expect([fault, at, struck]).toEqual([fault, at, true]);
      else if (struck) stale.push(Number(at));
      // Of what is no crash nobody hears: the SDK, or a condition on what is stored, sees to it.
      if (!crashes.includes(fault) && outcome instanceof Error) throw outcome;
      await recover(given, platform);
      expect({ fault, at, ...(await seen(given)) }).toEqual({ fault, at, ...end });
      await finish(platform, given);
    }
    expect(stale).toHaveLength(staleReads);
  }, 300_000);
});
