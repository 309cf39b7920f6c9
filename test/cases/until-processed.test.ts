import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inParallel, inPieces } from '../../functions/cases/in-parallel.ts';
import { UnprocessedItemsError, untilProcessed } from '../../functions/platform/until-processed.ts';

describe('a batch of which the service leaves items out', () => {
  it('is called again with those until nothing is left', async () => {
    const calls: (readonly number[])[] = [];
    await untilProcessed([1, 2, 3], async (items) => {
      calls.push(items);
      return items.slice(1);
    });
    expect(calls).toEqual([[1, 2, 3], [2, 3], [3]]);
  });

  it('is given up after seven calls, and says how much is left', async () => {
    let calls = 0;
    const stuck = untilProcessed([1, 2, 3], async (items) => {
      calls += 1;
      return items.slice(-1);
    });
    await expect(stuck).rejects.toThrow(UnprocessedItemsError);
    await expect(stuck).rejects.toThrow('Expected 3 items of a batch to be processed, 1 were left after 7 calls');
    expect(calls).toBe(7);
  }, 10_000);

  it('makes no call where there is nothing to do', async () => {
    await untilProcessed([], async () => {
      throw new Error('called');
    });
  });
});

describe('work in parallel', () => {
  it('keeps the order of the items and the limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 30 }), fc.integer({ min: 1, max: 8 }), async (items, limit) => {
        let running = 0;
        let most = 0;
        const doubled = await inParallel(items, limit, async (item) => {
          running += 1;
          most = Math.max(most, running);
          for (let tick = 0; tick < item; tick += 1) await Promise.resolve();
          running -= 1;
          return item * 2;
        });
        expect(doubled).toEqual(items.map((item) => item * 2));
        expect(most).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it('begins nothing new once something has failed', async () => {
    const begun: number[] = [];
    const failing = inParallel([1, 2, 3, 4], 1, async (item) => {
      begun.push(item);
      if (item === 2) throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
    expect(begun).toEqual([1, 2]);
  });
});

describe('pieces', () => {
  it('are the list again, none longer than asked', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 30 }), (items, length) => {
        const pieces = inPieces(items, length);
        expect(pieces.flat()).toEqual(items);
        expect(pieces.slice(0, -1).every((piece) => piece.length === length)).toBe(true);
      }),
    );
  });
});
