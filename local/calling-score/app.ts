import { OutcomeEvidence } from '../../contracts/inference.ts';
import type { Tenant } from '../demo/tenant.ts';
import { type AppCounts, type Earned, noCounts } from './app-counts.ts';
import type { RewardReport } from './reports.ts';
import type { Visit } from './visits.ts';

/** What the model said about somebody. */
export interface Answer {
  readonly predictionId: string;
  readonly version: string;
  /** Probability of `responds`. */
  readonly score: number;
}

/** The app, as far as it talks to the platform; it counts what it sends and what comes back. */
export interface App {
  readonly counts: AppCounts;
  /** By version. */
  readonly earned: ReadonlyMap<string, Readonly<Earned>>;
  /** @returns undefined where the request was not served */
  ask(visit: Visit): Promise<Answer | undefined>;
  report(answer: Answer, report: RewardReport): Promise<void>;
}

interface Reply {
  readonly response: Response;
  readonly error?: { readonly detail?: string } | undefined;
}

/** @param tell - hears of each request that was not served, and why */
export const openApp = (tenant: Tenant, model: string, tell: (why: string) => void): App => {
  const ofModel = { params: { path: { model } } };
  const counts = noCounts();
  const earned = new Map<string, Earned>();

  /** @returns undefined where the answer is a problem, or none came because the connection broke */
  const served = async <Data>(
    what: string,
    request: Promise<Reply & { readonly data?: Data }>,
  ): Promise<Data | undefined> => {
    let why: string;
    try {
      const { data, error, response } = await request;
      if (data !== undefined) return data;
      why = `${response.status} ${error?.detail ?? ''}`;
    } catch (error) {
      why = (error as Error).message;
    }
    counts.unserved += 1;
    tell(`${what} was not served: ${why}`);
    return undefined;
  };

  return {
    counts,
    earned,
    ask: async ({ personId, person }) => {
      counts.predictions += 1;
      const body = { input: { ...person, personId } };
      const data = await served(
        'a prediction',
        tenant.app.POST('/v1/models/{model}/predictions', { ...ofModel, body }),
      );
      if (data === undefined) return undefined;
      if (data.fallback) counts.fallback += 1;
      const { predictionId, version, probabilities } = data;
      return { predictionId, version, score: probabilities?.responds ?? Number.NaN };
    },
    report: async ({ predictionId, version }, { reward, correction }) => {
      counts.reports += 1;
      const body = { predictionId, reward, correction };
      const data = await served('an outcome', tenant.app.POST('/v1/models/{model}/outcomes', { ...ofModel, body }));
      if (data === undefined) return;
      const total = earned.get(version) ?? { outcomes: 0, rewards: 0 };
      earned.set(version, total);
      if (data.corrected) {
        counts.corrected += 1;
        // What this app corrects was the opposite.
        total.rewards += reward - (1 - reward);
        return;
      }
      if (!data.counted) {
        counts.repeated += 1;
        return;
      }
      total.outcomes += 1;
      total.rewards += reward;
      if (data.evidence === OutcomeEvidence.TooLate) counts.late += 1;
    },
  };
};
