import * as z from 'zod';
import { ModelName, RolloutId } from '../identifiers.ts';
import { PageQuery, page } from '../pages.ts';
import { everyone, operators, readers } from '../roles.ts';
import {
  Current,
  NewApproval,
  NewDrill,
  NewPlan,
  NewRollback,
  NewRollout,
  Plan,
  RollbackResult,
  Rollout,
} from '../rollouts.ts';
import { defineRoute } from './define-route.ts';

const OfModel = z.strictObject({ model: ModelName });

export const postRollout = defineRoute({
  id: 'postRollout',
  slice: 'rollouts',
  method: 'POST',
  path: '/models/{model}/rollouts',
  summary: 'Deploy a version, stage by stage',
  roles: operators,
  params: OfModel,
  body: NewRollout,
  responses: { 202: { description: 'begun', schema: Rollout } },
  problems: ['rollout-running', 'version-rejected', 'version-serving', 'artifact-missing', 'no-champion'],
});

export const listRollouts = defineRoute({
  id: 'listRollouts',
  slice: 'rollouts',
  method: 'GET',
  path: '/models/{model}/rollouts',
  summary: "A model's rollouts, the newest first",
  roles: readers,
  params: OfModel,
  query: PageQuery,
  responses: { 200: { description: 'a page of rollouts', schema: page(Rollout) } },
});

export const getRollout = defineRoute({
  id: 'getRollout',
  slice: 'rollouts',
  method: 'GET',
  path: '/models/{model}/rollouts/{rollout}',
  summary: 'A rollout: stages, verdict, the blocks it was judged by',
  roles: readers,
  params: OfModel.extend({ rollout: RolloutId }),
  responses: { 200: { description: 'the rollout', schema: Rollout } },
});

export const postRollback = defineRoute({
  id: 'postRollback',
  slice: 'rollouts',
  method: 'POST',
  path: '/models/{model}/rollback',
  summary: 'Go back at once: end the running rollout, or restore the champion before',
  roles: operators,
  params: OfModel,
  body: NewRollback,
  responses: { 200: { description: 'rolled back', schema: RollbackResult } },
  problems: ['nothing-to-roll-back', 'no-champion'],
});

export const getCurrent = defineRoute({
  id: 'getCurrent',
  slice: 'rollouts',
  method: 'GET',
  path: '/models/{model}/current',
  summary: 'What serves now: champion, challenger and weight',
  roles: everyone,
  params: OfModel,
  responses: { 200: { description: 'the route', schema: Current } },
  problems: ['no-champion'],
});

export const postPlan = defineRoute({
  id: 'postPlan',
  slice: 'rollouts',
  method: 'POST',
  path: '/models/{model}/rollouts/plan',
  summary: 'How long will it take to know? Changes nothing',
  roles: readers,
  params: OfModel,
  body: NewPlan,
  responses: { 200: { description: 'for each kind of evidence', schema: Plan } },
  problems: ['no-traffic'],
});

export const postApproval = defineRoute({
  id: 'postApproval',
  slice: 'rollouts',
  method: 'POST',
  path: '/models/{model}/rollouts/{rollout}/approval',
  summary: 'Approve or decline the promotion that a rollout waits with',
  roles: operators,
  params: OfModel.extend({ rollout: RolloutId }),
  body: NewApproval,
  responses: { 200: { description: 'decided', schema: Rollout } },
  problems: ['approval-not-awaited', 'approval-decided', 'approval-expired', 'rollout-ended'],
});

export const postDrill = defineRoute({
  id: 'postDrill',
  slice: 'rollouts',
  method: 'POST',
  path: '/models/{model}/drills',
  summary: 'Rehearse a rollback without traffic: break a shadow rollout, and measure alarm and rollback',
  roles: operators,
  params: OfModel,
  body: NewDrill,
  responses: { 202: { description: 'begun: a rollout of the kind drill', schema: Rollout } },
  problems: ['nothing-to-drill', 'rollout-running', 'no-champion', 'artifact-missing'],
});
