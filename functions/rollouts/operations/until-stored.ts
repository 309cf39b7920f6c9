import { setTimeout as delay } from 'node:timers/promises';
import { ConflictError } from '../../platform/errors.ts';

const attempts = 12;
const pauseMilliseconds = 15;

/**
 * Reads, decides and stores, and all of it again where another writer came between.
 *
 * @param attempt - gives undefined where what it had read holds no longer
 * @throws ConflictError where that happened too often; the caller's caller tries again
 */
export const untilStored = async <Result>(attempt: () => Promise<Result | undefined>): Promise<Result> => {
  for (let count = 1; count <= attempts; count += 1) {
    const result = await attempt();
    if (result !== undefined) return result;
    await delay(pauseMilliseconds * count);
  }
  throw new ConflictError(`Expected the deployment to stay as it was read once in ${attempts} times. Try again.`);
};
