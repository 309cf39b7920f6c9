import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectAnswer } from '../../client/index.ts';
import type { NewCase } from '../../contracts/cases.ts';
import type { StagePolicy } from '../../contracts/rollout-policy.ts';
import { isFinishedJob, JobStatus } from '../../contracts/statuses.ts';
import { type Row, readDeclaration, readRows } from '../../examples/diagnosis/rows.ts';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import { openTenant, type Tenant } from '../../local/demo/tenant.ts';
import type { Log } from '../../local/log.ts';
import { python } from '../../local/paths.ts';
import { until } from './until.ts';

/** A model whose champion and challenger were trained, and take each other's place. */
export interface FleetModel {
  readonly name: string;
  readonly champion: string;
  readonly challenger: string;
}

/** Some models on an embedded cloud of their own. */
export interface Fleet {
  readonly cloud: Cloud;
  readonly tenant: Tenant;
  readonly models: readonly FleetModel[];
  /** What an app may ask of any of them. */
  readonly inputs: readonly Readonly<Record<string, unknown>>[];
  dispose(): Promise<void>;
}

export interface FleetOptions {
  readonly size: number;
  readonly log: Log;
}

const trainingRows = 80;

/** Half of the requests go to the challenger until something takes them away. */
const lastingStages: StagePolicy[] = [{ name: 'canary', weight: 50, minimumSeconds: 3600, minimumPairs: 100_000 }];

/** The example's declaration, trained by hand alone, with a gate that a busy machine passes. */
const declaration = async () => {
  const { policies, ...rest } = await readDeclaration();
  const { training, gate, rollout } = policies;
  return {
    ...rest,
    policies: {
      ...policies,
      training: { ...training, newCases: 1_000_000, days: 366, weekly: false },
      gate: { ...gate, latencyMilliseconds: 10_000 },
      rollout: { ...rollout, tickSeconds: 10, stages: lastingStages },
    },
  };
};

const caseOf = (row: Row, index: number): NewCase => ({
  input: { ...row.features, recordNumber: `MRN-${index}` },
  label: row.label,
  validator: 'dr.ambon',
  confidence: 0.95,
});

/** Starts a training and waits for its version. @throws Error where it makes none */
export const train = async ({ operator }: Tenant, model: string, seed: number): Promise<string> => {
  const params = { path: { model } };
  const body = { reason: 'a version for the fleet', seed, rollOut: false };
  const { id } = expectAnswer(await operator.POST('/v1/models/{model}/training-jobs', { params, body }));
  const job = await until(`training ${id} of ${model} to end`, 300, async () => {
    const path = { model, job: id };
    const now = expectAnswer(await operator.GET('/v1/models/{model}/training-jobs/{job}', { params: { path } }));
    return isFinishedJob(now.status) ? now : undefined;
  });
  if (job.status === JobStatus.Completed && job.version !== undefined) return job.version;
  throw new Error(`Expected training ${id} to make a version; it ended ${job.status}: ${job.failure ?? 'no reason'}`);
};

const prepareModel = async (tenant: Tenant, name: string, cases: readonly NewCase[]): Promise<FleetModel> => {
  const params = { path: { model: name } };
  expectAnswer(await tenant.operator.PUT('/v1/models/{model}', { params, body: await declaration() }));
  expectAnswer(await tenant.expert.POST('/v1/models/{model}/cases', { params, body: { cases: [...cases] } }));
  await until(`the cases of ${name} to be accepted`, 60, async () => {
    const { accepted } = expectAnswer(await tenant.expert.GET('/v1/models/{model}/cases/statistics', { params }));
    return accepted === cases.length ? true : undefined;
  });
  const champion = await train(tenant, name, 1);
  const body = { version: champion, reason: 'the first' };
  expectAnswer(await tenant.operator.POST('/v1/models/{model}/rollouts', { params, body }));
  return { name, champion, challenger: await train(tenant, name, 2) };
};

/**
 * Starts an embedded cloud and makes the models on it, through the public API alone.
 *
 * @throws Error saying what was expected, where the cloud or a model does not come up
 */
export const startFleet = async ({ size, log }: FleetOptions): Promise<Fleet> => {
  const folder = await mkdtemp(join(tmpdir(), 'relearn-fleet-'));
  const cloud = await startCloud({ stateFolder: folder, port: 0, log, training: { concurrentJobs: 2 } });
  const dispose = async (): Promise<void> => {
    await cloud.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const tenant = openTenant(cloud.apiUrl, 'acme', cloud.tenants.acme ?? {});
    const rows = await readRows(python);
    const cases = rows.slice(0, trainingRows).map(caseOf);
    const names = Array.from({ length: size }, (_, index) => `diagnosis-${index + 1}`);
    const models = await Promise.all(names.map((name) => prepareModel(tenant, name, cases)));
    const inputs = rows.slice(trainingRows).map((row, index) => caseOf(row, trainingRows + index).input);
    return { cloud, tenant, models, inputs, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
};
