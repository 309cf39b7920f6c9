import * as z from 'zod';
import { Case, CaseLineage, CaseStatistics, NewCases, Receipt } from '../cases.ts';
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

export const deleteCase = defineRoute({
  id: 'deleteCase',
  slice: 'cases',
  method: 'DELETE',
  path: '/models/{model}/cases/{case}',
  summary: 'Erase a case: what it says is removed, no later dataset has it, and the same case sent again stays out',
  roles: operators,
  params: OfModel.extend({ case: CaseId }),
  responses: { 200: { description: 'erased, now or before: what is left of it', schema: Case } },
});

export const getCaseLineage = defineRoute({
  id: 'getCaseLineage',
  slice: 'cases',
  method: 'GET',
  path: '/models/{model}/cases/{case}/lineage',
  summary: 'The datasets that hold a case and the versions made of them, also of one that was erased since',
  roles: readers,
  params: OfModel.extend({ case: CaseId }),
  responses: { 200: { description: 'where the case went', schema: CaseLineage } },
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
  summary: 'The de-identified cases of a dataset, as JSON lines or as Parquet; never one that was erased',
  roles: operators,
  params: OfModel.extend({ dataset: DatasetId }),
  query: ExportQuery,
  responses: {
    200: { description: 'the cases, one JSON object a line', mediaType: 'application/x-ndjson' },
    303: {
      description: 'Parquet, or JSON lines too large for one answer: the address, for five minutes, is in Location',
    },
  },
});
