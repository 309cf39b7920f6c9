import { ProblemError } from '../client/index.ts';
import { UnreachableError } from './errors.ts';
import type { Session } from './session.ts';

/** How something stands that takes its time. */
export interface Standing {
  /** Told whenever it changes. */
  readonly what: string;
  /** Changes all the time, and is told beside it. */
  readonly left?: string | undefined;
}

/** Something that goes on by itself and comes to an end. */
export interface Course<Answer> {
  ask(): Promise<Answer>;
  isEnded(answer: Answer): boolean;
  standing(answer: Answer): Standing;
}

/** After which a person is told that it still goes on. */
const silenceMilliseconds = 15_000;
/** A network that is away for less does not end what goes on elsewhere. */
const patienceMilliseconds = 60_000;
const [soonest, latest] = [500, 5000] as const;

/** What takes longer is asked for less often: 5 s apart after a minute and a half. */
const pauseAfter = (milliseconds: number): number => Math.min(latest, soonest + milliseconds / 20);

const mayPass = (error: unknown): boolean =>
  error instanceof UnreachableError || (error instanceof ProblemError && error.problem.status >= 500);

/**
 * Follows something to its end, and tells each change.
 *
 * @throws UnreachableError or ProblemError where there is no good answer for a minute, or a refusal
 */
export const follow = async <Answer>(
  { tell, now, pause }: Pick<Session, 'tell' | 'now' | 'pause'>,
  first: Answer,
  { ask, isEnded, standing }: Course<Answer>,
): Promise<Answer> => {
  const began = now();
  let answeredAt = began;
  let last = { what: '', at: began };

  const say = ({ what, left }: Standing): void => {
    const at = now();
    if (what === last.what && at - last.at < silenceMilliseconds) return;
    last = { what, at };
    tell(`${((at - began) / 1000).toFixed(1).padStart(6)} s  ${what}${left === undefined ? '' : `, ${left}`}`);
  };

  const look = (present: Answer): void => {
    if (!isEnded(present)) say(standing(present));
  };

  let answer = first;
  look(answer);
  while (!isEnded(answer)) {
    await pause(pauseAfter(now() - began));
    try {
      answer = await ask();
      answeredAt = now();
      look(answer);
    } catch (error) {
      if (!mayPass(error) || now() - answeredAt > patienceMilliseconds) throw error;
      say({ what: 'no answer; asking again' });
    }
  }
  return answer;
};
