import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Models, openModels } from '../../functions/models/index.ts';
import { modelOf } from '../../functions/models/registry/declaration.ts';
import { openRegistry, type Registry } from '../../functions/models/store/registry.ts';
import { openTable } from '../../functions/platform/table.ts';
import { version } from '../rollouts/specimens.ts';
import { startTestServices, type TestServices } from '../support/services.ts';
import { declare } from './declarations.ts';

let services: TestServices;
let models: Models;
let registry: Registry;
let tenant: string;
let tenants = 0;

beforeAll(async () => {
  services = await startTestServices();
  const table = openTable(services.tableName);
  models = openModels(table);
  registry = openRegistry(table);
}, 120_000);

afterAll(async () => {
  await services?.dispose();
});

beforeEach(() => {
  tenants += 1;
  tenant = `tenant-${tenants}`;
});

describe('the store of models', () => {
  const now = Date.parse('2026-01-01T00:00:00.000Z');

  test('registers a name once', async () => {
    const first = modelOf('clinic', declare(), undefined, now);
    expect(await models.save(tenant, first, undefined)).toBe(true);
    expect(await models.save(tenant, first, undefined)).toBe(false);
  });

  test('stores nothing on what another has changed since', async () => {
    const first = modelOf('clinic', declare(), undefined, now);
    const second = modelOf('clinic', declare({ description: 'second' }), first, now);
    const late = modelOf('clinic', declare({ description: 'late' }), first, now);
    expect(await models.save(tenant, first, undefined)).toBe(true);
    expect(await models.save(tenant, second, first)).toBe(true);
    expect(await models.save(tenant, late, first)).toBe(false);
    expect(await models.get(tenant, 'clinic')).toEqual(second);
  });
});

describe('the registry', () => {
  const keyOf = (job: string) => ({ tenant, model: 'clinic', job });

  test('gives no number on a last version that another has followed', async () => {
    expect(await registry.register(keyOf('one'), undefined, version(0), [])).toBe(true);
    expect(await registry.register(keyOf('two'), undefined, version(1), [])).toBe(false);
    expect(await registry.register(keyOf('two'), 'v1.0.0', version(1), [])).toBe(true);
    expect(await registry.register(keyOf('three'), 'v1.0.0', version(2), [])).toBe(false);
    expect(await registry.latest(tenant, 'clinic')).toBe('v1.1.0');
  });

  test('registers a job once, be it as a version or as a refusal', async () => {
    await registry.register(keyOf('one'), undefined, version(0), []);
    expect(await registry.register(keyOf('one'), 'v1.0.0', version(1), [])).toBe(false);
    expect(await registry.refuse(keyOf('one'), 'broken', [])).toBe(false);
    expect(await registry.refuse(keyOf('two'), 'broken', [])).toBe(true);
    expect(await registry.refuse(keyOf('two'), 'broken again', [])).toBe(false);
    expect(await registry.register(keyOf('two'), 'v1.0.0', version(1), [])).toBe(false);
    expect(await registry.registration(keyOf('one'))).toEqual({ version: 'v1.0.0', passed: true });
    expect(await registry.registration(keyOf('two'))).toEqual({ refusal: 'broken' });
    expect(await registry.latest(tenant, 'clinic')).toBe('v1.0.0');
  });
});
