/**
 * Faults that the local SageMaker endpoint can be told to have, so that what clouds do to jobs can be tried at will.
 *
 * `POST /_relearn/faults` takes one fault as JSON (`Content-Type: application/json`) and answers with its id; `GET`
 * lists those that stand, each with how often it has struck; `DELETE` takes all of them back, and
 * `DELETE /_relearn/faults/ID` one. No signature is asked for: the endpoint listens on loopback alone, and faults are
 * gone when it stops. By hand, where `npm start` runs:
 *
 * ```sh
 * curl http://127.0.0.1:4003/_relearn/faults -H 'content-type: application/json' \
 *   -d '{ "kind": "refused", "error": "CapacityError", "instanceType": "ml.g5.xlarge", "times": "always" }'
 * curl -X DELETE http://127.0.0.1:4003/_relearn/faults
 * ```
 *
 * In a test:
 *
 * ```ts
 * const faults = openFaults(cloud.sagemakerUrl);
 * await faults.add({ kind: 'interrupted', capacityAfterSeconds: 2 });
 * ```
 */
import * as z from 'zod';

export const faultsPath = '/_relearn/faults';

/** What a creation can be refused with. */
const RefusalError = {
  ResourceLimitExceeded: 'ResourceLimitExceeded',
  CapacityError: 'CapacityError',
  InsufficientCapacity: 'InsufficientCapacity',
  /** AWS clients try this and the next again by themselves: a fault that they are to tell must strike 3 times. */
  ThrottlingException: 'ThrottlingException',
  InternalServerError: 'InternalServerError',
} as const;
export type RefusalError = (typeof RefusalError)[keyof typeof RefusalError];

/** Which jobs a fault strikes, and how often. */
const aim = {
  /** Jobs on this type of instance. @default jobs on any */
  instanceType: z.string().optional(),
  /** Jobs whose names hold this. @default jobs of any name */
  job: z.string().optional(),
  /** How many times; `always` is until it is taken back. */
  times: z.union([z.int().min(1), z.literal('always')]).default(1),
};

const seconds = z.number().min(0).max(86_400);

/** What a training program can do in place of training. */
const Behaviour = {
  /** Is ended by SIGSEGV: exit status 139. */
  Crash: 'crash',
  /** Is ended by SIGKILL, as a machine without free memory does it: exit status 137. */
  OutOfMemory: 'out-of-memory',
  /** Says that it trains, ignores SIGTERM, and never ends. */
  Hang: 'hang',
  /** Prints binary, a line without end, torn JSON and thousands of lines, and trains then. */
  Rubbish: 'rubbish',
  /** Writes `model.onnx` and `model.json` that are neither, and ends well. */
  NoModel: 'no-model',
  /** Writes nothing at all, and ends well. */
  Nothing: 'nothing',
  /** Writes until the disk is full: that of the fault `disk-limit` where there is one, else 64 MB. */
  FillDisk: 'fill-disk',
  /** Ends with `exitCode`, and `reason` in `output/failure`. */
  Exit: 'exit',
} as const;

const faults = [
  /** `CreateTrainingJob` is answered by an error. */
  z.strictObject({ kind: z.literal('refused'), error: z.enum(RefusalError), ...aim }),
  /** At most so many jobs of a type at a time, on demand and on spot each: beyond that ResourceLimitExceeded. */
  z.strictObject({ kind: z.literal('instance-limit'), instanceType: z.string(), limit: z.int().min(0) }),
  /** A job is accepted, and fails then with CapacityError: no machine was free. */
  z.strictObject({ kind: z.literal('no-capacity'), afterSeconds: seconds.default(0), ...aim }),
  /** A job is accepted, and waits so long before it starts. */
  z.strictObject({ kind: z.literal('delayed-start'), seconds, ...aim }),
  /**
   * A spot job loses its machine after so many seconds of training, and has another one later; with null never again.
   * Strikes jobs with EnableManagedSpotTraining alone.
   */
  z.strictObject({
    kind: z.literal('interrupted'),
    afterSeconds: seconds.default(0),
    capacityAfterSeconds: seconds.nullable().default(2),
    ...aim,
  }),
  /** The event of a state does not arrive. */
  z.strictObject({
    kind: z.literal('lost-event'),
    status: z.enum(['InProgress', 'Stopping', 'Stopped', 'Completed', 'Failed']).optional(),
    ...aim,
  }),
  /** The program goes wrong; after so many seconds of true training, or at once. */
  z.strictObject({
    kind: z.literal('program'),
    behaviour: z.enum(Behaviour),
    afterSeconds: seconds.default(0),
    /** Of the behaviour `exit`. */
    exitCode: z.int().min(0).max(255).default(1),
    reason: z.string().max(1024).default(''),
    ...aim,
  }),
  /** A program that takes more memory is killed. @default what its type of instance has */
  z.strictObject({ kind: z.literal('memory-limit'), megabytes: z.number().gt(0).optional(), ...aim }),
  /** The disk of a job is smaller than its VolumeSizeInGB. */
  z.strictObject({ kind: z.literal('disk-limit'), megabytes: z.number().gt(0), ...aim }),
] as const;

export const Fault = z.discriminatedUnion('kind', faults);
export type Fault = z.output<typeof Fault>;
export type FaultKind = Fault['kind'];
export type FaultOf<Kind extends FaultKind> = Extract<Fault, { kind: Kind }>;
/** A fault as it is asked for: what has a default may be left out. */
type NewFault = z.input<typeof Fault>;

/** A fault that stands. */
export type StandingFault = {
  readonly id: string;
  readonly fault: Fault;
  /** How many times it has struck. */
  readonly struck: number;
};

export type Faults = {
  /** @returns the id, by which it can be taken back */
  add(fault: NewFault): Promise<string>;
  /** Those that still can strike, and those that have struck as often as they should. */
  list(): Promise<readonly StandingFault[]>;
  /** Takes a fault back. @default all of them */
  remove(id?: string): Promise<void>;
};

/**
 * The faults of a local SageMaker endpoint, for tests.
 *
 * @param sagemakerUrl of the endpoint, as `startCloud` and `startSageMaker` give it
 */
export function openFaults(sagemakerUrl: string): Faults {
  const call = async (method: string, path = '', body?: NewFault): Promise<unknown> => {
    const answer = await fetch(`${sagemakerUrl}${faultsPath}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const content = (await answer.json()) as { readonly message?: string };
    if (!answer.ok) {
      throw new TypeError(`the endpoint does not take this fault: ${content.message}`);
    }
    return content;
  };
  return {
    add: async (fault) => ((await call('POST', '', fault)) as StandingFault).id,
    list: async () => ((await call('GET')) as { readonly faults: readonly StandingFault[] }).faults,
    remove: async (id) => void (await call('DELETE', id === undefined ? '' : `/${id}`)),
  };
}
