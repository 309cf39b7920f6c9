import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuditEntry, Health } from '../../contracts/monitoring.ts';
import { monitoring as routes } from '../../contracts/routes/index.ts';
import { openAuditTrail } from '../../functions/platform/audit.ts';
import { canonicalJson } from '../../functions/platform/canonical-json.ts';
import { systemClock } from '../../functions/platform/clock.ts';
import { openTable } from '../../functions/platform/table.ts';
import { callApi } from '../support/call-api.ts';
import { startTestServices, type TestServices } from '../support/services.ts';

let services: TestServices;
let handler: Parameters<typeof callApi>[0];

beforeAll(async () => {
  services = await startTestServices();
  Object.assign(process.env, {
    TABLE_NAME: services.tableName,
    BUCKET_NAME: services.bucketName,
    EVALUATION_QUEUE_URL: services.deadLetterQueueUrl,
  });
  ({ handler } = await import('../../functions/monitoring/api.ts'));
  const trail = openAuditTrail(openTable(services.tableName), systemClock);
  for (let number = 1; number <= 5; number += 1) {
    const reason = `change ${number}`;
    await trail.append('acme', { action: 'model-changed', actor: 'operator:user-1', model: 'diagnosis', reason });
  }
}, 120_000);
afterAll(() => services.dispose());

const audit = (query: Record<string, string> = {}, tenant = 'acme') =>
  callApi(handler, routes.listAudit, { tenant, query });

describe('the audit', () => {
  it('is read by pages, the newest first, to its beginning', async () => {
    const reasons: string[] = [];
    let cursor: string | undefined;
    do {
      const { status, json } = await audit({ limit: '2', ...(cursor === undefined ? {} : { cursor }) });
      expect(status).toBe(200);
      reasons.push(...json.items.map(({ reason }: AuditEntry) => reason));
      cursor = json.nextCursor;
    } while (cursor !== undefined);
    expect(reasons).toEqual([5, 4, 3, 2, 1].map((number) => `change ${number}`));
  });

  it('holds the hash of each entry in the next', async () => {
    const entries: AuditEntry[] = (await audit()).json.items.reverse();
    for (const [index, { hash, ...rest }] of entries.entries()) {
      expect(createHash('sha256').update(canonicalJson(rest)).digest('hex')).toBe(hash);
      expect(rest.previous).toBe(entries[index - 1]?.hash ?? '0'.repeat(64));
    }
  });

  it('shows no other tenant anything', async () => {
    expect((await audit({}, 'globex')).json).toEqual({ items: [] });
  });

  it('refuses a cursor that no page gave', async () => {
    for (const cursor of ['hello', Buffer.from('entry#1').toString('base64url')]) {
      expect((await audit({ cursor })).status).toBe(400);
    }
  });

  it.each(['app', 'expert'])('is not for the role %s', async (role) => {
    expect((await callApi(handler, routes.listAudit, { role })).status).toBe(403);
  });
});

describe('the performance', () => {
  it('of an unknown model is answered as one', async () => {
    const { status, json } = await callApi(handler, routes.getPerformance, { path: { model: 'nothing' } });
    expect({ status, type: json.type }).toEqual({ status: 404, type: 'urn:relearn:problem:not-found' });
  });
});

describe('health', () => {
  it('is told to anyone', async () => {
    const { status, json } = await callApi(handler, routes.getHealth, {});
    expect(status).toBe(200);
    expect(Health.parse(json)).toEqual({ status: 'ok', checks: { table: 'ok' }, version: 'test' });
  });
});
