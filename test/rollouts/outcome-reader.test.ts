import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rolloutSubjectEntity } from '../../functions/inference/index.ts';
import { openTable } from '../../functions/platform/table.ts';
import { openOutcomeReader } from '../../functions/rollouts/store/outcome-reader.ts';
import { startTestServices, type TestServices } from '../support/services.ts';

let services: TestServices;
beforeAll(async () => {
  services = await startTestServices();
}, 120_000);
afterAll(() => services.dispose());

describe('the first predictions of subjects', () => {
  it('are found, of however many it is asked at once', async () => {
    const table = openTable(services.tableName);
    const key = { tenant: 'acme', model: 'calls', rollout: 'rol_1' };
    const known = Array.from({ length: 1700 }, (_, index) => ({ subject: `known-${index}`, firstAt: 1000 + index }));
    await rolloutSubjectEntity(table)
      .put(known.map((one) => ({ ...key, ...one, ttl: 4_102_444_800 })))
      .go({ concurrent: 10 });
    const strangers = Array.from({ length: 50 }, (_, index) => `stranger-${index}`);
    const found = await openOutcomeReader(table).firstAt('acme', 'calls', 'rol_1', [
      ...known.map(({ subject }) => subject),
      ...strangers,
    ]);
    expect(found).toEqual(new Map(known.map(({ subject, firstAt }) => [subject, firstAt])));
  }, 60_000);
});
