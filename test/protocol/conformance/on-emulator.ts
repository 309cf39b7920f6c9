/** The emulator's services, opened as the suites take them. */
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { rolloutOutcomeEntity } from '../../../functions/inference/index.ts';
import type { Table } from '../../../functions/platform/table.ts';
import type { AlarmStates } from '../../../functions/rollouts/alarm-states.ts';
import type { OutcomeReader } from '../../../functions/rollouts/store/outcome-reader.ts';
import { eventually } from '../../local/support/eventually.ts';
import { openEmulatedAlarms } from '../../rollouts/emulated-alarms.ts';
import { createMachine } from '../../rollouts/machines.ts';
import { ScriptedOutcomes } from '../cloud/outcomes.ts';
import type { Alarms, Outcomes } from './ports-suite.ts';
import type { RunMachine } from './states-suite.ts';

/** The emulator's alarms, whose states are read as the platform reads them. */
export const emulatedAlarms = (states: AlarmStates): Alarms => ({ states, ...openEmulatedAlarms() });

let machines = 0;

/** Runs a machine of its own for each definition. */
export const runOnEmulator: RunMachine = async (definition, input) => {
  const client = new SFNClient({});
  machines += 1;
  const stateMachineArn = await createMachine(`suite-${machines}`, JSON.stringify(definition));
  const { executionArn } = await client.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
  );
  const describe = () => client.send(new DescribeExecutionCommand({ executionArn }));
  await eventually(async () => (await describe()).status !== 'RUNNING', 60);
  const { status, output = 'null', error = '' } = await describe();
  return status === 'SUCCEEDED' ? { output: JSON.parse(output) } : { error };
};

/** Outcomes as the inference slice stores them. */
export const storedOutcomes = (table: Table, reader: OutcomeReader): Outcomes => {
  const entity = rolloutOutcomeEntity(table);
  const scripted = new ScriptedOutcomes();
  const of = { tenant: 'acme', model: 'model', ttl: 4_102_444_800 };
  return {
    reader,
    add: async (route, now, outcomes) => {
      const { rollout = '' } = route;
      scripted.add(route, now, outcomes);
      const items = scripted.of(rollout, now, now + 1).map(({ milliseconds = 1, subject: _, ...outcome }) => ({
        ...of,
        ...outcome,
        ...{ rollout, milliseconds, version: outcome.assigned },
      }));
      await entity.put(items).go();
    },
  };
};
