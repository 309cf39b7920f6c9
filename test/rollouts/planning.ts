/**
 * Makes a plan. Runs as a worker thread, because code under Jest pays for every look-up of a global such as Math.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { ModelDeclaration } from '../../contracts/model.ts';
import { NewPlan, type Plan } from '../../contracts/rollouts.ts';
import { makePlan } from '../../functions/rollouts/domain/plan/make-plan.ts';

export interface PlanRequest {
  readonly asked: Record<string, unknown>;
  readonly rollout?: Record<string, unknown>;
  readonly outcomes?: Record<string, unknown>;
  readonly fields?: Record<string, unknown>;
  readonly measured?: Record<string, number>;
}

export type Planned =
  | { readonly plan: Plan; readonly cpuSeconds: number }
  | { readonly refused: { readonly name: string; readonly message: string } };

const planOf = ({ asked, rollout = {}, outcomes = {}, fields = {}, measured = {} }: PlanRequest): Planned => {
  const declaration = ModelDeclaration.parse({
    task: 'tabular-classification',
    schema: {
      fields: { radius: { kind: 'feature', type: 'number' }, ...fields },
      label: { type: 'category', classes: ['yes', 'no'] },
    },
    policies: { rollout, outcomes },
  });
  const begun = process.threadCpuUsage();
  try {
    const plan = makePlan('diagnosis', declaration, NewPlan.parse(asked), measured);
    const { user, system } = process.threadCpuUsage(begun);
    return { plan, cpuSeconds: (user + system) / 1e6 };
  } catch (error) {
    const { name, message } = error as Error;
    return { refused: { name, message } };
  }
};

parentPort?.postMessage(planOf(workerData));
