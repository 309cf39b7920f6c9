import type { Schemas } from '../client/index.ts';
import { RefusedError, UnreachableError } from './errors.ts';

/** An answer as the client gives it: of data and error, the one that came. */
interface Answer<Data> {
  readonly data?: Data | undefined;
  readonly error?: unknown;
  readonly response: Response;
}

const isProblem = (error: unknown): error is Schemas['Problem'] =>
  typeof error === 'object' && error !== null && 'title' in error && 'detail' in error;

/**
 * @throws RefusedError with the problem that the API answered
 * @throws UnreachableError where something else answered
 */
export const expectAnswer = <Data>({ data, error, response }: Answer<Data>): Data => {
  if (data !== undefined) return data;
  if (isProblem(error)) throw new RefusedError(error);
  throw new UnreachableError(new URL(response.url).origin, `what answered there with ${response.status} is another`);
};
