import { CommanderError } from 'commander';
import { commandErrorOf } from './errors.ts';
import { ExitCode } from './exit-codes.ts';
import { makeProgram, type Surroundings } from './program.ts';

/**
 * Runs one command.
 *
 * @param args - without the program's own name
 * @returns what the process ends with; every fault is told in words, never as a stack
 */
export const run = async (args: readonly string[], surroundings: Surroundings): Promise<ExitCode> => {
  try {
    await makeProgram(surroundings).parseAsync(args, { from: 'user' });
    return ExitCode.Done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Done : ExitCode.Usage;
    const told = commandErrorOf(error);
    surroundings.tell((told ?? (error as Error)).message);
    return told?.exitCode ?? ExitCode.Refused;
  }
};
