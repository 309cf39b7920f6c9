import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientOptions } from '../../local/aws-clients.ts';
import { type Emulator, startEmulator } from '../../local/emulator.ts';
import { prepareCertificates } from '../../local/set-up/certificates.ts';
import { preparePython } from '../../local/set-up/python-environment.ts';
import { eventually } from './support/eventually.ts';

const treatments = ['notBreaching', 'breaching', 'missing', 'ignore'] as const;
const Namespace = 'Test';

describe("the embedded cloud's alarms", () => {
  let folder: string;
  let emulator: Emulator;
  let client: CloudWatchClient;

  const makeAlarm = (AlarmName: string, TreatMissingData: string, MetricName = AlarmName, Period: 10 | 60 = 60) =>
    client.send(
      new PutMetricAlarmCommand({
        AlarmName,
        Namespace,
        MetricName,
        TreatMissingData,
        Period,
        Statistic: 'Sum',
        Threshold: 1,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      }),
    );

  const statesOf = async (): Promise<Record<string, string | undefined>> => {
    const AlarmTypes = ['MetricAlarm', 'CompositeAlarm'] as const;
    const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
      new DescribeAlarmsCommand({ AlarmTypes: [...AlarmTypes] }),
    );
    return Object.fromEntries(
      [...MetricAlarms, ...CompositeAlarms].map((alarm) => [alarm.AlarmName, alarm.StateValue]),
    );
  };

  beforeAll(async () => {
    await preparePython({ log: () => undefined });
    await prepareCertificates();
    folder = await mkdtemp(join(tmpdir(), 'relearn-alarms-'));
    emulator = await startEmulator({ stateFolder: folder, log: () => undefined });
    client = new CloudWatchClient(clientOptions(emulator));
    for (const treatment of treatments) await makeAlarm(treatment, treatment);
    const AlarmRule = 'ALARM("breaching")';
    await client.send(new PutCompositeAlarmCommand({ AlarmName: 'above', AlarmRule }));
    await makeAlarm('failing', 'notBreaching', 'Failure', 10);
    const MetricData = [{ MetricName: 'Failure', Value: 1 }];
    await client.send(new PutMetricDataCommand({ Namespace, MetricData }));
  }, 120_000);

  afterAll(async () => {
    client?.destroy();
    await emulator?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('do not judge before their first evaluation', async () => {
    const states = await statesOf();
    for (const name of treatments) expect({ [name]: states[name] }).toEqual({ [name]: 'INSUFFICIENT_DATA' });
    expect(states.failing).toBe('ALARM');
  });

  it('become what their treatment of missing data says, and the composite ones with them', async () => {
    await eventually(async () => (await statesOf()).breaching === 'ALARM', 30);
    expect(await statesOf()).toMatchObject({
      notBreaching: 'OK',
      breaching: 'ALARM',
      missing: 'INSUFFICIENT_DATA',
      ignore: 'INSUFFICIENT_DATA',
      above: 'ALARM',
    });
  });

  it('recover when what let them fire is over', async () => {
    await eventually(async () => (await statesOf()).failing === 'OK', 30);
  });
});
