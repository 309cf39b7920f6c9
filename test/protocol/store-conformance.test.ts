import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { openTable, type Table } from '../../functions/platform/table.ts';
import { openAlarmStates } from '../../functions/rollouts/alarm-states.ts';
import { openRolloutMachine } from '../../functions/rollouts/machine.ts';
import { openOutcomeReader } from '../../functions/rollouts/store/outcome-reader.ts';
import { createWaitingMachine, executionArnOf } from '../rollouts/machines.ts';
import { startTestServices, type TestServices } from '../support/services.ts';
import { memoryAlarms, memoryMachines, memoryOutcomes, memoryTable, runInMemory } from './conformance/in-memory.ts';
import { emulatedAlarms, runOnEmulator, storedOutcomes } from './conformance/on-emulator.ts';
import {
  type Alarms,
  alarmSuite,
  type Machines,
  machineSuite,
  type Outcomes,
  outcomeSuite,
} from './conformance/ports-suite.ts';
import { type RunMachine, statesSuite } from './conformance/states-suite.ts';
import { storeSuite } from './conformance/store-suite.ts';
import { tableSuite } from './conformance/table-suite.ts';

/** Longer than an execution is waited for. */
jest.setTimeout(90_000);

let services: TestServices;
let table: Table;
let machines: Machines;
beforeAll(async () => {
  services = await startTestServices();
  table = openTable(services.tableName);
  const machineArn = await createWaitingMachine();
  machines = {
    machine: openRolloutMachine(machineArn),
    stop: async (rollout) => {
      await new SFNClient({}).send(new StopExecutionCommand({ executionArn: executionArnOf(machineArn, rollout) }));
    },
  };
}, 120_000);
afterAll(() => services.dispose());

const inMemory = memoryTable();

describe.each<[string, () => Table]>([
  ['in memory', () => inMemory],
  ['on the emulator', () => table],
])('a table %s', (_, open) => tableSuite(open));

describe.each<[string, () => Table]>([
  ['in memory', () => inMemory],
  ['on the emulator', () => table],
])('the stores on a table %s', (_, open) => storeSuite(open));

describe.each<[string, () => Machines]>([
  ['in memory', memoryMachines],
  ['on the emulator', () => machines],
])('the machine %s', (_, open) => machineSuite(open));

describe.each<[string, RunMachine]>([
  ['in memory', runInMemory],
  ['on the emulator', runOnEmulator],
])('a state machine %s', (_, run) => statesSuite(run));

describe.each<[string, () => Alarms]>([
  ['in memory', memoryAlarms],
  ['on the emulator', () => emulatedAlarms(openAlarmStates())],
])('the alarms %s', (_, open) => alarmSuite(open));

describe.each<[string, () => Outcomes]>([
  ['in memory', memoryOutcomes],
  ['on the emulator', () => storedOutcomes(table, openOutcomeReader(table))],
])('the outcomes %s', (_, open) => outcomeSuite(open));
