import { setTimeout as delay } from 'node:timers/promises';
import { ConflictError } from './errors.ts';

const attempts = 12;
const pauseMilliseconds = 15;

/**
 * Reads, decides and stores, and all of it again where another writer came between.
 *
 * @param what - is stored, for the message
 * @param attempt - gives undefined where what it had read holds no longer
 * @throws ConflictError where that happened too often; the caller's caller tries again
 */
export const untilStored = async <Result>(
  what: string,
  attempt: () => Promise<Result | undefined>,
): Promise<Result> => {
  for (let count = 1; count <= attempts; count += 1) {
    const result = await attempt();
    if (result !== undefined) return result;
    await delay(pauseMilliseconds * count);
  }
  throw new ConflictError(`Expected ${what} to stay as it was read once in ${attempts} times. Try again.`);
};

/** Reasons for which a transaction is tried again on what is stored by then. */
const contention: readonly string[] = ['ConditionalCheckFailed', 'TransactionConflict'];

interface TransactionResult {
  readonly canceled: boolean;
  readonly data: readonly { readonly rejected: boolean; readonly code?: string }[];
}

/**
 * Whether a transaction was stored; false where another writer came between.
 *
 * @throws Error where it was cancelled for another reason
 */
export const isStored = ({ canceled, data }: TransactionResult): boolean => {
  const strange = canceled ? data.find(({ rejected, code = '' }) => rejected && !contention.includes(code)) : undefined;
  if (strange !== undefined) throw new Error(`The transaction was cancelled: ${strange.code}. Try again.`);
  return !canceled;
};
