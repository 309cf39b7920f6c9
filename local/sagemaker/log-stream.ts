import { setTimeout as delay } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { clientOptions, type EmulatorAddress } from '../aws-clients.ts';
import type { CredentialProvider } from './role-credentials.ts';

const trainingLogGroup = '/aws/sagemaker/TrainingJobs';

type LogEvent = { readonly timestamp: number; readonly message: string };

const flushMilliseconds = 400;
/** Limits of PutLogEvents: events of a batch, bytes of a batch with 26 for each event. */
const batchEvents = 10_000;
const batchBytes = 1_000_000;
const overheadBytes = 26;
const attempts = 3;

/**
 * The log stream of one job: lines go in one by one, and to CloudWatch Logs in batches.
 *
 * Where the role may not write logs the job goes on without them, as on AWS.
 */
export class LogStream {
  readonly #client: CloudWatchLogsClient;
  readonly #name: string;
  readonly #waiting: LogEvent[] = [];
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
      this.#waiting.push({ timestamp, message });
      this.#timer ??= setTimeout(() => this.#flush(), flushMilliseconds);
    }
  }

  /** Resolves when everything written so far is sent, or refused. */
  async close(): Promise<void> {
    this.#flush();
    await this.#sending;
    this.#client.destroy();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const batch of batches(this.#waiting.splice(0))) {
      this.#sending = this.#sending.then(() => this.#attempt(() => this.#put(batch)));
    }
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

  async #put(logEvents: LogEvent[]): Promise<void> {
    const where = { logGroupName: trainingLogGroup, logStreamName: this.#name };
    await this.#client.send(new PutLogEventsCommand({ ...where, logEvents }));
  }

  async #attempt(send: () => Promise<void>): Promise<void> {
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

/** Cuts events into batches that PutLogEvents takes. */
function* batches(events: readonly LogEvent[]): Generator<LogEvent[]> {
  let batch: LogEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(event.message) + overheadBytes;
    if (batch.length === batchEvents || (batch.length > 0 && bytes + size > batchBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) {
    yield batch;
  }
}
