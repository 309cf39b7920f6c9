import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RunStatus } from '../../functions/training/domain/run-state.ts';
import { dispatchJobs } from '../../functions/training/operations/dispatch-jobs.ts';
import { limit, openCapacityWorld } from './capacity-world.ts';

type World = ReturnType<typeof openCapacityWorld>;

const jobs = 6;
const forEver = 1000;
/** Of a process, after which it is gone; most get through. */
const anyCalls = fc.oneof({ weight: 2, arbitrary: fc.constant(forEver) }, { weight: 1, arbitrary: fc.nat(25) });

/** How a run ends. */
const endings = [
  { status: RunStatus.Completed },
  { status: RunStatus.Failed, failureReason: 'InternalServerError: lost' },
  { status: RunStatus.Failed, failureReason: 'CapacityError: none' },
] as const;

/** What goes on at once. */
const anyStep = fc.record({
  dispatchers: fc.array(anyCalls, { maxLength: 3 }),
  reconcilers: fc.array(anyCalls, { maxLength: 1 }),
  /** Of a run that is under way, the how-manieth; heard of so many times, or not at all. */
  ends: fc.array(
    fc.record({ run: fc.nat(9), ending: fc.constantFrom(...endings), heard: fc.array(anyCalls, { maxLength: 2 }) }),
    { maxLength: 3 },
  ),
  faults: fc.nat(2),
});

type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never;

const carryOut = (world: World, step: Step, keys: Awaited<ReturnType<World['add']>>[]): void => {
  world.disturb(step.faults);
  const names = [...world.runs].filter(([, { state }]) => state.status === RunStatus.InProgress).map(([name]) => name);
  for (const { run, ending, heard } of step.ends) {
    const name = names[run];
    if (name === undefined) continue;
    world.end(name, ending);
    for (const calls of heard) void world.hear(world.open(calls), name);
  }
  for (const calls of step.dispatchers) void dispatchJobs(world.open(calls), keys);
  for (const calls of step.reconcilers) void world.reconcile(world.open(calls));
};

/** Everything that is under way ends well, and reconciliation does the rest. */
const comeToRest = async (world: World): Promise<void> => {
  world.disturb(0);
  for (let round = 0; round < 12 && world.told.size < jobs; round += 1) {
    world.later(20);
    await world.reconcile(world.whole());
    for (const [name] of world.runs) world.end(name, { status: RunStatus.Completed });
  }
  world.later(20);
  await world.reconcile(world.whole());
};

describe('places on machines', () => {
  it('are never given away twice nor lost, whoever gives them, in whatever order, and whoever is gone in the midst of it', async () => {
    let most = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(anyStep, { minLength: 1, maxLength: 4 }), async (scheduler, steps) => {
        let scheduled = true;
        const world = openCapacityWorld((call) =>
          scheduled ? scheduler.schedule(Promise.resolve()).then(call) : call(),
        );
        scheduled = false;
        const keys = await Promise.all(
          Array.from({ length: jobs }, (_, number) => world.add(number % 3 === 0 ? 'rival' : 'acme', number)),
        );
        scheduled = true;
        for (const step of steps) {
          carryOut(world, step, keys);
          await scheduler.waitIdle();
          most = Math.max(most, world.alive().length);
          world.later();
        }
        scheduled = false;
        await comeToRest(world);
        expect(world.violations).toEqual([]);
        expect(world.told.size).toBe(jobs);
        expect(await world.whole().capacity.leases()).toEqual([]);
      }),
      { numRuns: 15 },
    );
    // All places were taken at times, or nothing would have been shown.
    expect(most).toBe(2 * limit);
  }, 60_000);
});
