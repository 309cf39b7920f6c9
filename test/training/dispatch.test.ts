import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type InstanceType, instanceTypes } from '../../contracts/instances.ts';
import { limitOf, TrainingLimits } from '../../contracts/training-limits.ts';
import { backoffSeconds } from '../../functions/training/domain/capacity.ts';
import { decideDispatch, type WaitingJob } from '../../functions/training/domain/dispatch.ts';

const now = Date.parse('2026-01-02T00:00:00.000Z');
const inFuture = '2026-01-02T00:01:00.000Z';
const types = instanceTypes.slice(0, 3);
const [small = 'ml.m5.large', medium = 'ml.m5.xlarge', large = 'ml.m5.2xlarge'] = types;

const job = (tenant: string, minute: number, given: Partial<WaitingJob> = {}): WaitingJob => ({
  tenant,
  model: 'clinic',
  job: `job-${tenant}-${String(minute).padStart(2, '0')}`,
  createdAt: `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`,
  candidates: [small],
  refusals: {},
  ...given,
});

const decide = (
  waiting: readonly WaitingJob[],
  limit: number | ((type: InstanceType) => number),
  leases: readonly { tenant: string; instanceType: InstanceType }[] = [],
) => decideDispatch({ waiting, leases, limitOf: typeof limit === 'number' ? () => limit : limit, now });

const started = (decisions: ReturnType<typeof decide>) =>
  decisions.flatMap((decision) => (decision.kind === 'start' ? [[decision.job.job, decision.instanceType]] : []));

const anyType = fc.constantFrom(...types);
const anyTenant = fc.constantFrom('acme', 'globex', 'rival', 'umbrella');
const anyJob = fc
  .record({
    tenant: anyTenant,
    minute: fc.nat(59),
    candidates: fc.shuffledSubarray([...types], { minLength: 1 }),
    refused: fc.subarray([...types]),
  })
  .map(({ tenant, minute, candidates, refused }) => {
    const refusals = Object.fromEntries(refused.map((type) => [type, { times: 1, until: inFuture }]));
    return job(tenant, minute, { candidates, refusals });
  });
const anySituation = fc.record({
  waiting: fc.uniqueArray(anyJob, { maxLength: 15, selector: ({ job: id }) => id }),
  leases: fc.array(fc.record({ tenant: anyTenant, instanceType: anyType }), { maxLength: 8 }),
  limit: fc.nat(3),
});

