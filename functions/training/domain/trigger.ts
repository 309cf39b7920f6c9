import type { TriggerDecision } from '../../../contracts/cases.ts';
import { dayMilliseconds } from '../../../contracts/durations.ts';
import type { TrainingPolicy } from '../../../contracts/model.ts';
import { JobTrigger } from '../../../contracts/training.ts';
import { scheduleOf, type TrainingState } from './training-state.ts';

/** On what occasion it is asked whether a training is due. */
export const Occasion = {
  /** New cases were accepted: the count trigger. */
  Accepted: 'accepted',
  /** Every day: the triggers by days and by count, held off or not. */
  Daily: 'daily',
  /** On Sunday at 02:00 UTC. */
  Weekly: 'weekly',
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
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A decision; where a training is due, with what started it. */
export type Decision =
  | { readonly due: true; readonly reason: JobTrigger; readonly detail: string }
  | { readonly due: false; readonly reason: Exclude<TriggerDecision['reason'], JobTrigger>; readonly detail: string };

const start = (reason: JobTrigger, detail: string): Decision => ({ due: true, reason, detail });

/** Decides whether a model is trained now, and why. */
export const decideTrigger = (occasion: Occasion, situation: Situation): Decision => {
  const { state, accepted, newCases, shortage } = situation;
  if (state.activeJob !== undefined) {
    return {
      due: false,
      reason: 'already-running',
      detail: `The training job ${state.activeJob} has not ended yet. Wait for its end, or cancel it.`,
    };
  }
  if (shortage !== undefined) return { due: false, reason: 'too-few-cases', detail: shortage };
  if (occasion === Occasion.Request) {
    return start(JobTrigger.Manual, `An operator asked for it, with ${newCases} new of ${accepted} accepted cases.`);
  }
  if (newCases === 0) {
    return {
      due: false,
      reason: 'nothing-new',
      detail: `All ${accepted} accepted cases were there at the last training.`,
    };
  }
  return decideBySchedule(occasion, situation);
};

const notYet = (detail: string): Decision => ({ due: false, reason: 'not-yet', detail });

const decideBySchedule = (occasion: Occasion, situation: Situation): Decision => {
  const { newCases } = situation;
  const schedule = scheduleOf(situation.state, situation.policy);
  if (!schedule.enabled) return notYet(`The schedule is switched off; there are ${newCases} new cases.`);
  if (occasion === Occasion.Weekly) {
    return schedule.weekly
      ? start(JobTrigger.Weekly, `It is the weekly training, with ${newCases} new cases.`)
      : notYet(`The weekly training does not include this model; there are ${newCases} new cases.`);
  }
  const { holdOff } = situation.state;
  if (occasion === Occasion.Accepted && holdOff !== undefined && newCases < holdOff.newCases) {
    return notYet(
      `After ${holdOff.job} made no version, ${holdOff.newCases} new cases or the daily check start the next training; there are ${newCases}.`,
    );
  }
  if (newCases >= schedule.newCases) {
    return start(JobTrigger.NewCases, `There are ${newCases} new cases; ${schedule.newCases} start a training.`);
  }
  const days = daysSince(situation);
  if (occasion !== Occasion.Accepted && days >= schedule.days) {
    return start(
      JobTrigger.Days,
      `${rounded(days)} days have passed, of ${schedule.days}, with ${newCases} new cases.`,
    );
  }
  return notYet(
    `There are ${newCases} new cases of ${schedule.newCases}, and ${rounded(days)} days have passed of ${schedule.days}.`,
  );
};

/** Days since the last training, or since the model was registered. */
const daysSince = ({ state, registeredAt, now }: Situation): number =>
  (now - Date.parse(state.lastTrainedAt ?? registeredAt)) / dayMilliseconds;

/** Down to one decimal, so that a sentence never says that a limit is reached which is not. */
const rounded = (days: number): number => Math.floor(days * 10) / 10;
