import * as z from 'zod';
import { Evaluation, NewComparison, NewEvaluation } from '../evaluations.ts';
import { EvaluationId, ModelName, VersionName } from '../identifiers.ts';
import { AuditEntry, Health, LabelMaturity, Performance } from '../monitoring.ts';
import { PageQuery, page } from '../pages.ts';
import { operators, readers } from '../roles.ts';
import { NewSuggestions, Suggestions } from '../suggestions.ts';
import { defineRoute } from './define-route.ts';

export const getPerformance = defineRoute({
  id: 'getPerformance',
  slice: 'monitoring',
  method: 'GET',
  path: '/models/{model}/performance',
  summary: 'How each version does on validated cases and outcomes, now and over time',
  roles: readers,
  params: z.strictObject({ model: ModelName }),
  responses: { 200: { description: 'by version', schema: Performance } },
});

export const getLabelMaturity = defineRoute({
  id: 'getLabelMaturity',
  slice: 'monitoring',
  method: 'GET',
  path: '/models/{model}/label-maturity',
  summary: "What share of each day's predictions has its label, how long labels take, and when a verdict is expected",
  roles: readers,
  params: z.strictObject({ model: ModelName }),
  responses: { 200: { description: 'by day', schema: LabelMaturity } },
});

export const postSuggestions = defineRoute({
  id: 'postSuggestions',
  slice: 'monitoring',
  method: 'POST',
  path: '/models/{model}/suggestions',
  summary: 'What is wrong with the cases of a dataset, and how to train on it, each with its reason',
  roles: readers,
  params: z.strictObject({ model: ModelName }),
  body: NewSuggestions,
  responses: { 200: { description: 'findings and suggestions', schema: Suggestions } },
  problems: ['too-few-cases'],
  idempotent: false,
});

export const postEvaluation = defineRoute({
  id: 'postEvaluation',
  slice: 'monitoring',
  method: 'POST',
  path: '/models/{model}/versions/{version}/evaluations',
  summary: 'Measure a version on a dataset',
  roles: operators,
  params: z.strictObject({ model: ModelName, version: VersionName }),
  body: NewEvaluation,
  responses: { 202: { description: 'begun', schema: Evaluation } },
  problems: ['too-few-cases'],
});

export const postComparison = defineRoute({
  id: 'postComparison',
  slice: 'monitoring',
  method: 'POST',
  path: '/models/{model}/compare',
  summary: 'Measure versions side by side on one dataset, with intervals of their differences',
  roles: operators,
  params: z.strictObject({ model: ModelName }),
  body: NewComparison,
  responses: { 202: { description: 'begun; an evaluation of several versions', schema: Evaluation } },
  problems: ['too-few-cases'],
});

export const listEvaluations = defineRoute({
  id: 'listEvaluations',
  slice: 'monitoring',
  method: 'GET',
  path: '/models/{model}/evaluations',
  summary: "A model's evaluations and comparisons, the newest first, without their results",
  roles: readers,
  params: z.strictObject({ model: ModelName }),
  query: PageQuery,
  responses: { 200: { description: 'a page of evaluations', schema: page(Evaluation) } },
});

export const getEvaluation = defineRoute({
  id: 'getEvaluation',
  slice: 'monitoring',
  method: 'GET',
  path: '/models/{model}/evaluations/{evaluation}',
  summary: 'An evaluation or comparison: metrics by version and slice, and paired differences',
  roles: readers,
  params: z.strictObject({ model: ModelName, evaluation: EvaluationId }),
  responses: { 200: { description: 'the evaluation', schema: Evaluation } },
});

export const listAudit = defineRoute({
  id: 'listAudit',
  slice: 'monitoring',
  method: 'GET',
  path: '/audit',
  summary: "The tenant's chain of decisions and changes, the newest first",
  roles: operators,
  query: PageQuery,
  responses: { 200: { description: 'a page of entries', schema: page(AuditEntry) } },
});

export const getHealth = defineRoute({
  id: 'getHealth',
  slice: 'monitoring',
  method: 'GET',
  path: '/health',
  summary: 'Whether the platform answers',
  roles: 'public',
  responses: {
    200: { description: 'it does', schema: Health },
    503: { description: 'part of it does not', schema: Health },
  },
});

export const getOpenApi = defineRoute({
  id: 'getOpenApi',
  slice: 'monitoring',
  method: 'GET',
  path: '/openapi.json',
  summary: 'This document',
  roles: 'public',
  responses: { 200: { description: 'OpenAPI 3.1' } },
});
