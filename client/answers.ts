import type { components } from './api.ts';

type Problem = components['schemas']['Problem'];

/** An answer as the client gives it: of data and error, the one that came. */
interface Answer<Data> {
  readonly data?: Data | undefined;
  readonly error?: unknown;
  readonly response: Response;
}

/** The API answered with a problem. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem, { status, url }: Response) {
    super(`${status} ${url}: ${problem.title}. ${problem.detail}`);
    this.problem = problem;
  }
}

/** Something answered that is not the API. */
export class ForeignAnswerError extends Error {
  override readonly name = 'ForeignAnswerError';
  readonly status: number;
  readonly url: string;

  constructor({ status, url }: Response) {
    super(
      `Expected an answer of the API from ${url}, got ${status} of something else. See whether the address is right.`,
    );
    this.status = status;
    this.url = url;
  }
}

const isProblem = (error: unknown): error is Problem =>
  typeof error === 'object' && error !== null && 'title' in error && 'detail' in error;

/**
 * The data of an answer, for who goes on only with it.
 *
 * @example
 * const current = expectAnswer(await relearn.GET('/v1/models/{model}/current', { params: { path: { model } } }));
 *
 * @throws ProblemError where the API refused
 * @throws ForeignAnswerError where something else answered
 */
export const expectAnswer = <Data>({ data, error, response }: Answer<Data>): Data => {
  if (data !== undefined) return data;
  throw isProblem(error) ? new ProblemError(error, response) : new ForeignAnswerError(response);
};
