import { expect, test } from '@jest/globals';
import { stopAll } from '../../local/stop-all.ts';

test('what was started is stopped, the last first, also where a part cannot be', async () => {
  const stopped: string[] = [];
  const part = (name: string) => ({ stop: async () => void stopped.push(name) });
  const stuck = (name: string) => ({ stop: () => Promise.reject(new Error(`${name} is stuck`)) });
  const started = [part('training'), stuck('emulator'), part('front'), stuck('door')];

  const stopping = stopAll(started);

  await expect(stopping).rejects.toThrow(AggregateError);
  await expect(stopping).rejects.toThrow('not everything could be stopped in order: door is stuck; emulator is stuck');
  expect(stopped).toEqual(['front', 'training']);
  await stopAll(started);
  expect(stopped).toEqual(['front', 'training']);
});
