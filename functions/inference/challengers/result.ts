import type { Answer } from '../loaded-model.ts';

/** Why a challenger gave no answer. */
export const Fault = {
  Threw: 'threw',
  Malformed: 'malformed',
  TimedOut: 'timed-out',
  /** Its artifact cannot be loaded, it is late with another request, or rests after it hung or crashed. */
  Missing: 'missing',
  /** It could not be asked, and is wanted for so short a time that nobody expects it to be in memory. */
  Unready: 'unready',
  /** It could not be asked, although it is wanted for long: it is not in memory, or waited behind another's challenger. */
  Starved: 'starved',
} as const;
export type Fault = (typeof Fault)[keyof typeof Fault];

/** What a challenger made of one request. */
export interface ChallengerResult {
  readonly answer?: Answer;
  /** Set exactly where there is no answer. */
  readonly fault?: Fault;
  /** That it took; of the processor where nobody waited for it. */
  readonly milliseconds: number;
}

/** Whether the alarms count it against the version: it was asked, or nobody but itself kept it from being asked. */
export const isHeldAgainst = (fault: Fault): boolean => fault !== Fault.Unready && fault !== Fault.Starved;

/**
 * Whether the evidence counts it as a request that the version did not answer. Whoever kept it from answering: a
 * champion that answers in its place for long must not pass for it.
 */
export const isMissed = (fault: Fault): boolean => fault !== Fault.Unready;
