/** What the ports beside the table promise, whoever stands behind them. */
import { expect, it } from '@jest/globals';
import type { Route } from '../../../contracts/route-item.ts';
import type { AlarmStates } from '../../../functions/rollouts/alarm-states.ts';
import { planAlarms } from '../../../functions/rollouts/domain/alarm-plan.ts';
import type { RolloutRecord } from '../../../functions/rollouts/domain/record.ts';
import type { RolloutMachine } from '../../../functions/rollouts/machine.ts';
import type { OutcomeReader } from '../../../functions/rollouts/store/outcome-reader.ts';
import { begun, servable } from '../../rollouts/specimens.ts';
import type { NewOutcomes } from '../cloud/outcomes.ts';

export interface Machines {
  readonly machine: RolloutMachine;
  /** Stops the first attempt at a rollout. */
  stop(rollout: string): Promise<void>;
}

export interface Alarms {
  readonly states: AlarmStates;
  make(rollout: RolloutRecord): Promise<void>;
  /** Reports answers of the challenger, 1 for each that failed. */
  see(rollout: RolloutRecord, failures: readonly number[]): Promise<void>;
}

export interface Outcomes {
  readonly reader: OutcomeReader;
  /** Outcomes that came at once, spread over the versions as the route weighs them. */
  add(route: Route, now: number, outcomes: NewOutcomes): Promise<void>;
}

export const machineSuite = (open: () => Machines): void => {
  it('starts an attempt once, and tells what became of it', async () => {
    const { machine, stop } = open();
    const { id: rollout } = begun().rollout;
    const input = { tenant: 'acme', model: 'model', rollout, attempt: 1 };
    expect(await machine.stateOf(input)).toBe('absent');
    await machine.start(input);
    await machine.start(input);
    expect(await machine.stateOf(input)).toBe('running');
    await stop(rollout);
    await machine.start(input);
    expect(await machine.stateOf(input)).toBe('over');
    expect(await machine.stateOf({ ...input, attempt: 2 })).toBe('absent');
  });
};

export const alarmSuite = (open: () => Alarms): void => {
  it('says that alarms are missing, cannot judge yet, are well, or fire, and which', async () => {
    const { states, make, see } = open();
    const { rollout } = begun();
    const plan = planAlarms(rollout);
    expect(await states.report(plan)).toEqual({ health: 'missing' });
    await make(rollout);
    expect(await states.report(plan)).toEqual({ health: 'insufficient-data' });
    await see(rollout, Array<number>(100).fill(0));
    expect(await states.report(plan)).toEqual({ health: 'ok' });
    await see(rollout, Array<number>(20).fill(1));
    expect(await states.report(plan)).toMatchObject({ health: 'alarm', firing: expect.stringContaining('failing') });
    expect(await states.report({ ...plan, names: [...plan.names, 'another'] })).toMatchObject({ health: 'alarm' });
  });
};

export const outcomeSuite = (open: () => Outcomes): void => {
  it('gives the outcomes of a span in their order, page by page, and those of no other rollout', async () => {
    const { reader, add } = open();
    const { route, rollout } = begun();
    const served = { ...route, weight: 2500, stage: 'canary' };
    const given = { champion: 0, challengers: 1, failed: true };
    for (const at of [1000, 2000, 3000]) await add(served, at, { ...given, count: 60 });
    await add({ ...served, rollout: `rol_${'9'.repeat(26)}`, challenger: servable(2) }, 2000, { ...given, count: 4 });
    const read = [];
    for await (const page of reader.pages('acme', 'model', rollout.id, { from: 1000, before: 3000 }))
      read.push(...page);
    expect(read).toHaveLength(120);
    expect(read.map(({ assignedAt }) => assignedAt)).toEqual([...Array(60).fill(1000), ...Array(60).fill(2000)]);
    expect(new Set(read.map(({ nonce }) => nonce)).size).toBe(120);
    const challenging = read.filter(({ arm }) => arm === 'challenger');
    expect(challenging).toHaveLength(30);
    expect(challenging[0]).toMatchObject({ assigned: 'v1.1.0', stage: 'canary', reward: 1, failed: true });
    for await (const page of reader.pages('acme', 'model', rollout.id, { from: 5, before: 5 }))
      expect(page).toEqual([]);
    expect(await reader.firstAt('acme', 'model', rollout.id, [])).toEqual(new Map());
  });
};
