import * as z from 'zod';
import { Collection } from '../cases.ts';
import { JobId, ModelName } from '../identifiers.ts';
import { PageQuery, page } from '../pages.ts';
import { operators, readers } from '../roles.ts';
import { Job, NewJob, Schedule, ScheduleState } from '../training.ts';
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
  problems: ['training-running', 'too-few-cases'],
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
