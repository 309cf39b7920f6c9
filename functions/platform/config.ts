import * as z from 'zod';
import { type Environment, environments, type FunctionName } from '../../contracts/environment.ts';

/** The environment does not fit what the function needs; every fault is named. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * Reads a function's environment, once, at start.
 *
 * @param name - the function's path below `functions/`
 * @throws ConfigurationError naming every variable that is missing or malformed
 */
export const readConfig = <Name extends FunctionName>(name: Name): Environment<Name> => {
  const parsed = environments[name].safeParse(process.env);
  if (!parsed.success) {
    throw new ConfigurationError(`The environment of ${name} does not fit:\n${z.prettifyError(parsed.error)}`);
  }
  return parsed.data as Environment<Name>;
};
