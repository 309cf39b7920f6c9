import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AuditTrail, openAuditTrail } from '../../functions/platform/audit.ts';
import { type OnRefused, openRefusals, type Refusal } from '../../functions/platform/refusals.ts';
import { openTable } from '../../functions/platform/table.ts';
import { startTestServices, type TestServices } from '../support/services.ts';

let services: TestServices;
let audit: AuditTrail;
let onRefused: OnRefused;
let now: number;
let tenants = 0;
let tenant: string;

beforeAll(async () => {
  services = await startTestServices();
}, 120_000);
afterAll(() => services.dispose());

beforeEach(() => {
  now = Date.UTC(2026, 0, 1);
  const clock = { now: () => now };
  audit = openAuditTrail(openTable(services.tableName), clock);
  onRefused = openRefusals(audit, clock);
  tenants += 1;
  tenant = `tenant-${tenants}`;
});

const refusal = (given: Partial<Refusal> = {}): Refusal => ({
  principal: { tenant, role: 'operator', id: 'user-1' },
  route: 'postRollout',
  params: { model: 'diagnosis' },
  code: 'rollout-running',
  ...given,
});
const entries = async () => (await audit.page(tenant, 100)).items;

describe('a refused command', () => {
  it('is in the audit: who gave it, to what, and why', async () => {
    const rollout = 'rol_01KDVD0000000000000000000A';
    await onRefused(
      refusal({ params: { model: 'diagnosis', rollout }, code: 'approval-expired', route: 'postApproval' }),
    );
    expect(await entries()).toMatchObject([
      {
        action: 'command-refused',
        actor: 'operator:user-1',
        model: 'diagnosis',
        subjectOfAction: rollout,
        reason: 'postApproval was refused: approval-expired.',
        numbers: { status: 409 },
      },
    ]);
  });

  it('of a path that names no model holds nothing of what somebody wrote there', async () => {
    await onRefused(
      refusal({ params: { model: 'Ada Lovelace, born 1815', rollout: '<script>' }, code: 'invalid-request' }),
    );
    const [entry] = await entries();
    expect(entry).not.toHaveProperty('model');
    expect(JSON.stringify(entry)).not.toMatch(/Lovelace|script/);
  });

  it('that is repeated is told once a minute, with how often it came', async () => {
    for (let time = 0; time < 5; time += 1) await onRefused(refusal());
    await onRefused(refusal({ code: 'version-serving' }));
    expect(await entries()).toHaveLength(2);
    now += 60_000;
    await onRefused(refusal());
    expect(await entries()).toHaveLength(3);
    expect((await entries())[0]).toMatchObject({ numbers: { status: 409, repeated: 4 } });
  });

  it('of one tenant is told to that tenant alone', async () => {
    await onRefused(refusal());
    const other = { ...refusal().principal, tenant: `${tenant}-other` };
    await onRefused(refusal({ principal: other }));
    expect(await entries()).toHaveLength(1);
    expect((await audit.page(other.tenant, 100)).items).toHaveLength(1);
  });

  it('through a fault of ours is none', async () => {
    await onRefused(refusal({ code: 'unavailable' }));
    expect(await entries()).toEqual([]);
  });
});
