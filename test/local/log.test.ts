import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { keepTalking } from '../../local/log.ts';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** Ten seconds of work, with what was said and when. */
const listen = async (
  doing: string | (() => string),
  settle: (done: () => void, fail: (why: Error) => void) => void,
) => {
  const lines: string[] = [];
  const times = [performance.now()];
  const log = (line: string) => {
    lines.push(line);
    times.push(performance.now());
  };
  const work = new Promise<void>((resolve, reject) => {
    setTimeout(() => settle(resolve, reject), 10_000);
  });
  const talking = keepTalking(log, doing, work);
  const outcome = talking.then(
    () => 'done',
    (error: Error) => error.message,
  );
  await jest.advanceTimersByTimeAsync(10_000);
  times.push(performance.now());
  return { lines, outcome: await outcome, silences: times.slice(1).map((time, index) => time - (times[index] ?? 0)) };
};

describe('while something is done', () => {
  test('nobody hears nothing for longer than two seconds', async () => {
    const { lines, silences } = await listen('baking', (done) => done());
    expect(Math.max(...silences)).toBeLessThanOrEqual(2000);
    expect(lines).toEqual([2, 4, 5, 7, 9].map((seconds) => `baking … ${seconds} s`));
  });

  test('what is said changes with what is done', async () => {
    let loaves = 0;
    const { lines } = await listen(
      () => {
        loaves += 1;
        return `${loaves} loaves`;
      },
      (done) => done(),
    );
    expect(lines.slice(0, 2)).toEqual(['1 loaves … 2 s', '2 loaves … 4 s']);
  });

  test.each([
    ['done', (done: () => void) => done()],
    ['the oven broke', (_: () => void, fail: (why: Error) => void) => fail(new Error('the oven broke'))],
  ])('it ends as the work does, and says no more: %s', async (expected, settle) => {
    const { lines, outcome } = await listen('baking', settle);
    expect(outcome).toBe(expected);
    const said = lines.length;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(lines).toHaveLength(said);
  });
});
