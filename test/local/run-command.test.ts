import { expect, test } from '@jest/globals';
import { CommandFailedError, runCommand } from '../../local/run-command.ts';

const node = (program: string, signal?: AbortSignal) =>
  runCommand(process.execPath, ['-e', program], { cwd: import.meta.dirname, ...(signal && { signal }) });

test('a command that fails tells with what, and what it said last', async () => {
  const running = node('console.log("half done"); process.exit(7)');
  await expect(running).rejects.toThrow(CommandFailedError);
  await expect(running).rejects.toThrow(/ended with exit status 7\. It said last:\nhalf done$/);
});

test('a command that is given up ends with the reason for that, and not as failed', async () => {
  const asked = new AbortController();
  const reason = new Error('asked to stop');
  const running = node('setInterval(() => {}, 1000)', asked.signal);
  asked.abort(reason);
  await expect(running).rejects.toBe(reason);
});
