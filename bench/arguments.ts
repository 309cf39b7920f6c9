import { basename } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * Reads a bench's command line. `--help` ends it with 0, and what cannot be read with 2, as the other commands do; both
 * say what the bench takes, in one line.
 *
 * @param taken - the options as a person writes them: `--json FILE`
 * @param read - throws what is wrong with them
 */
export const readArguments = <Options>(taken: string, read: (parameters: readonly string[]) => Options): Options => {
  const [, script = '', ...parameters] = process.argv;
  const usage = `Usage: npm run bench:${basename(script, '.ts')} [-- ${taken}]`;
  if (parameters.includes('--help') || parameters.includes('-h')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return read(parameters);
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
};

/** Of a bench that takes `--json FILE` alone. */
export const readJsonArgument = (): { json: string | undefined } =>
  readArguments('--json FILE', (parameters) => {
    const { values } = parseArgs({ args: [...parameters], options: { json: { type: 'string' } } });
    return { json: values.json };
  });
