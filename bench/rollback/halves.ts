import type { Log } from '../../local/log.ts';
import type { Fleet } from './fleet.ts';
import { Cause, type Measured, type Measurement, openMeasurement } from './measure.ts';
import { startTrainingLoad } from './training-load.ts';

/** Rollbacks of one half. */
export interface Half {
  readonly during: 'idle' | 'training';
  readonly measured: readonly Measured[];
}

/** How many rollbacks each half holds, by what asks for them. */
export type Counts = Readonly<Record<Cause, number>>;

/**
 * Measures round by round: all models get their challenger at once, then one after the other goes back, so that no run
 * is slowed down by the preparation of another.
 */
const measureAll = async (
  { models }: Fleet,
  { challenge, measure }: Measurement,
  causes: readonly Cause[],
  ready: () => Promise<void>,
  done: (count: number) => void,
): Promise<Measured[]> => {
  const measured: Measured[] = [];
  while (measured.length < causes.length) {
    const round = models.slice(0, causes.length - measured.length);
    const challenged = await Promise.all(round.map(async (model) => ({ model, rollout: await challenge(model) })));
    for (const { model, rollout } of challenged) {
      await ready();
      measured.push(await measure(model, rollout, causes[measured.length] as Cause));
      done(measured.length);
    }
  }
  return measured;
};

const causesOf = (counts: Counts): Cause[] =>
  Object.values(Cause).flatMap((cause) => Array.from({ length: counts[cause] }, () => cause));

const missing = (counts: Counts, measured: readonly Measured[]): Counts => {
  const left = (cause: Cause): number => counts[cause] - measured.filter((one) => one.cause === cause).length;
  return { [Cause.Alarm]: left(Cause.Alarm), [Cause.ByHand]: left(Cause.ByHand) };
};

/** Rollbacks while nothing else goes on. */
export const measureIdle = async (fleet: Fleet, counts: Counts, log: Log): Promise<Half> => {
  const measurement = openMeasurement(fleet);
  const causes = causesOf(counts);
  const tell = (count: number): void => log(`idle: ${count} of ${causes.length} rollbacks`);
  const measured = await measureAll(fleet, measurement, causes, async () => undefined, tell);
  measurement.close();
  return { during: 'idle', measured };
};

/** One round of them beside trainings. @returns those that were asked for while a training ran */
const measureBesideTrainings = async (
  fleet: Fleet,
  measurement: Measurement,
  causes: readonly Cause[],
  tell: (count: number) => void,
): Promise<Measured[]> => {
  const load = startTrainingLoad(fleet);
  let measured: Measured[] = [];
  let trainings: Awaited<ReturnType<typeof load.stop>> = [];
  try {
    measured = await measureAll(fleet, measurement, causes, load.running, tell);
  } finally {
    trainings = await load.stop();
  }
  return measured.filter(({ from }) => trainings.some((training) => training.from <= from && from <= training.to));
};

/** Rounds after which too few rollbacks have met a training. */
const mostRounds = 10;

/**
 * Rollbacks while trainings run, one after the other. Only those are taken that were asked for within one, however long
 * they took; the others are measured again.
 */
export const measureTraining = async (fleet: Fleet, counts: Counts, log: Log): Promise<Half> => {
  const measurement = openMeasurement(fleet);
  const taken: Measured[] = [];
  for (let round = 0; round < mostRounds; round += 1) {
    const causes = causesOf(missing(counts, taken));
    if (causes.length === 0) break;
    const tell = (count: number): void => log(`during trainings: ${count} of ${causes.length} rollbacks`);
    taken.push(...(await measureBesideTrainings(fleet, measurement, causes, tell)));
  }
  measurement.close();
  const left = causesOf(missing(counts, taken)).length;
  if (left > 0)
    throw new Error(`Expected every rollback to meet a training within ${mostRounds} rounds; ${left} did not.`);
  return { during: 'training', measured: taken };
};
