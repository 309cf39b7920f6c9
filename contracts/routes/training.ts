import * as z from 'zod';
import { Collection } from '../cases.ts';
import { JobId, ModelName, SubscriptionId } from '../identifiers.ts';
import { NewSubscription, Subscription } from '../notifications.ts';
import { PageQuery, page } from '../pages.ts';
import { operators, readers } from '../roles.ts';
import { Job, NewJob, Schedule, ScheduleState, TrainingDecision } from '../training.ts';
import { defineRoute } from './define-route.ts';

const OfModel = z.strictObject({ model: ModelName });
const OfJob = OfModel.extend({ job: JobId });

export const postJob = defineRoute({
  id: 'postTrainingJob',
  slice: 'training',
  method: 'POST',
  path: '/models/{model}/training-jobs',
  summary: 'Train now',
  roles: operators,
  params: OfModel,
  body: NewJob,
  responses: { 202: { description: 'queued', schema: Job } },
  problems: ['training-running', 'over-budget', 'too-few-cases'],
});

export const listJobs = defineRoute({
  id: 'listTrainingJobs',
  slice: 'training',
  method: 'GET',
  path: '/models/{model}/training-jobs',
  summary: "A model's training jobs, the newest first",
  roles: readers,
  params: OfModel,
  query: PageQuery,
  responses: { 200: { description: 'a page of jobs', schema: page(Job) } },
});

export const getJob = defineRoute({
  id: 'getTrainingJob',
  slice: 'training',
  method: 'GET',
  path: '/models/{model}/training-jobs/{job}',
  summary: 'A training job: progress, metrics and the last log lines',
  roles: readers,
  params: OfJob,
  responses: { 200: { description: 'the job', schema: Job } },
});

export const cancelJob = defineRoute({
  id: 'cancelTrainingJob',
  slice: 'training',
  method: 'POST',
  path: '/models/{model}/training-jobs/{job}/cancel',
  summary: 'Cancel a training job that has not ended',
  roles: operators,
  params: OfJob,
  responses: { 202: { description: 'cancelled, or being stopped', schema: Job } },
  problems: ['job-ended'],
});

export const pauseJob = defineRoute({
  id: 'pauseTrainingJob',
  slice: 'training',
  method: 'POST',
  path: '/models/{model}/training-jobs/{job}/pause',
  summary: 'Pause a training job: it stops at its checkpoint, and stays the one job of its model',
  roles: operators,
  params: OfJob,
  responses: { 202: { description: 'paused, or being stopped', schema: Job } },
  problems: ['job-ended'],
});

export const resumeJob = defineRoute({
  id: 'resumeTrainingJob',
  slice: 'training',
  method: 'POST',
  path: '/models/{model}/training-jobs/{job}/resume',
  summary: 'Let a paused training job go on from its checkpoint',
  roles: operators,
  params: OfJob,
  responses: { 202: { description: 'queued again', schema: Job } },
  problems: ['job-ended', 'job-not-paused'],
});

export const getSchedule = defineRoute({
  id: 'getSchedule',
  slice: 'training',
  method: 'GET',
  path: '/models/{model}/schedule',
  summary: 'When the model is trained again, and how far it is from that',
  roles: readers,
  params: OfModel,
  responses: { 200: { description: 'the schedule', schema: ScheduleState } },
});

export const putSchedule = defineRoute({
  id: 'putSchedule',
  slice: 'training',
  method: 'PUT',
  path: '/models/{model}/schedule',
  summary: 'Change when the model is trained again',
  roles: operators,
  params: OfModel,
  body: Schedule,
  responses: { 200: { description: 'the schedule', schema: ScheduleState } },
});

export const listDecisions = defineRoute({
  id: 'listTrainingDecisions',
  slice: 'training',
  method: 'GET',
  path: '/models/{model}/training-decisions',
  summary: 'Why the model was not trained, by day and reason, the newest first; of the last 90 days',
  roles: readers,
  params: OfModel,
  query: PageQuery,
  responses: { 200: { description: 'a page of decisions', schema: page(TrainingDecision) } },
});

export const listSubscriptions = defineRoute({
  id: 'listSubscriptions',
  slice: 'training',
  method: 'GET',
  path: '/notifications/subscriptions',
  summary: "Who is told of the tenant's trainings",
  roles: operators,
  query: PageQuery,
  responses: { 200: { description: 'a page of subscriptions', schema: page(Subscription) } },
});

export const postSubscription = defineRoute({
  id: 'postSubscription',
  slice: 'training',
  method: 'POST',
  path: '/notifications/subscriptions',
  summary: 'Tell somebody by mail or SMS when trainings begin, end or fail; a mail address has to confirm it first',
  roles: operators,
  body: NewSubscription,
  responses: { 201: { description: 'subscribed', schema: Subscription } },
  problems: ['already-subscribed'],
});

export const deleteSubscription = defineRoute({
  id: 'deleteSubscription',
  slice: 'training',
  method: 'DELETE',
  path: '/notifications/subscriptions/{subscription}',
  summary: 'Tell them no more',
  roles: operators,
  params: z.strictObject({ subscription: SubscriptionId }),
  responses: { 200: { description: 'what it was', schema: Subscription } },
});

export const postCollection = defineRoute({
  id: 'postCollection',
  slice: 'training',
  method: 'POST',
  path: '/models/{model}/collections',
  summary: 'Collect now: send waiting cases to be examined again, and train if that is due',
  roles: operators,
  params: OfModel,
  responses: { 202: { description: 'what the collection found', schema: Collection } },
});
