import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openCollectQueue } from '../../functions/cases/collect-queue.ts';
import { openReceiveCases } from '../../functions/cases/intake/receive-cases.ts';
import { openRequeue } from '../../functions/cases/requeue.ts';
import { openKeyRing } from '../../functions/platform/key-ring.ts';
import { openTable } from '../../functions/platform/table.ts';
import { type Fault, isCrash, layFaults } from '../support/faults.ts';
import { clinicCase, clinicModel } from './clinic.ts';
import { checkLedger } from './ledger-check.ts';
import { startWorld, type World } from './world.ts';

jest.setTimeout(60_000);

const minutes = 60_000;
let world: World;
const model = clinicModel();
const patients = (count: number) =>
  Array.from({ length: count }, (_, patient) => clinicCase({ input: { recordNumber: `P-${patient}` } }));
const clockBehind = (milliseconds: number) => ({ now: () => Date.now() - milliseconds });

/** Receives cases some time ago, and loses their messages. */
const receiveAndForget = async (tenant: string, count: number, milliseconds: number): Promise<string[]> => {
  const queue = openCollectQueue(world.services.collectQueueUrl);
  const receive = openReceiveCases(world.table, queue, world.keyRing, clockBehind(milliseconds));
  const { received } = await receive(tenant, model, patients(count));
  await world.queued();
  return received.map(({ id }) => id);
};

beforeAll(async () => {
  world = await startWorld();
}, 120_000);

afterAll(async () => {
  await world.services.dispose();
});

describe('the nightly check', () => {
  it('queues what has waited for more than ten minutes, of every model, and nothing else', async () => {
    await world.register('acme', model);
    await world.register('rival', model);
    const late = await receiveAndForget('acme', 60, 11 * minutes);
    const alsoLate = await receiveAndForget('rival', 3, 48 * 60 * minutes);
    await receiveAndForget('acme', 5, 9 * minutes);
    const decided = await receiveAndForget('rival', 4, 20 * minutes);
    await world.commitCases('rival', 'clinic', decided);
    const { handler } = await import('../../functions/cases/check-collections.ts');
    await handler();
    const queued = await world.queued();
    expect(queued.every((ids) => ids.length <= 25)).toBe(true);
    expect(queued.flat().sort()).toEqual([...late, ...alsoLate].sort());
  });

  it('queues a case again on the next night where it still waits', async () => {
    await world.register('patient', model);
    const ids = await receiveAndForget('patient', 1, 20 * minutes);
    const requeue = openRequeue(world.table, world.services.collectQueueUrl, clockBehind(0));
    expect(await requeue('patient', 'clinic', 600)).toBe(1);
    expect(await requeue('patient', 'clinic', 600)).toBe(1);
    expect((await world.queued()).flat()).toEqual([...ids, ...ids]);
  });
});

describe('a door that breaks down', () => {
  const faults: Fault[] = ['before', 'after'];

  it.each(faults)(
    '%s any call of AWS loses no case: what it stored is collected, what it did not is sent again',
    async (fault) => {
      for (let call = 1; ; call += 1) {
        const tenant = `${fault}-${call}`;
        await world.register(tenant, model);
        const table = openTable(world.services.tableName);
        const keyRing = openKeyRing(world.services.hmacKeyId);
        const door = layFaults(table.client);
        door.arm(call, fault);
        const queue = openCollectQueue(world.services.collectQueueUrl);
        const receive = openReceiveCases(table, queue, keyRing, clockBehind(20 * minutes));
        const crashed = await receive(tenant, model, patients(3)).catch((error: unknown) => error);
        const struck = door.calls() >= call;
        expect(isCrash(crashed)).toBe(struck);
        if (struck) await receive(tenant, model, patients(3));
        await world.queued();

        await openRequeue(world.table, world.services.collectQueueUrl, clockBehind(0))(tenant, 'clinic', 600);
        const ids = (await world.queued()).flat();
        for (const id of ids) await world.commitCases(tenant, 'clinic', [id]);
        expect(await checkLedger(world, tenant, 'clinic', ids)).toHaveLength(3);
        if (!struck) break;
      }
    },
  );
});