describe('whoever waits, and whatever is under way', () => {
  it('each job is decided on once, starts only on a type that it may have, and no type goes over its limit', () => {
    fc.assert(
      fc.property(anySituation, ({ waiting, leases, limit }) => {
        const decisions = decide(waiting, limit, leases);
        expect(decisions.map((decision) => decision.job.job).sort()).toEqual(waiting.map(({ job: id }) => id).sort());
        for (const type of types) {
          const before = leases.filter(({ instanceType }) => instanceType === type).length;
          const more = started(decisions).filter(([, of]) => of === type).length;
          if (more > 0) expect(before + more).toBeLessThanOrEqual(limit);
        }
        for (const decision of decisions) {
          if (decision.kind === 'wait') continue;
          expect(decision.job.candidates).toContain(decision.instanceType);
          expect(decision.job.refusals[decision.instanceType]).toBeUndefined();
        }
      }),
    );
  });

  it('nobody waits for a place that is free and not refused, and who waits is told for what', () => {
    fc.assert(
      fc.property(anySituation, ({ waiting, leases, limit }) => {
        const decisions = decide(waiting, limit, leases);
        const used = (type: string) =>
          leases.filter(({ instanceType }) => instanceType === type).length +
          started(decisions).filter(([, of]) => of === type).length;
        for (const decision of decisions) {
          if (decision.kind === 'start') continue;
          const own = waiting.filter(({ tenant }) => tenant === decision.job.tenant);
          const isRefused = (type: InstanceType) => own.some(({ refusals }) => refusals[type] !== undefined);
          const free = decision.job.candidates.filter((type) => used(type) < limit && !isRefused(type));
          expect(free).toEqual([]);
          expect(decision.detail).toMatch(/tried again by itself\.$/);
          if (decision.reason === 'capacity') expect(decision.nextAttemptAt).toBe(inFuture);
        }
      }),
    );
  });

  it('a tenant of whom nothing is under way starts before anybody who has more, however many the others bring', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 4 }), (crowd, limit) => {
        const flood = Array.from({ length: crowd }, (_, minute) => job('acme', minute));
        const [first, second] = started(decide([...flood, job('rival', 59)], limit));
        expect(first?.[0]).toBe('job-acme-00');
        if (limit > 1) expect(second?.[0]).toBe('job-rival-59');
      }),
    );
  });

  it('every tenant gets its turn while others keep bringing more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 4 }), (limit, tenants) => {
        const names = ['a', 'b', 'c', 'd'].slice(0, tenants);
        const served = new Set<string>();
        let running: { tenant: string; instanceType: InstanceType }[] = [];
        let minute = 0;
        let waiting = names.map((name) => job(name, minute));
        for (let step = 0; step < tenants * 2; step += 1) {
          const starts = decide(waiting, limit, running).flatMap((decision) =>
            decision.kind === 'start' ? [decision.job] : [],
          );
          for (const { tenant } of starts) served.add(tenant);
          minute += 1;
          waiting = [
            ...waiting.filter((other) => !starts.includes(other)),
            ...starts.map(({ tenant }) => job(tenant, minute)),
          ];
          // The oldest training ends, and makes room for one.
          running = [...running, ...starts.map(({ tenant }) => ({ tenant, instanceType: small }))].slice(1);
        }
        expect([...served].sort()).toEqual(names);
      }),
    );
  });
});

describe('a job', () => {
  it('takes the next type that it may have where the first is full or refused', () => {
    const waiting = [
      job('acme', 1, { candidates: [small, medium, large], refusals: { [medium]: { times: 1, until: inFuture } } }),
    ];
    expect(started(decide(waiting, (type) => (type === small ? 0 : 1)))).toEqual([['job-acme-01', large]]);
  });

  it('asks again for a type once its time has passed', () => {
    const past = { [small]: { times: 3, until: '2026-01-01T23:59:59.999Z' } };
    expect(started(decide([job('acme', 1, { refusals: past })], 1))).toEqual([['job-acme-01', small]]);
  });

  it('is refused what another of its tenant was refused, and other tenants proceed', () => {
    const refusals = { [small]: { times: 1, until: inFuture } };
    const waiting = [job('acme', 1, { refusals }), job('acme', 2), job('rival', 3)];
    expect(started(decide(waiting, 4))).toEqual([['job-rival-03', small]]);
  });
});

describe('the wait after a refusal', () => {
  it('doubles, up to a quarter of an hour, and half of it is drawn', () => {
    expect([1, 2, 3, 10].map((times) => backoffSeconds(times, 0))).toEqual([10, 20, 40, 450]);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (times, random) => {
          const seconds = backoffSeconds(times, random);
          expect(seconds).toBeGreaterThanOrEqual(10);
          expect(seconds).toBeLessThan(900);
        },
      ),
    );
  });
});

describe('the limits of a deployment', () => {
  it('are of a type, or of all the others, or 4', () => {
    const limits = TrainingLimits.parse('default=2,ml.g5.xlarge=0');
    expect([limitOf(limits, 'ml.g5.xlarge'), limitOf(limits, 'ml.m5.large')]).toEqual([0, 2]);
    expect(limitOf(TrainingLimits.parse(''), 'ml.m5.large')).toBe(4);
  });

  it.each(['ml.x1.huge=1', 'default=many', 'ml.m5.large', 'ml.m5.large=', 'default=-1'])('cannot be %s', (text) => {
    expect(TrainingLimits.safeParse(text).success).toBe(false);
  });
});
