import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { expectAnswer } from '../../client/index.ts';
import { wholeNumber } from '../arguments.ts';
import { FileError } from '../import/errors.ts';
import type { OpenSession } from '../session.ts';
import { explanationText } from '../text/explanation.ts';

interface Options {
  readonly input: string;
  readonly version?: string;
  readonly class?: string;
  readonly top?: number;
}

/** @throws FileError for a file that holds no input */
const readInput = async (path: string): Promise<Record<string, unknown>> => {
  const content = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new FileError(`Expected a file at ${path}, found none that can be read. Check the path.`, { cause });
  });
  try {
    const input: unknown = JSON.parse(content);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Record<string, unknown>;
  } catch {
    // Told below, in the same words as JSON of another kind.
  }
  throw new FileError(
    `Expected ${path} to hold one JSON object, the value of each field by its name, such as {"age": 61}.`,
  );
};

/** `explain <model>`: why it answers as it does. */
export const addExplain = (program: Command, open: OpenSession): void => {
  program
    .command('explain <model>')
    .description('how much each field of an input moved the answer')
    .requiredOption('--input <file>', 'JSON: the value of each field by its name')
    .option('--version <name>', 'whose answer; default: the champion')
    .option('--class <name>', 'whose probability; default: of the class that is the answer')
    .option('--top <number>', 'how many fields are named; the others are summed up', wholeNumber)
    .action(async (model: string, { input: path, ...given }: Options, command: Command) => {
      const input = await readInput(path);
      const session = await open(command);
      const body = { input, ...given };
      session.show(
        expectAnswer(await session.api.POST('/v1/models/{model}/explanations', { params: { path: { model } }, body })),
        explanationText,
      );
    });
};
