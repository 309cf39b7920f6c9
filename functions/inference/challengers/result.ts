import type { Answer } from '../loaded-model.ts';

/** Why a challenger gave no answer. */
export const Fault = {
  Threw: 'threw',
  Malformed: 'malformed',
  TimedOut: 'timed-out',
  /** Its artifact cannot be loaded, it is late with another request, or rests after it hung or crashed. */
  Missing: 'missing',
  /** It is still being loaded, or waited behind another model's challenger. */
  Unready: 'unready',
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

/** Whether it counts against the version: it was asked, or nobody but itself kept it from being asked. */
export const isHeldAgainst = (fault: Fault): boolean => fault !== Fault.Unready;
