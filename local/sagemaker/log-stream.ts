import { setTimeout as delay } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { clientOptions, type EmulatorAddress } from '../aws-clients.ts';
import { LogLines } from './log-lines.ts';
import type { CredentialProvider } from './role-credentials.ts';

const trainingLogGroup = '/aws/sagemaker/TrainingJobs';

const flushMilliseconds = 400;
const attempts = 3;

/**
 * The log stream of one job: lines go in one by one, and to CloudWatch Logs in batches.
 *
 * Where the role may not write logs the job goes on without them, as on AWS. Where a program prints more than the
 * stream takes, the oldest of the waiting lines are left out, and the log says how many.
 */
export class LogStream {
  readonly #client: CloudWatchLogsClient;
  readonly #name: string;
  readonly #lines = new LogLines();
  #sending: Promise<void>;
  #refused: unknown;
  #timer: NodeJS.Timeout | undefined;

  constructor(address: EmulatorAddress, credentials: CredentialProvider, name: string) {
    this.#client = new CloudWatchLogsClient({ ...clientOptions(address), credentials });
    this.#name = name;
    this.#sending = this.#attempt(() => this.#create());
  }

  /** Why nothing is written, where nothing can be. */
  get refused(): unknown {
    return this.#refused;
  }

  write(message: string, timestamp: number): void {
    // Empty messages are refused.
    if (message !== '') {
      this.#lines.add({ timestamp, message });
      this.#timer ??= setTimeout(() => this.#flush(), flushMilliseconds);
    }
  }

  /** Resolves when everything written so far is sent, or refused. */
  async close(): Promise<void> {
    await this.#sending;
    this.#flush();
    await this.#sending;
    clearTimeout(this.#timer);
    this.#client.destroy();
  }

  /** Sends what waits; what comes meanwhile waits until it is sent, so that there is never more than one batch of each. */
  #flush(): void {
    clearTimeout(this.#timer);
    this.#sending = this.#sending.then(async () => {
      const logEvents = this.#lines.take();
      if (logEvents.length > 0) {
        const where = { logGroupName: trainingLogGroup, logStreamName: this.#name };
        await this.#attempt(() => this.#client.send(new PutLogEventsCommand({ ...where, logEvents })));
      }
      this.#timer = this.#lines.isEmpty ? undefined : setTimeout(() => this.#flush(), flushMilliseconds);
    });
  }

  async #create(): Promise<void> {
    const create = new CreateLogStreamCommand({ logGroupName: trainingLogGroup, logStreamName: this.#name });
    try {
      await this.#client.send(create);
    } catch (error) {
      if ((error as Error).name !== 'ResourceNotFoundException') {
        throw error;
      }
      await this.#client.send(new CreateLogGroupCommand({ logGroupName: trainingLogGroup })).catch((reason: Error) => {
        if (reason.name !== 'ResourceAlreadyExistsException') {
          throw reason;
        }
      });
      await this.#client.send(create);
    }
  }

  async #attempt(send: () => Promise<unknown>): Promise<void> {
    for (let attempt = 1; this.#refused === undefined; attempt += 1) {
      try {
        await send();
        return;
      } catch (error) {
        if (attempt === attempts || (error as Error).name.startsWith('AccessDenied')) {
          this.#refused = error;
        } else {
          await delay(attempt * 200);
        }
      }
    }
  }
}
