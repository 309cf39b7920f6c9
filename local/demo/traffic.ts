import type { Row } from '../../examples/diagnosis/rows.ts';
import type { Person } from './people.ts';
import type { Tenant } from './tenant.ts';

interface RequestCounts {
  sent: number;
  answered: number;
  unserved: number;
  fallback: number;
}

/** The app's requests: single ones, and a steady stream beside everything else. */
export interface Traffic {
  readonly counts: Readonly<RequestCounts>;
  /** @returns the answer, or undefined where the request was not served */
  predict(row: Row, person: Person): Promise<{ predictionId: string; label: string | number } | undefined>;
  /** Does nothing after a stop. @param rowsAndPeople - who asks next */
  start(rowsAndPeople: () => { row: Row; person: Person }): void;
  stop(): Promise<void>;
}

const streams = 2;
const pauseMilliseconds = 60;

/** @param tell - hears of each request that was not served, and why */
export const openTraffic = (tenant: Tenant, model: string, tell: (why: string) => void): Traffic => {
  const counts: RequestCounts = { sent: 0, answered: 0, unserved: 0, fallback: 0 };
  let running = false;
  let stopped = false;
  let loops: Promise<void>[] = [];

  const predict: Traffic['predict'] = async (row, person) => {
    counts.sent += 1;
    try {
      const { data, error, response } = await tenant.app.POST('/v1/models/{model}/predictions', {
        params: { path: { model } },
        body: { input: { ...row.features, recordNumber: person.recordNumber } },
      });
      if (data === undefined) {
        counts.unserved += 1;
        tell(`a prediction was refused: ${response.status} ${error?.detail ?? ''}`);
        return undefined;
      }
      counts.answered += 1;
      if (data.fallback) counts.fallback += 1;
      return data;
    } catch (error) {
      // No answer at all: the connection broke. It is what `unserved` counts.
      counts.unserved += 1;
      tell(`a prediction was not answered: ${(error as Error).message}`);
      return undefined;
    }
  };

  const loop = async (next: () => { row: Row; person: Person }): Promise<void> => {
    while (running) {
      const { row, person } = next();
      await predict(row, person);
      await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
    }
  };

  return {
    counts,
    predict,
    start: (next) => {
      if (stopped) return;
      running = true;
      loops = Array.from({ length: streams }, () => loop(next));
    },
    stop: async () => {
      stopped = true;
      running = false;
      await Promise.all(loops);
      loops = [];
    },
  };
};
