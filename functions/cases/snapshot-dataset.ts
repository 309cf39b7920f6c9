import { objectKeys } from '../../contracts/keys.ts';
import { RetrainInput, SnapshotOutput } from '../../contracts/workflows.ts';
import { openModels } from '../models/index.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { openTable } from '../platform/table.ts';
import { openCutDataset } from './datasets/cut-dataset.ts';
import { TooFewCasesError } from './datasets/errors.ts';

const config = readConfig('cases/snapshot-dataset');
const table = openTable(config.TABLE_NAME);
const models = openModels(table);
const cutDataset = openCutDataset(table, openObjectStore(config.BUCKET_NAME), systemClock);

/**
 * First task of the retrain machine: the dataset that the job is trained on.
 *
 * @throws TooFewCasesError
 */
export const handler = async (event: unknown): Promise<SnapshotOutput> => {
  const { tenant, model: name, job } = RetrainInput.parse(event);
  const model = await models.get(tenant, name);
  if (model === undefined) throw new Error(`Expected a model ${name}, found none. Register it before it is trained.`);
  const cut = await cutDataset(tenant, model, `training:${job}`);
  if (!('dataset' in cut)) throw new TooFewCasesError(cut.detail);
  const { id, cut: sequence } = cut.dataset;
  return SnapshotOutput.parse({
    dataset: id,
    cut: sequence,
    manifestKey: objectKeys.manifest(tenant, name, id),
    segmentListKey: objectKeys.segmentList(tenant, name, id),
  });
};
