import { gunzipSync } from 'node:zlib';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { cases as routes } from '../../contracts/routes/index.ts';
import { examineCase } from '../../functions/cases/domain/examine-case.ts';
import { readCase } from '../../functions/cases/domain/read-case.ts';
import { callApi } from '../support/call-api.ts';
import { clinicModel } from './clinic.ts';
import { anySchema, carelessCase, identifiersIn } from './identifiers.ts';
import { startWorld, type World } from './world.ts';

jest.setTimeout(60_000);

const schemaAndCase = anySchema.chain((schema) =>
  fc.record({ schema: fc.constant(schema), sent: carelessCase(schema) }),
);
const schemaAndCases = anySchema.chain((schema) =>
  fc.record({ schema: fc.constant(schema), sent: fc.array(carelessCase(schema), { minLength: 1, maxLength: 12 }) }),
);

describe('whatever the schema and whatever is sent', () => {
  it('the door keeps no identifier but those that it hands to be replaced', () => {
    let kept = 0;
    fc.assert(
      fc.property(schemaAndCase, ({ schema, sent }) => {
        const read = readCase(schema, sent);
        if ('refusal' in read) {
          expect(identifiersIn(read.refusal)).toEqual([]);
          return;
        }
        const { subject: _, validator: __, ...stored } = examineCase(schema, clinicModel().policies, read.case, 2026);
        expect(identifiersIn(stored)).toEqual([]);
        expect(JSON.stringify(stored)).not.toMatch(/1961-12-10|\b10027\b/);
        kept += 1;
      }),
      { numRuns: 2000 },
    );
    expect(kept).toBeGreaterThan(100);
  });
});

describe('behind the door', () => {
  let world: World;
  const answers: string[] = [];
  const printed: string[] = [];
  const queued: string[] = [];

  beforeAll(async () => {
    world = await startWorld();
    const listen = (chunk: unknown) => printed.push(String(chunk)) > 0;
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      jest.spyOn(console, method).mockImplementation((...given) => void listen(given.join(' ')));
    }
    jest.spyOn(process.stdout, 'write').mockImplementation(listen);
  }, 120_000);

  afterAll(async () => {
    jest.restoreAllMocks();
    await world.services.dispose();
  });

  /** Everything that the platform has written, as text. */
  const everything = async (): Promise<string[]> => {
    const { Items = [] } = await world.table.client.send(new ScanCommand({ TableName: world.table.table }));
    const { client, bucket } = world.objects;
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    const objects = await Promise.all(
      Contents.map(async ({ Key = '' }) => [Key, await world.objects.read(Key)] as const),
    );
    const texts = objects.map(([key, bytes = new Uint8Array()]) =>
      Buffer.from(key.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString(),
    );
    return [...Items.map((item) => JSON.stringify(item)), ...objects.map(([key]) => key), ...texts];
  };

  it('no identifier is in the table, the objects, the queue, the answers or the logs', async () => {
    const { handler } = await import('../../functions/cases/api.ts');
    let tenants = 0;
    let sentIdentifiers = 0;
    await fc.assert(
      fc.asyncProperty(schemaAndCases, async ({ schema, sent }) => {
        tenants += 1;
        const tenant = `tenant-${tenants}`;
        await world.register(tenant, { ...clinicModel(), schema });
        const call = { tenant, path: { model: 'clinic' }, headers: { 'idempotency-key': `call-${tenants}` } };
        const batch = await callApi(handler, routes.postCases, { ...call, body: { cases: sent } });
        const alone = await callApi(handler, routes.postCases, { ...call, headers: {}, body: sent[0] });
        expect([batch.status, alone.status < 500]).toEqual([202, true]);
        answers.push(batch.text, alone.text);
        const messages = await world.queued();
        queued.push(JSON.stringify(messages));
        for (const ids of messages) await world.commitCases(tenant, 'clinic', ids);
        sentIdentifiers += identifiersIn(sent).length;
      }),
      { numRuns: 40 },
    );
    const written = await everything();
    expect(written.length).toBeGreaterThan(200);
    expect(sentIdentifiers).toBeGreaterThan(200);
    expect(printed.length).toBeGreaterThan(0);
    for (const text of [...written, ...answers, ...printed, ...queued]) {
      expect(identifiersIn(text)).toEqual([]);
      expect(text).not.toMatch(/1961-12-10|\b10027\b/);
    }
  });
});
