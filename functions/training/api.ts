import * as z from 'zod';
import { JobId, SubscriptionId } from '../../contracts/identifiers.ts';
import type { Model } from '../../contracts/model.ts';
import { training as routes } from '../../contracts/routes/index.ts';
import { openCaseCounts, openRequeue } from '../cases/index.ts';
import { openModels } from '../models/index.ts';
import { openAuditTrail } from '../platform/audit.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { decodeCursor, pageOf } from '../platform/cursor.ts';
import { notFound } from '../platform/errors.ts';
import { openIdempotency } from '../platform/idempotency.ts';
import { newId } from '../platform/ids.ts';
import { actorOf } from '../platform/principal.ts';
import { openRefusals } from '../platform/refusals.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { presentJob } from './domain/present-job.ts';
import { presentSchedule } from './domain/training-state.ts';
import { Occasion } from './domain/trigger.ts';
import { openSubscriptionStore } from './notifications/subscription-store.ts';
import { openSubscriptions } from './notifications/subscriptions.ts';
import { cancelJob } from './operations/cancel-job.ts';
import { changeSchedule } from './operations/change-schedule.ts';
import { pauseJob } from './operations/pause-job.ts';
import { readJob } from './operations/read-job.ts';
import { requestTraining } from './operations/request-training.ts';
import { resumeJob } from './operations/resume-job.ts';
import { considerTraining } from './operations/start-training.ts';
import { openRetrainMachine } from './services/machine.ts';
import { openProgramLog } from './services/program-log.ts';
import { openTaskTokens } from './services/task-tokens.ts';
import { openTrainingService } from './services/training-service.ts';
import { openBudget } from './store/budget.ts';
import { openDecisions, placeOf } from './store/decisions.ts';
import { openTrainingStore } from './store/training-store.ts';

const config = readConfig('training/api');
const table = openTable(config.TABLE_NAME);
const clock = systemClock;
const store = openTrainingStore(table, clock);
const counts = openCaseCounts(table);
const models = openModels(table);
const requeue = openRequeue(table, config.COLLECT_QUEUE_URL, clock);
const decisions = openDecisions(table, clock);
const subscribed = openSubscriptionStore(table);
const topicPlace = { topicPrefix: config.NOTICE_TOPIC_PREFIX, keyArn: config.DATA_KEY_ARN };
const subscriptions = openSubscriptions(subscribed, topicPlace, clock);
const dependencies = {
  store,
  counts,
  machine: openRetrainMachine(config.RETRAIN_MACHINE_ARN),
  service: openTrainingService(),
  tokens: openTaskTokens(),
  budget: openBudget(table, clock),
  decisions,
  readLog: openProgramLog(config.TRAINING_LOG_GROUP),
  clock,
};

/** A place in the list of decisions: a day and a reason. */
const DecisionPlace = z.string().regex(/^\d{4}-\d\d-\d\d#[a-z-]+$/);

/** Seconds after which a received case is no longer simply on its way. */
const patienceSeconds = 60;

const findModel = async (tenant: string, name: string): Promise<Model> => {
  const model = await models.get(tenant, name);
  if (model === undefined) throw notFound(`a model ${name}`);
  return model;
};

const newCasesOf = async (tenant: string, model: string): Promise<number> => {
  const [head, trained] = await Promise.all([counts.head(tenant, model), counts.trained(tenant, model)]);
  return head.accepted - trained;
};

/** The routes of training. */
export const handler = serve(
  routes,
  {
    postJob: async ({ principal, params, body }) => {
      const model = await findModel(principal.tenant, params.model);
      const request = { ...body, actor: actorOf(principal) };
      const job = await requestTraining(dependencies, principal.tenant, model, request);
      return { status: 202, body: presentJob(model.name, job) };
    },
    listJobs: async ({ principal: { tenant }, params, query: { limit, cursor } }) => {
      const { name } = await findModel(tenant, params.model);
      const found = await store.list(tenant, name, limit + 1, decodeCursor(cursor, JobId));
      const { items, ...rest } = pageOf(found, limit, ({ id }) => id);
      return { status: 200, body: { ...rest, items: items.map((job) => presentJob(name, job)) } };
    },
    getJob: async ({ principal: { tenant }, params: { model, job: id } }) => {
      const { job, printed } = await readJob(dependencies, { tenant, model, job: id });
      return { status: 200, body: presentJob(model, job, printed) };
    },
    cancelJob: async ({ principal, params: { model, job } }) => {
      const cancelled = await cancelJob(dependencies, { tenant: principal.tenant, model, job }, actorOf(principal));
      return { status: 202, body: presentJob(model, cancelled) };
    },
    pauseJob: async ({ principal, params: { model, job } }) => {
      const paused = await pauseJob(dependencies, { tenant: principal.tenant, model, job }, actorOf(principal));
      return { status: 202, body: presentJob(model, paused) };
    },
    resumeJob: async ({ principal, params: { model, job } }) => {
      const resumed = await resumeJob(dependencies, { tenant: principal.tenant, model, job }, actorOf(principal));
      return { status: 202, body: presentJob(model, resumed) };
    },
    getSchedule: async ({ principal: { tenant }, params }) => {
      const { name, policies } = await findModel(tenant, params.model);
      const state = await store.state(tenant, name);
      return { status: 200, body: presentSchedule(state, policies.training, await newCasesOf(tenant, name)) };
    },
    putSchedule: async ({ principal, params, body }) => {
      const { tenant } = principal;
      const { name, policies } = await findModel(tenant, params.model);
      const state = await changeSchedule(store, tenant, name, body, actorOf(principal));
      return { status: 200, body: presentSchedule(state, policies.training, await newCasesOf(tenant, name)) };
    },
    listDecisions: async ({ principal: { tenant }, params, query: { limit, cursor } }) => {
      const { name } = await findModel(tenant, params.model);
      const found = await decisions.list(tenant, name, limit + 1, decodeCursor(cursor, DecisionPlace));
      const { items, ...rest } = pageOf(found, limit, placeOf);
      return { status: 200, body: { ...rest, items: [...items] } };
    },
    listSubscriptions: async ({ principal: { tenant }, query: { limit, cursor } }) => {
      const found = await subscribed.list(tenant, limit + 1, decodeCursor(cursor, SubscriptionId));
      const { items, ...rest } = pageOf(found, limit, ({ id }) => id);
      return { status: 200, body: { ...rest, items: [...items] } };
    },
    postSubscription: async ({ principal: { tenant }, body }) => {
      await Promise.all((body.models ?? []).map((name) => findModel(tenant, name)));
      return { status: 201, body: await subscriptions.add(tenant, body) };
    },
    deleteSubscription: async ({ principal: { tenant }, params: { subscription } }) => {
      const ended = await subscriptions.remove(tenant, subscription);
      if (ended === undefined) throw notFound(`a subscription ${subscription}`);
      return { status: 200, body: ended };
    },
    postCollection: async ({ principal, params }) => {
      const { tenant } = principal;
      const model = await findModel(tenant, params.model);
      const requeued = await requeue(tenant, model.name, patienceSeconds);
      const { decision, newCases, job } = await considerTraining(dependencies, tenant, model, Occasion.Collection, {
        actor: actorOf(principal),
      });
      const id = newId('col', clock.now());
      return { status: 202, body: { id, model: model.name, requeued, newCases, trigger: decision, job: job?.id } };
    },
  },
  { idempotency: openIdempotency(table, clock), onRefused: openRefusals(openAuditTrail(table, clock), clock) },
);
