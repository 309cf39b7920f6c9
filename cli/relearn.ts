/** `npm run relearn -- <command>`: rollouts from the command line. Ends with a code of exit-codes.ts. */
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2), {
  print: (text) => console.log(text),
  tell: (text) => console.error(text),
  // The command line belongs to the person who types it: the two variables that it takes are a person's settings, read
  // in connection.ts. Functions and the embedded cloud read none here, because they must not depend on who starts them.
  environment: process.env,
  readyFile: join(resolve(import.meta.dirname, '..'), '.relearn/state/ready.json'),
  pause,
  now: () => performance.now(),
});
