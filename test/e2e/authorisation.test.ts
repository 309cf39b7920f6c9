import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Role } from '../../contracts/roles.ts';
import { routes } from '../../contracts/routes/index.ts';
import { call, startTestCloud, type TestCloud } from './world.ts';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
}, 600_000);

afterAll(() => cloud.dispose(), 120_000);

const examples: Readonly<Record<string, string>> = {
  model: 'nobody-registered-this',
  version: 'v1.0.0',
  case: 'case_01ARZ3NDEKTSV4RRFFQ69G5FAV',
  job: 'job_01ARZ3NDEKTSV4RRFFQ69G5FAV',
  rollout: 'rol_01ARZ3NDEKTSV4RRFFQ69G5FAV',
  dataset: `ds_${'0'.repeat(64)}`,
};

const pathOf = (template: string): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => examples[name] ?? name);

const closed = routes.filter(({ roles }) => roles !== 'public');

describe.each(closed.map((route) => ({ id: route.id, route })))('$id', ({ route }) => {
  const { method, path, roles } = route;
  const body = route.body === undefined ? undefined : {};

  it('is closed to whoever has no token', async () => {
    const answer = await call(cloud, undefined, method, pathOf(path), body);
    expect({ status: answer.status, type: answer.type }).toEqual({ status: 401, type: 'application/problem+json' });
  });

  it.each(Object.values(Role))('opens to the role %s exactly where the table says so', async (role) => {
    const answer = await call(cloud, cloud.tenants.acme?.[role], method, pathOf(path), body);
    const allowed = roles.includes(role as never);
    expect([401, 403].includes(answer.status)).toBe(!allowed);
    expect(answer.status).toBeLessThan(500);
  });
});

describe.each(routes.filter(({ roles }) => roles === 'public').map((route) => ({ id: route.id, route })))(
  '$id',
  ({ route }) => {
    it('needs no token', async () => {
      expect((await call(cloud, undefined, route.method, route.path)).status).toBe(200);
    });
  },
);
