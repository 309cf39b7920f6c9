import { isRight } from '../../contracts/right-answer.ts';
import { MetricName } from '../../contracts/telemetry.ts';
import type { Clock } from '../platform/clock.ts';
import { challengerMetrics } from './arm-metrics.ts';
import type { Answer } from './loaded-model.ts';
import type { ShadowRecord } from './prediction-metrics.ts';
import type { ServedChallenger, ServedModel } from './served-model.ts';
import { tensorsOf } from './version-tensors.ts';

type Input = Readonly<Record<string, unknown>>;

export interface ShadowOptions {
  readonly clock: Clock;
  readonly recordShadow: (now: number, record: ShadowRecord) => void;
}

/** Gives a request that has its answer to the challengers too. It returns at once, and its work begins after that. */
export type Shadow = (tenant: string, model: string, served: ServedModel, input: Input, answer: Answer) => void;

export const openShadow = ({ clock, recordShadow }: ShadowOptions): Shadow => {
  const ask = async (
    tenant: string,
    model: string,
    served: ServedModel,
    challenger: ServedChallenger,
    input: Input,
    answer: Answer,
  ): Promise<void> => {
    const { rollout, stage } = served.route;
    const tensors = tensorsOf(challenger, input);
    const result = tensors === undefined ? undefined : await challenger.shadow(tensors);
    if (result === undefined || rollout === undefined) return;
    const metrics = challengerMetrics(result, served);
    if (Object.keys(metrics).length === 0) return;
    const disagreement =
      result.answer === undefined
        ? {}
        : { [MetricName.Disagreement]: Number(!isRight(result.answer.label, answer.label, served.tolerance)) };
    const asked = challenger.servable.version;
    recordShadow(clock.now(), { tenant, model, rollout, stage, asked, metrics: { ...metrics, ...disagreement } });
  };
  const askAll: Shadow = (tenant, model, served, input, answer) => {
    for (const challenger of served.challengers) void ask(tenant, model, served, challenger, input, answer);
  };
  // The runtime sends the answer before this turn of the event loop is over.
  return (...request) => {
    setImmediate(askAll, ...request);
  };
};
