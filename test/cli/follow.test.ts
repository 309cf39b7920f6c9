import { expect, it } from '@jest/globals';
import { UnreachableError, WorkFailedError } from '../../cli/errors.ts';
import { follow } from '../../cli/follow.ts';

/** A session whose clock goes on only while it pauses. */
const clocked = () => {
  let time = 0;
  const [told, pauses]: [string[], number[]] = [[], []];
  return {
    told,
    pauses,
    tell: (text: string) => told.push(text),
    now: () => time,
    pause: async (milliseconds: number) => {
      pauses.push(milliseconds);
      time += milliseconds;
    },
  };
};

const course = (ask: () => Promise<number>, last = 0) => ({
  ask,
  isEnded: (left: number) => left === last,
  standing: (left: number) => ({ what: 'counting', left: `${left} left` }),
});

it('tells what does not change every quarter of a minute, and asks less and less often', async () => {
  const session = clocked();
  let left = 60;
  await follow(
    session,
    left,
    course(async () => {
      left -= 1;
      return left;
    }),
  );
  const seconds = session.told.map((line) => Number.parseFloat(line));
  expect(seconds.length).toBeGreaterThan(5);
  for (const [index, at] of seconds.slice(1).entries()) {
    expect(at - (seconds[index] as number)).toBeGreaterThanOrEqual(15);
    expect(at - (seconds[index] as number)).toBeLessThan(20.1);
  }
  expect([session.pauses[0], Math.max(...session.pauses)]).toEqual([500, 5000]);
});

it('bears a minute without an answer, and no more', async () => {
  const session = clocked();
  const nobody = course(async () => {
    throw new UnreachableError('http://localhost:9', 'it does not answer');
  });
  await expect(follow(session, 1, nobody)).rejects.toThrow(UnreachableError);
  expect(session.now()).toBeGreaterThan(60_000);
  expect(session.now()).toBeLessThan(70_000);
});

it('ends at once with what is no matter of time', async () => {
  const session = clocked();
  const refused = course(async () => {
    throw new WorkFailedError('It is gone.');
  });
  await expect(follow(session, 1, refused)).rejects.toThrow('It is gone.');
  expect(session.pauses).toHaveLength(1);
});
