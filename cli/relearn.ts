/** `npm run relearn -- <command>`: the platform from the command line. Ends with a code of exit-codes.ts. */
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { run } from './run.ts';

const ask = async (question: string): Promise<string> => {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
};

process.exitCode = await run(process.argv.slice(2), {
  print: (text) => console.log(text),
  tell: (text) => console.error(text),
  // The command line belongs to the person who types it: the variables that it takes are a person's settings, read
  // in connection.ts. Functions and the embedded cloud read none here, because they must not depend on who starts them.
  environment: process.env,
  readyFile: join(resolve(import.meta.dirname, '..'), '.relearn/state/ready.json'),
  pause,
  watched: process.stderr.isTTY,
  ask: process.stdin.isTTY ? ask : undefined,
  now: () => performance.now(),
});
