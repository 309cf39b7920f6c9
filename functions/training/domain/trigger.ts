import type { TriggerDecision } from '../../../contracts/cases.ts';
import { dayMilliseconds } from '../../../contracts/durations.ts';
import type { TrainingPolicy } from '../../../contracts/model.ts';
import { JobTrigger, type Schedule } from '../../../contracts/training.ts';
import { rounded } from './cost.ts';
import { scheduleOf, type TrainingState } from './training-state.ts';

/** On what occasion it is asked whether a training is due. */
export const Occasion = {
  /** New cases were accepted: the count trigger. */
  Accepted: 'accepted',
  /** Every day: the triggers by days and by count, held off or not. */
  Daily: 'daily',
  /** On Sunday at 02:00 UTC. */
  Weekly: 'weekly',
  /** The monitoring found that inputs or answers have drifted. */
  Drift: 'drift',
  /** An operator collects by hand: as every day. */
  Collection: 'collection',
  /** An operator wants a training now. */
  Request: 'request',
} as const;
export type Occasion = (typeof Occasion)[keyof typeof Occasion];

/** What is known when it is asked. */
export interface Situation {
  readonly state: TrainingState;
  readonly policy: TrainingPolicy;
  /** When the model was registered; ISO 8601. */
  readonly registeredAt: string;
  /** Accepted cases, ever. */
  readonly accepted: number;
  /** Accepted cases since the last training. */
  readonly newCases: number;
  /** What is missing for a dataset, in a sentence. */
  readonly shortage?: string | undefined;
  /** US dollars that trainings of this model have cost this month. */
  readonly spent: number;
  /** US dollars that the next training may cost. */
  readonly estimated: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A decision; where a training is due, with what started it. */
export type Decision =
  | { readonly due: true; readonly reason: JobTrigger; readonly detail: string }
  | { readonly due: false; readonly reason: Exclude<TriggerDecision['reason'], JobTrigger>; readonly detail: string };

type Refusal = Extract<Decision, { due: false }>;

const start = (reason: JobTrigger, detail: string): Decision => ({ due: true, reason, detail });
const wait = (reason: Refusal['reason'], detail: string): Refusal => ({ due: false, reason, detail });

/** To the cent, and smaller sums as exactly as they are compared. */
const dollars = (amount: number): string => {
  const cents = amount.toFixed(2);
  return `$${Number(cents) === rounded(amount) ? cents : rounded(amount)}`;
};

/** The cap holds whoever asks: it is there for those who ask too often. */
const overBudget = ({ policy: { monthlyBudget }, spent, estimated }: Situation): Refusal | undefined =>
  monthlyBudget === undefined || spent + estimated <= monthlyBudget
    ? undefined
    : wait(
        'over-budget',
        `Trainings of this month cost ${dollars(spent)}, and this one may cost ${dollars(estimated)}: more than the ${dollars(monthlyBudget)} of monthlyBudget together. Raise it, lower maximumSeconds, or wait for the next month.`,
      );

const coolingDown = ({
  policy: { coolDownSeconds },
  state: { lastTrainedAt },
  now,
}: Situation): Refusal | undefined => {
  if (lastTrainedAt === undefined) return undefined;
  const left = coolDownSeconds - (now - Date.parse(lastTrainedAt)) / 1000;
  return left <= 0
    ? undefined
    : wait('cooling-down', `The last training ended ${lastTrainedAt}; the next may start in ${Math.ceil(left)} s.`);
};

/**
 * Decides whether a model is trained now, and why.
 *
 * @param cause - of the occasion, in a sentence, where it has one of its own
 */
export const decideTrigger = (occasion: Occasion, situation: Situation, cause?: string): Decision => {
  const { state, accepted, newCases, shortage } = situation;
  if (state.activeJob !== undefined) {
    return wait(
      'already-running',
      `The training job ${state.activeJob} has not ended yet. Wait for its end, or cancel it.`,
    );
  }
  if (shortage !== undefined) return wait('too-few-cases', shortage);
  const tooDear = overBudget(situation);
  if (tooDear !== undefined) return tooDear;
  if (occasion === Occasion.Request) {
    return start(JobTrigger.Manual, `An operator asked for it, with ${newCases} new of ${accepted} accepted cases.`);
  }
  if (newCases === 0) return wait('nothing-new', `All ${accepted} accepted cases were there at the last training.`);
  return decideBySchedule(occasion, situation, cause);
};

const notYet = (detail: string): Decision => wait('not-yet', detail);

const decideBySchedule = (occasion: Occasion, situation: Situation, cause: string | undefined): Decision => {
  const { newCases } = situation;
  const schedule = scheduleOf(situation.state, situation.policy);
  if (!schedule.enabled) return notYet(`The schedule is switched off; there are ${newCases} new cases.`);
  const cooling = coolingDown(situation);
  if (cooling !== undefined) return cooling;
  if (occasion === Occasion.Drift) {
    return start(JobTrigger.Drift, `${cause ?? 'Drift was found.'} There are ${newCases} new cases.`);
  }
  if (occasion === Occasion.Weekly) {
    return schedule.weekly
      ? start(JobTrigger.Weekly, `It is the weekly training, with ${newCases} new cases.`)
      : notYet(`The weekly training does not include this model; there are ${newCases} new cases.`);
  }
  return decideByCount(occasion, situation, schedule);
};

const decideByCount = (occasion: Occasion, situation: Situation, schedule: Schedule): Decision => {
  const { newCases } = situation;
  const { holdOff } = situation.state;
  if (occasion === Occasion.Accepted && holdOff !== undefined && newCases < holdOff.newCases) {
    return notYet(
      `After ${holdOff.job} made no version, ${holdOff.newCases} new cases or the daily check start the next training; there are ${newCases}.`,
    );
  }
  if (newCases >= schedule.newCases) {
    const left = occasion === Occasion.Accepted ? debounceSecondsLeft(situation) : 0;
    if (left > 0) {
      return wait(
        'debouncing',
        `There are ${newCases} new cases; ${schedule.newCases} start a training, in ${left} s with those that come until then.`,
      );
    }
    return start(JobTrigger.NewCases, `There are ${newCases} new cases; ${schedule.newCases} start a training.`);
  }
  const days = daysSince(situation);
  if (occasion !== Occasion.Accepted && days >= schedule.days) {
    return start(
      JobTrigger.Days,
      `${wholeTenths(days)} days have passed, of ${schedule.days}, with ${newCases} new cases.`,
    );
  }
  return notYet(
    `There are ${newCases} new cases of ${schedule.newCases}, and ${wholeTenths(days)} days have passed of ${schedule.days}.`,
  );
};

/** Whole seconds that the count trigger still waits for cases which come together. */
export const debounceSecondsLeft = ({ state, policy, now }: Pick<Situation, 'state' | 'policy' | 'now'>): number => {
  const waited = state.dueSince === undefined ? 0 : (now - Date.parse(state.dueSince)) / 1000;
  return Math.max(0, Math.ceil(policy.debounceSeconds - waited));
};

/** Days since the last training, or since the model was registered. */
const daysSince = ({ state, registeredAt, now }: Situation): number =>
  (now - Date.parse(state.lastTrainedAt ?? registeredAt)) / dayMilliseconds;

/** Down to one decimal, so that a sentence never says that a limit is reached which is not. */
const wholeTenths = (days: number): number => Math.floor(days * 10) / 10;
