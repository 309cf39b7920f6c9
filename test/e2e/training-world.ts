import { isFinishedJob } from '../../contracts/statuses.ts';
import { Job } from '../../contracts/training.ts';
import { type Answer, call, caseOfRow, diagnosis, eventually, sendCases, type TestCloud } from './world.ts';

/** A model of a tenant, and what is done with it as its operator. */
export interface TrainedModel {
  /** Calls the API below the model. */
  operator(method: string, path: string, body?: unknown): Promise<Answer>;
  job(id: string): Promise<Job>;
  /** Starts a training that is not rolled out. @returns its id */
  start(recipe?: object): Promise<string>;
  ended(id: string): Promise<Job>;
  train(recipe?: object): Promise<Job>;
}

/** One setting, which takes a second beside the start of the program. */
const brief = { parameters: { algorithms: ['linear'], trials: 1, folds: 2, rounds: 1, ensemble: 'none' } };
/** Settings enough to be stopped in the midst of them. */
export const long = {
  parameters: { algorithms: ['linear', 'lightgbm'], seconds: 8, trials: 10_000, folds: 3, rounds: 1, ensemble: 'none' },
};

/** The first rows, among which both classes are. */
export const firstRows = (rows: number) => Promise.all(Array.from({ length: rows }, (_, index) => caseOfRow(index)));

interface Declared {
  readonly name: string;
  /** @default acme */
  readonly tenant?: string;
  /** Of the training policy. */
  readonly training: object;
  /** Of the schema, beside those of `diagnosis`. @default none */
  readonly fields?: object;
  /** @default the first 60 rows */
  readonly cases?: readonly object[];
}

/** Registers a model like `diagnosis`, trained by hand and quickly, and sends its cases. */
export const registerModel = async (
  cloud: TestCloud,
  { name, tenant = 'acme', training, fields = {}, cases }: Declared,
): Promise<TrainedModel> => {
  const tokens = cloud.tenants[tenant];
  const operator: TrainedModel['operator'] = (method, path, body) =>
    call(cloud, tokens?.operator, method, `/models/${name}${path}`, body);
  const { schema, policies, ...declaration } = await diagnosis();
  const registered = await operator('PUT', '', {
    ...declaration,
    recipe: { name: 'tabular', ...brief },
    schema: { ...schema, fields: { ...schema.fields, ...fields } },
    policies: { ...policies, training: { ...policies.training, minimumCases: 10, ...training } },
  });
  if (registered.status !== 201) throw new Error(`Expected 201, got ${JSON.stringify(registered.body)}`);
  await sendCases(cloud, tokens?.expert ?? '', name, cases ?? (await firstRows(60)));

  const job: TrainedModel['job'] = async (id) => Job.parse((await operator('GET', `/training-jobs/${id}`)).body);
  const start: TrainedModel['start'] = async (recipe) => {
    const { status, body } = await operator('POST', '/training-jobs', { rollOut: false, recipe });
    if (status !== 202) throw new Error(`Expected 202, got ${JSON.stringify(body)}`);
    return body.id;
  };
  const ended: TrainedModel['ended'] = (id) =>
    eventually(
      () => job(id),
      ({ status }) => isFinishedJob(status),
    );
  return { operator, job, start, ended, train: async (recipe) => ended(await start(recipe)) };
};
