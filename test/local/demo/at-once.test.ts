import { describe, expect, it } from '@jest/globals';
import { atOnce } from '../../../local/demo/at-once.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('work a few at a time', () => {
  it('gives results in the order of the items, and never does more at once', async () => {
    let [present, most] = [0, 0];
    const doubled = await atOnce(3, [5, 1, 4, 2, 3, 0, 6], async (item) => {
      present += 1;
      most = Math.max(most, present);
      for (let turns = 0; turns < item; turns += 1) await turn();
      present -= 1;
      return 2 * item;
    });
    expect(doubled).toEqual([10, 2, 8, 4, 6, 0, 12]);
    expect(most).toBe(3);
  });

  it('fails where one fails', async () => {
    const failing = atOnce(2, [1, 2, 3], async (item) => {
      if (item === 2) throw new Error('broken');
      return item;
    });
    await expect(failing).rejects.toThrow('broken');
  });

  it('has nothing to do without items', async () => {
    expect(await atOnce(4, [], () => Promise.reject(new Error('never')))).toEqual([]);
  });
});
