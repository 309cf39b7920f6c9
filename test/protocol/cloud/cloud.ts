/** Everything outside of the code under test, for one sequence: AWS in memory, and what is driven through it. */
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { objectKeys } from '../../../contracts/keys.ts';
import type { Servable } from '../../../contracts/route-item.ts';
import { rolloutOfAlarm } from '../../../contracts/telemetry.ts';
import { sha256 } from '../../../functions/platform/canonical-json.ts';
import { type Command, kindOf, MemoryTable } from '../dynamodb/memory-table.ts';
import type { ViolationError } from '../monitor/invariant.ts';
import { type Monitor, openMonitor } from '../monitor/monitor.ts';
import { CloudWatch } from './alarms.ts';
import { ScriptedCases } from './evidence.ts';
import { ScriptedOutcomes } from './outcomes.ts';
import { enter } from './present.ts';
import { Fault, openScheduler, type Process, type Scheduler } from './scheduler.ts';

export const tenant = 'acme';
/** Milliseconds that a call takes. */
const callTime = 5;
/** Writes that a stale read lags behind. */
const lag = 3;
/** CloudWatch judges alarms of 30 s every 10 s. */
const evaluations = [3000, 13_000, 23_000, 33_000];
const start = Date.parse('2026-01-01T00:00:00.000Z');

export class Cloud {
  readonly scheduler: Scheduler;
  readonly monitor: Monitor;
  readonly cloudWatch: CloudWatch;
  /** Everything that the topic of the alarms was sent. */
  readonly messages: string[] = [];
  /** Rollouts of which an alarm has fired. */
  readonly fired = new Set<string>();
  /** What was tried and reached, counted. */
  readonly counts = new Map<string, number>();
  /** The first broken rule; code under test may swallow the error that told of it. */
  broken: ViolationError | undefined;
  /** Processes that nobody waits for any longer, and that may still go on. */
  readonly strays: Process[] = [];

  readonly outcomes: ScriptedOutcomes;

  private readonly table: MemoryTable;
  private readonly objects: Map<string, Uint8Array>;
  private readonly ledgers: Map<string, ScriptedCases>;
  private time: number;

  /** @param from - what is stored by another sequence */
  constructor(from?: Cloud) {
    this.table = new MemoryTable(from?.table.snapshot());
    this.objects = new Map(from?.objects);
    this.ledgers = new Map([...(from?.ledgers ?? [])].map(([model, cases]) => [model, cases.copy()]));
    this.outcomes = from?.outcomes.copy() ?? new ScriptedOutcomes();
    this.time = from?.time ?? start;
    this.scheduler = openScheduler((fault) => {
      this.time += callTime;
      this.count('calls');
      if (fault !== undefined) this.count(fault);
    });
    this.cloudWatch = new CloudWatch(
      () => this.time,
      (message) => {
        this.messages.push(message);
        const rollout = rolloutOfAlarm((JSON.parse(message) as { AlarmName: string }).AlarmName);
        if (rollout !== undefined) this.fired.add(rollout);
        this.count('alarm fired');
      },
    );
    const { cloudWatch, fired } = this;
    this.monitor = openMonitor(
      {
        now: () => this.time,
        isWhole: (servable) => this.isWhole(servable),
        cases: (model) => this.cases(model),
        outcomes: this.outcomes,
        get alarms() {
          return cloudWatch.names;
        },
        fired,
      },
      (what) => this.count(what),
      [...this.table.snapshot().values()],
    );
    this.table.watch((items) => this.watch(() => this.monitor.wrote(items, this.scheduler.present())));
    enter(this);
  }

  now(): number {
    return this.time;
  }

  /** Lets time pass. Alarms judge on the way, as long as what was printed before can still be seen. */
  pass(milliseconds: number): void {
    const begin = this.time;
    for (const moment of [...evaluations.filter((one) => one < milliseconds), milliseconds]) {
      this.time = begin + moment;
      this.cloudWatch.evaluate();
    }
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  pause(milliseconds: number): Promise<void> {
    return this.scheduler.call('pause', () => this.pass(milliseconds));
  }

  /** Takes what a function printed: its metrics. */
  print(line: string): void {
    this.cloudWatch.read(line);
  }

  command(command: Command): Promise<object> {
    const name = kindOf(command);
    return this.scheduler.call(`dynamodb:${name}`, (fault) => this.carryOut(command, name, fault));
  }

  private carryOut(command: Command, name: string, fault: Fault | undefined): object {
    if (fault === Fault.Conflict && name === 'TransactWrite') {
      const CancellationReasons = [{ Code: 'TransactionConflict' }];
      throw new TransactionCanceledException({ message: 'Transaction cancelled', $metadata: {}, CancellationReasons });
    }
    const isStale = fault === Fault.Stale && (command.input as { ConsistentRead?: boolean }).ConsistentRead !== true;
    if (isStale && name === 'Query') this.count('stale read of the index');
    const answer = this.table.execute(command, isStale ? lag : 0);
    // The SDK gives a transaction a token, under which it is carried out once.
    return fault === Fault.SentTwice && name !== 'TransactWrite' ? this.table.execute(command) : answer;
  }

  /** Remembers the first rule that is broken, and goes on. */
  watch(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.broken ??= error as ViolationError;
    }
  }

  cases(model: string): ScriptedCases {
    const known = this.ledgers.get(model) ?? new ScriptedCases();
    this.ledgers.set(model, known);
    return known;
  }

  read(key: string): Promise<Uint8Array | undefined> {
    return this.scheduler.call('s3:GetObject', () => this.objects.get(key));
  }

  storeArtifact(digest: string, content: Uint8Array): void {
    this.objects.set(objectKeys.artifact(tenant, digest), content);
  }

  isWhole({ digest, bytes }: Servable): boolean {
    const content = this.objects.get(objectKeys.artifact(tenant, digest));
    return content !== undefined && content.length === bytes && sha256(content) === digest;
  }
}
