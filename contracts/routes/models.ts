import * as z from 'zod';
import { ModelName, VersionName } from '../identifiers.ts';
import { ChangedModel, Model, ModelDeclaration } from '../model.ts';
import { PageQuery, page } from '../pages.ts';
import { everyone, operators, readers } from '../roles.ts';
import { Version } from '../versions.ts';
import { defineRoute } from './define-route.ts';

const OfModel = z.strictObject({ model: ModelName });

export const putModel = defineRoute({
  id: 'putModel',
  slice: 'models',
  method: 'PUT',
  path: '/models/{model}',
  summary: 'Register a model, or change its declaration',
  roles: operators,
  params: OfModel,
  body: ModelDeclaration,
  responses: {
    200: { description: 'changed', schema: ChangedModel },
    201: { description: 'registered', schema: ChangedModel },
  },
  problems: ['schema-in-use'],
});

export const getModel = defineRoute({
  id: 'getModel',
  slice: 'models',
  method: 'GET',
  path: '/models/{model}',
  summary: 'A model and its declaration',
  roles: everyone,
  params: OfModel,
  responses: { 200: { description: 'the model', schema: Model } },
});

export const listModels = defineRoute({
  id: 'listModels',
  slice: 'models',
  method: 'GET',
  path: '/models',
  summary: "The tenant's models",
  roles: everyone,
  query: PageQuery,
  responses: { 200: { description: 'a page of models, by name', schema: page(Model) } },
});

export const listVersions = defineRoute({
  id: 'listVersions',
  slice: 'models',
  method: 'GET',
  path: '/models/{model}/versions',
  summary: "A model's versions, the newest first",
  roles: readers,
  params: OfModel,
  query: PageQuery,
  responses: { 200: { description: 'a page of versions', schema: page(Version) } },
});

export const getVersion = defineRoute({
  id: 'getVersion',
  slice: 'models',
  method: 'GET',
  path: '/models/{model}/versions/{version}',
  summary: 'A version: metrics, lineage, what the gate found',
  roles: readers,
  params: OfModel.extend({ version: VersionName }),
  responses: { 200: { description: 'the version', schema: Version } },
});
