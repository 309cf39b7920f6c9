import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { clientOptions, type EmulatorAddress } from '../aws-clients.ts';
import type { Log } from '../log.ts';
import { eventDetail } from './descriptions.ts';
import type { FaultList } from './fault-list.ts';
import { type Job, jobArn } from './job.ts';

/** Puts `SageMaker Training Job State Change` on the default bus, with the same detail as on AWS. */
export class StateEvents {
  readonly #client: EventBridgeClient;
  readonly #source: string;
  readonly #log: Log;
  readonly #faults: FaultList;

  constructor(address: EmulatorAddress, source: string, log: Log, faults: FaultList) {
    this.#client = new EventBridgeClient({ ...clientOptions(address), maxAttempts: 5 });
    this.#source = source;
    this.#log = log;
    this.#faults = faults;
  }

  /** Does not reject: an event may be lost, here as on AWS, and who waits for it also describes the job. */
  async emit(job: Job): Promise<void> {
    if (this.#faults.take('lost-event', job.request, ({ status = job.status }) => status === job.status)) {
      return;
    }
    const entry = {
      Source: this.#source,
      DetailType: 'SageMaker Training Job State Change',
      Detail: JSON.stringify(eventDetail(job)),
      Resources: [jobArn(job.request.TrainingJobName)],
      Time: new Date(job.modifiedAt),
    };
    try {
      const { Entries = [] } = await this.#client.send(new PutEventsCommand({ Entries: [entry] }));
      const refused = Entries.find(({ ErrorCode }) => ErrorCode);
      if (refused) {
        throw new Error(`${refused.ErrorCode}: ${refused.ErrorMessage}`);
      }
    } catch (error) {
      this.#log(`the state of ${job.request.TrainingJobName} could not be announced: ${(error as Error).message}`);
    }
  }
}
