import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectAnswer } from '../../client/index.ts';
import type { NewCase } from '../../contracts/cases.ts';
import { isFinishedJob, JobStatus } from '../../contracts/statuses.ts';
import type { Job } from '../../contracts/training.ts';
import { type Row, readDeclaration, readRows } from '../../examples/diagnosis/rows.ts';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import { openTenant, type Tenant } from '../../local/demo/tenant.ts';
import type { Log } from '../../local/log.ts';
import { python } from '../../local/paths.ts';
import { until } from '../rollback/until.ts';

/** A model that is trained and serves, on an embedded cloud of its own. */
export interface World {
  readonly cloud: Cloud;
  readonly tenant: Tenant;
  /** What an app may ask. */
  readonly inputs: readonly NewCase['input'][];
  dispose(): Promise<void>;
}

export const model = 'diagnosis';
const params = { path: { model } };
const trainingRows = 300;

/** Parameters of the recipe with which a training is short: its length is none of the overhead. */
const short = { algorithms: ['linear'], seconds: 5, trials: 2 };

const caseOf = (row: Row, index: number): NewCase => ({
  input: { ...row.features, recordNumber: `MRN-${index}` },
  label: row.label,
  validator: 'dr.ambon',
  confidence: 0.95,
});

/** The example's declaration, trained by hand alone, with a gate that a busy machine passes. */
const declaration = async () => {
  const { policies, ...rest } = await readDeclaration();
  const { training, gate } = policies;
  return {
    ...rest,
    policies: {
      ...policies,
      training: { ...training, newCases: 1_000_000, days: 366, weekly: false },
      gate: { ...gate, latencyMilliseconds: 10_000 },
    },
  };
};

/** Asks for a training. @param parameters - of the recipe `tabular` */
export const startTraining = async ({ operator }: Tenant, seed: number, parameters: object = short): Promise<Job> => {
  const recipe = { name: 'tabular' as const, parameters: parameters as Record<string, number> };
  const body = { reason: 'to be measured', seed, rollOut: false, recipe };
  return expectAnswer(await operator.POST('/v1/models/{model}/training-jobs', { params, body }));
};

export const readJob = async ({ operator }: Tenant, job: string): Promise<Job> =>
  expectAnswer(await operator.GET('/v1/models/{model}/training-jobs/{job}', { params: { path: { model, job } } }));

/** Waits for the end of a training. @throws Error where it makes no version */
export const trained = async (tenant: Tenant, { id }: Job): Promise<Job & { readonly version: string }> => {
  const job = await until(`training ${id} to end`, 300, async () => {
    const now = await readJob(tenant, id);
    return isFinishedJob(now.status) ? now : undefined;
  });
  const { status, version, failure } = job;
  if (status === JobStatus.Completed && version !== undefined) return { ...job, version };
  throw new Error(`Expected training ${id} to make a version; it ended ${status}: ${failure ?? 'no reason'}`);
};

const prepareModel = async (tenant: Tenant, cases: readonly NewCase[]): Promise<void> => {
  expectAnswer(await tenant.operator.PUT('/v1/models/{model}', { params, body: await declaration() }));
  expectAnswer(await tenant.expert.POST('/v1/models/{model}/cases', { params, body: { cases: [...cases] } }));
  await until('the cases to be accepted', 60, async () => {
    const { accepted } = expectAnswer(await tenant.expert.GET('/v1/models/{model}/cases/statistics', { params }));
    return accepted === cases.length ? true : undefined;
  });
  const { version } = await trained(tenant, await startTraining(tenant, 1));
  const body = { version, reason: 'the first' };
  expectAnswer(await tenant.operator.POST('/v1/models/{model}/rollouts', { params, body }));
};

/** @throws Error saying what was expected, where the cloud or the model does not come up */
export const startWorld = async (log: Log): Promise<World> => {
  const folder = await mkdtemp(join(tmpdir(), 'relearn-training-'));
  const cloud = await startCloud({ stateFolder: folder, port: 0, log });
  const dispose = async (): Promise<void> => {
    await cloud.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const tenant = openTenant(cloud.apiUrl, 'acme', cloud.tenants.acme ?? {});
    const cases = (await readRows(python)).map(caseOf);
    await prepareModel(tenant, cases.slice(0, trainingRows));
    return { cloud, tenant, inputs: cases.slice(trainingRows).map(({ input }) => input), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
};
