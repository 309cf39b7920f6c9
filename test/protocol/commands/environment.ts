/** What happens around the platform: cases, requests, trainings, operators' settings, time. */
import fc from 'fast-check';
import { MetricName, rolloutNamespace } from '../../../contracts/telemetry.ts';
import { emitMetrics } from '../../../functions/platform/telemetry.ts';
import { Gate, policies } from '../catalogue.ts';
import { Given } from '../cloud/evidence.ts';
import { Artifact, type Sequence } from '../sequence.ts';
import { type Kind, which } from './step.ts';

/** Mostly the one that has a champion. */
export const someModel = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) });

/** Validated cases, about which the two versions that the route names are right, wrong or fail. */
interface Cases {
  readonly kind: 'cases';
  readonly model: number;
  readonly count: number;
  readonly champion: Given;
  readonly challenger: Given;
  /** Of all of them; undefined: each is of nobody. */
  readonly subject: number | undefined;
}

/** Requests that the challenger answers, or fails at. */
interface Requests {
  readonly kind: 'requests';
  readonly model: number;
  readonly failures: number;
  readonly others: number;
}

interface Training {
  readonly kind: 'training';
  readonly model: number;
  readonly gate: Gate;
  readonly artifact: Artifact;
  /** Whether its dataset holds all cases so far, or none. */
  readonly seen: boolean;
}

/** An artifact that was missing or corrupt is uploaded. */
interface Upload {
  readonly kind: 'upload';
  readonly model: number;
  readonly version: number;
}

interface Policy {
  readonly kind: 'policy';
  readonly model: number;
  readonly policy: number;
}

interface Time {
  readonly kind: 'time';
  readonly seconds: number;
}

/** Rewards of answers that users got. */
interface Rewards {
  readonly kind: 'rewards';
  readonly model: number;
  readonly count: number;
  readonly champion: number;
  readonly challengers: number;
  readonly failed: boolean;
}

export type Event = Cases | Rewards | Requests | Training | Upload | Policy | Time;

const kind = <Name extends Event['kind']>(name: Name) => fc.constant(name);
const given = fc.constantFrom(...Object.values(Given));
const mostly = <Value>(usual: Value, other: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

const cases = fc.record({
  kind: kind('cases'),
  model: someModel,
  count: fc.constantFrom(3, 12, 25),
  champion: mostly<Given>(Given.Wrong, given),
  challenger: mostly<Given>(Given.Right, given),
  subject: fc.option(fc.nat({ max: 3 }), { nil: undefined, freq: 3 }),
});
const rewards = fc.record({
  kind: kind('rewards'),
  model: someModel,
  count: fc.constantFrom(10, 60),
  champion: mostly(0, fc.constantFrom(0.5, 1)),
  challengers: mostly(1, fc.constantFrom(0, 0.5)),
  failed: mostly(false, fc.boolean()),
});
const requests = fc.record({
  kind: kind('requests'),
  model: someModel,
  failures: fc.nat({ max: 4 }),
  others: fc.constantFrom(0, 3, 90),
});
const training = fc.record({
  kind: kind('training'),
  model: someModel,
  gate: mostly<Gate>(Gate.Passed, fc.constantFrom(Gate.Worse, Gate.Broken)),
  artifact: mostly<Artifact>(Artifact.Whole, fc.constantFrom(Artifact.Missing, Artifact.Corrupt)),
  seen: fc.boolean(),
});
const policy = fc.record({ kind: kind('policy'), model: someModel, policy: fc.nat({ max: policies.length - 1 }) });

/** What a judge counts. */
export const evidence: fc.Arbitrary<Event> = fc.oneof(
  { weight: 2, arbitrary: cases },
  { weight: 1, arbitrary: rewards },
);

export const events: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: evidence },
  { weight: 2, arbitrary: requests },
  { weight: 2, arbitrary: training },
  { weight: 1, arbitrary: fc.record({ kind: kind('upload'), model: someModel, version: which }) },
  { weight: 1, arbitrary: policy },
  { weight: 1, arbitrary: fc.record({ kind: kind('time'), seconds: fc.constantFrom(15, 120, 1600) }) },
);

const seal = (sequence: Sequence, name: string, { count, champion, challenger, subject }: Cases): void => {
  const route = sequence.route(name);
  const answers = new Map<string, Given>();
  if (route !== undefined) answers.set(route.champion.version, champion);
  if (route?.challenger !== undefined) answers.set(route.challenger.version, challenger);
  sequence.cloud.cases(name).seal({ count, given: answers, subject: subject === undefined ? null : `sub_${subject}` });
};

/** Prints what the predict function prints. */
const serve = (sequence: Sequence, name: string, { failures, others }: Requests): void => {
  const rollout = sequence.route(name)?.rollout;
  const value = [...Array<number>(failures).fill(1), ...Array<number>(others).fill(0)];
  if (rollout === undefined || value.length === 0) return;
  const metric = { unit: 'Count', value, highResolution: true } as const;
  emitMetrics(sequence.cloud.now(), rolloutNamespace(rollout), {}, { [MetricName.ChallengerFailure]: metric });
};

export const happen = async (sequence: Sequence, event: Event): Promise<void> => {
  switch (event.kind) {
    case 'time':
      return sequence.cloud.pass(event.seconds * 1000);
    case 'policy':
      return sequence.declare(sequence.model(event.model), event.policy);
    case 'cases':
      return seal(sequence, sequence.model(event.model), event);
    case 'rewards': {
      const route = sequence.route(sequence.model(event.model));
      if (route !== undefined) sequence.cloud.outcomes.add(route, sequence.cloud.now(), event);
      return;
    }
    case 'requests':
      return serve(sequence, sequence.model(event.model), event);
    case 'training':
      await sequence.register(sequence.model(event.model), event.gate, event.artifact, event.seen);
      return;
    case 'upload': {
      const name = sequence.model(event.model);
      if (event.version < sequence.versions(name)) sequence.arrive(name, event.version);
    }
  }
};

export const environment: Kind<Event> = { name: 'meanwhile', weight: 10, given: events, act: happen };
