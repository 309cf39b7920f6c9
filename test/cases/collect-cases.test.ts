import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { openCollectQueue } from '../../functions/cases/collect-queue.ts';
import { openReceiveCases } from '../../functions/cases/intake/receive-cases.ts';
import { clinicCase, clinicModel } from './clinic.ts';
import { checkLedger } from './ledger-check.ts';
import { startWorld, type World } from './world.ts';

jest.setTimeout(60_000);

let world: World;
let collect: typeof import('../../functions/cases/collect-cases.ts').handler;
const record = (messageId: string, body: unknown): SQSRecord =>
  ({ messageId, body: typeof body === 'string' ? body : JSON.stringify(body) }) as SQSRecord;

const receive = async (tenant: string, count: number): Promise<string[]> => {
  const queue = openCollectQueue(world.services.collectQueueUrl);
  const patients = Array.from({ length: count }, (_, patient) =>
    clinicCase({ input: { recordNumber: `P-${patient}` } }),
  );
  const { received } = await openReceiveCases(
    world.table,
    queue,
    world.keyRing,
    world.clock,
  )(tenant, clinicModel(), patients);
  return received.map(({ id }) => id);
};

beforeAll(async () => {
  world = await startWorld();
  for (const tenant of ['acme', 'rival', 'whole']) await world.register(tenant, clinicModel());
  ({ handler: collect } = await import('../../functions/cases/collect-cases.ts'));
}, 120_000);

afterAll(async () => {
  await world.services.dispose();
});

describe('a batch of messages', () => {
  it('is collected message by message, and given again only where one failed', async () => {
    const acme = await receive('acme', 3);
    const rival = await receive('rival', 2);
    const unknown = 'case_01J9Z3ABCDEFGHJKMNPQRSTVWX';
    const answer = await collect({
      Records: [
        record('no JSON', '{"tenant":'),
        record('no cases', { tenant: 'acme', model: 'clinic', cases: [] }),
        record('no model', { tenant: 'nobody', model: 'clinic', cases: acme }),
        record('one case unknown', { tenant: 'acme', model: 'clinic', cases: [...acme, unknown] }),
        record('well', { tenant: 'rival', model: 'clinic', cases: rival }),
      ],
    });
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
      'no JSON',
      'no cases',
      'no model',
      'one case unknown',
    ]);
    expect(await checkLedger(world, 'acme', 'clinic', acme)).toHaveLength(3);
    expect(await checkLedger(world, 'rival', 'clinic', rival)).toHaveLength(2);
  });

  it('of 500 cases is accepted whole, 25 a segment', async () => {
    const ids = await receive('whole', 500);
    const queued = (await world.queued()).filter((cases) => cases.some((id) => ids.includes(id)));
    const Records = queued.map((cases, index) => record(String(index), { tenant: 'whole', model: 'clinic', cases }));
    expect(await collect({ Records })).toEqual({ batchItemFailures: [] });
    const rows = await checkLedger(world, 'whole', 'clinic', ids);
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect((await world.ledger.head('whole', 'clinic')).sequence).toBe(20);
  });
});
