import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from '../demo/random.ts';
import type { Answer, App } from './app.ts';
import { type CalledPerson, decide } from './decide.ts';
import { openDueQueue } from './due-queue.ts';
import type { RewardReport } from './reports.ts';
import { openVisits, type Visit } from './visits.ts';

/** The people who come: the app asks about each, calls or does not, and reports what came of it. */
export interface Crowd {
  /** Calls that the score asked for, and those made whatever it said. */
  readonly calls: { readonly wanted: number; readonly explored: number };
  /** Does nothing after a stop. */
  start(): void;
  /** Lets nobody in any more, and waits until every outcome has been reported. */
  stop(): Promise<void>;
  /** @returns those whose outcome became known since this was asked last */
  takeCalled(): CalledPerson[];
}

/** Requests under way at once. */
const connections = 12;
const peoplePerSecond = 50;
const idleMilliseconds = 10;

type Errand =
  | { readonly answer: Answer; readonly reports: readonly RewardReport[] }
  | { readonly called: CalledPerson };

/** @param windowSeconds - the model's label window, in which delays are measured */
export const openCrowd = (app: App, random: Random, windowSeconds: number): Crowd => {
  const calls = { wanted: 0, explored: 0 };
  const errands = openDueQueue<Errand>();
  const nextVisit = openVisits(random);
  let called: CalledPerson[] = [];
  let open = false;
  let stopped = false;
  let nextAt = 0;
  let loops: Promise<void>[] = [];

  const later = (seconds: number, errand: Errand): void => errands.add(performance.now() + seconds * 1000, errand);

  /** Each report waits until the one before it was taken, so that no correction overtakes what it corrects. */
  const reportLater = (answer: Answer, reports: readonly RewardReport[]): void => {
    const [next] = reports;
    if (next !== undefined) later(next.after, { answer, reports });
  };

  const run = async (errand: Errand): Promise<void> => {
    if ('called' in errand) {
      called.push(errand.called);
      return;
    }
    const [next, ...rest] = errand.reports;
    if (next === undefined) return;
    await app.report(errand.answer, next);
    reportLater(errand.answer, rest);
  };

  const follow = (visit: Visit, answer: Answer): void => {
    const { call, reports, lesson } = decide(random, visit, answer, windowSeconds);
    if (call !== 'none') calls[call] += 1;
    if (lesson !== undefined) later(lesson.after, { called: lesson.called });
    reportLater(answer, reports);
  };

  /** Errands that are due come before new people, so that a slow moment makes no outcome late. */
  const step = async (): Promise<void> => {
    const now = performance.now();
    const errand = errands.take(now);
    if (errand !== undefined) return run(errand);
    if (!open || now < nextAt) {
      await wait(idleMilliseconds);
      return;
    }
    nextAt = Math.max(nextAt, now - 1000) + 1000 / peoplePerSecond;
    const visit = nextVisit();
    const answer = await app.ask(visit);
    if (answer !== undefined) follow(visit, answer);
  };

  const loop = async (): Promise<void> => {
    while (open || errands.size > 0) await step();
  };

  return {
    calls,
    start: () => {
      if (stopped) return;
      open = true;
      loops = Array.from({ length: connections }, loop);
    },
    stop: async () => {
      stopped = true;
      open = false;
      await Promise.all(loops);
    },
    takeCalled: () => {
      const taken = called;
      called = [];
      return taken;
    },
  };
};
