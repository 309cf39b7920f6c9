import { join } from 'node:path';
import type { EmulatorAddress } from '../aws-clients.ts';
import type { Log } from '../log.ts';
import { authorize, checksOf } from './authorization.ts';
import { AwsError } from './aws-error.ts';
import { FaultList } from './fault-list.ts';
import { answerFaults } from './fault-routes.ts';
import { JobHost } from './job-host.ts';
import { JobStore } from './job-store.ts';
import { operations } from './operations.ts';
import { type Answer, listen } from './server.ts';
import { defaultTrainingSettings, type TrainingSettings } from './settings.ts';

export type SageMakerOptions = {
  /** Job records and the trees of running jobs are below it. */
  readonly stateFolder: string;
  readonly log: Log;
  /** @default any free one */
  readonly port?: number;
  /** @default those of `defaultTrainingSettings` */
  readonly settings?: Partial<TrainingSettings>;
};

export type SageMaker = {
  readonly sagemakerUrl: string;
  readonly port: number;
  /**
   * Begins to answer, with the identities and the storage of an emulator. Until then requests wait: functions must be
   * told this address before the emulator that runs them exists.
   */
  attach(address: EmulatorAddress): Promise<void>;
  /** Ends training programs at once and closes the port. */
  stop(): Promise<void>;
};

/**
 * Starts an endpoint that speaks `CreateTrainingJob`, `DescribeTrainingJob`, `StopTrainingJob` and `ListTrainingJobs`,
 * and has the faults that it is told to have: faults.ts.
 *
 * @throws {PortTakenError} where a given port is taken
 */
export async function startSageMaker(options: SageMakerOptions): Promise<SageMaker> {
  const folder = join(options.stateFolder, 'sagemaker');
  const store = await JobStore.open(join(folder, 'jobs'));
  const faults = new FaultList();
  const attached = Promise.withResolvers<{ address: EmulatorAddress; host: JobHost }>();
  let host: JobHost | undefined;

  const answer: Answer = async (name, body, request) => {
    const operation = operations[name];
    if (!operation) {
      throw new AwsError('UnknownOperationException', `the local SageMaker endpoint has no operation ${name}`);
    }
    const { address, host } = await attached.promise;
    await authorize(address.emulatorUrl, request, checksOf(name, body));
    return await operation(body, { address, store, host, faults });
  };
  const { url, server } = await listen(options.port ?? 0, answer, (request) => answerFaults(faults, request));

  return {
    sagemakerUrl: url,
    port: Number(new URL(url).port),
    async attach(address) {
      host = new JobHost({
        address,
        store,
        faults,
        settings: { ...defaultTrainingSettings, ...options.settings },
        treesFolder: join(folder, 'trees'),
        log: options.log,
        now: Date.now,
      });
      await host.recover();
      attached.resolve({ address, host });
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await host?.close();
    },
  };
}
