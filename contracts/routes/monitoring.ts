import * as z from 'zod';
import { ModelName } from '../identifiers.ts';
import { AuditEntry, Health, LabelMaturity, Performance } from '../monitoring.ts';
import { PageQuery, page } from '../pages.ts';
import { operators, readers } from '../roles.ts';
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
