import * as z from 'zod';
import { Case, CaseStatistics, NewCases, Receipt } from '../cases.ts';
import { Dataset, ExportQuery } from '../datasets.ts';
import { CaseId, DatasetId, ModelName } from '../identifiers.ts';
import { PageQuery, page } from '../pages.ts';
import { contributors, operators, readers } from '../roles.ts';
import { defineRoute } from './define-route.ts';

const OfModel = z.strictObject({ model: ModelName });

export const postCases = defineRoute({
  id: 'postCases',
  slice: 'cases',
  method: 'POST',
  path: '/models/{model}/cases',
  summary: 'Send one validated case, or a batch; what identifies people is removed before anything is stored',
  roles: contributors,
  params: OfModel,
  body: NewCases,
  responses: {
    202: { description: 'received; a malformed case is named by its index and costs no other', schema: Receipt },
  },
  problems: ['malformed-json', 'payload-too-large', 'invalid-input'],
});

export const getCaseStatistics = defineRoute({
  id: 'getCaseStatistics',
  slice: 'cases',
  method: 'GET',
  path: '/models/{model}/cases/statistics',
  summary: 'How many cases were accepted, quarantined and why',
  roles: readers,
  params: OfModel,
  responses: { 200: { description: 'the statistics', schema: CaseStatistics } },
});

export const getCase = defineRoute({
  id: 'getCase',
  slice: 'cases',
  method: 'GET',
  path: '/models/{model}/cases/{case}',
  summary: 'A case, de-identified, and what became of it',
  roles: readers,
  params: OfModel.extend({ case: CaseId }),
  responses: { 200: { description: 'the case', schema: Case } },
});

export const postDataset = defineRoute({
  id: 'postDataset',
  slice: 'cases',
  method: 'POST',
  path: '/models/{model}/datasets',
  summary: 'Cut a dataset: an immutable, hashed manifest of the cases accepted so far',
  roles: operators,
  params: OfModel,
  responses: {
    200: { description: 'nothing is new: the dataset that there was', schema: Dataset },
    201: { description: 'cut', schema: Dataset },
  },
  problems: ['too-few-cases'],
});

export const listDatasets = defineRoute({
  id: 'listDatasets',
  slice: 'cases',
  method: 'GET',
  path: '/models/{model}/datasets',
  summary: "A model's datasets, the newest first",
  roles: readers,
  params: OfModel,
  query: PageQuery,
  responses: { 200: { description: 'a page of datasets', schema: page(Dataset) } },
});

export const exportDataset = defineRoute({
  id: 'exportDataset',
  slice: 'cases',
  method: 'GET',
  path: '/models/{model}/datasets/{dataset}/export',
  summary: 'The de-identified cases of a dataset, one JSON object a line',
  roles: operators,
  params: OfModel.extend({ dataset: DatasetId }),
  query: ExportQuery,
  responses: {
    200: { description: 'the cases', mediaType: 'application/x-ndjson' },
    303: { description: 'the export is too large for one answer: its address, for five minutes, is in Location' },
  },
});
