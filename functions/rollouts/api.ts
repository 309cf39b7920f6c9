import { randomBytes } from 'node:crypto';
import { RolloutId } from '../../contracts/identifiers.ts';
import { RolloutKind } from '../../contracts/rollouts.ts';
import { rollouts as routes } from '../../contracts/routes/index.ts';
import { isFinishedRollout } from '../../contracts/statuses.ts';
import { openCaseRate } from '../cases/index.ts';
import { openOutcomeSums } from '../inference/index.ts';
import { openModels, openVersions } from '../models/index.ts';
import { openAuditTrail } from '../platform/audit.ts';
import { systemClock, timestamp } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { decodeCursor, pageOf } from '../platform/cursor.ts';
import { notFound, Problem } from '../platform/errors.ts';
import { openIdempotency } from '../platform/idempotency.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { actorOf } from '../platform/principal.ts';
import { openRefusals } from '../platform/refusals.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import type { Evidence } from './domain/changes.ts';
import type { RolloutRecord } from './domain/record.ts';
import { Judging, judgingOf } from './domain/strategy.ts';
import { openRolloutMachine } from './machine.ts';
import { answerApproval } from './operations/answer-approval.ts';
import { beginDrill } from './operations/begin-drill.ts';
import { deployVersion } from './operations/deploy-version.ts';
import { planRollout } from './operations/plan-rollout.ts';
import { readEvidence } from './operations/read-evidence.ts';
import { rollBackByHand } from './operations/roll-back.ts';
import { startMachine } from './operations/start-machine.ts';
import { presentRollout, presentRoute } from './present.ts';
import { openDeploymentStore } from './store/deployment-store.ts';
import { openEvidenceStores } from './store/evidence-items.ts';

const config = readConfig('rollouts/api');
const table = openTable(config.TABLE_NAME);
const clock = systemClock;
const store = openDeploymentStore(table, clock);
const stores = openEvidenceStores(table);
const models = openModels(table);
const machine = openRolloutMachine(config.ROLLOUT_MACHINE_ARN);
const dependencies = {
  ...stores,
  store,
  models,
  versions: openVersions(table),
  outcomeSums: openOutcomeSums(table),
  caseRate: openCaseRate(table),
  objects: openObjectStore(config.BUCKET_NAME),
  clock,
  makeSalt: () => randomBytes(16).toString('hex'),
};

/** What a rollout has counted; the record of one that has ended says it all. */
const countedBy = async (tenant: string, model: string, record: RolloutRecord): Promise<Evidence | undefined> =>
  isFinishedRollout(record.status) ? undefined : readEvidence(dependencies, tenant, model, record);

const expectModel = async (tenant: string, model: string): Promise<void> => {
  if ((await models.get(tenant, model)) === undefined) throw notFound(`a model ${model}`);
};

/** The routes of rollouts. */
export const handler = serve(
  routes,
  {
    postRollout: async ({ principal, params: { model }, body }) => {
      const { tenant } = principal;
      const actor = actorOf(principal);
      const rollout = await deployVersion(dependencies, { ...body, tenant, model, actor, kind: RolloutKind.Manual });
      await startMachine(machine, { tenant, model, rollout });
      return { status: 202, body: presentRollout(rollout, model, timestamp(clock)) };
    },
    listRollouts: async ({ principal: { tenant }, params: { model }, query: { limit, cursor } }) => {
      await expectModel(tenant, model);
      const { items, ...rest } = pageOf(
        await store.list(tenant, model, limit + 1, decodeCursor(cursor, RolloutId)),
        limit,
        ({ id }) => id,
      );
      const rollouts = await Promise.all(
        items.map(async (record) => {
          const counted = await countedBy(tenant, model, record);
          return presentRollout(record, model, timestamp(clock), counted);
        }),
      );
      return { status: 200, body: { ...rest, items: rollouts } };
    },
    getRollout: async ({ principal: { tenant }, params: { model, rollout } }) => {
      const record = await store.rollout(tenant, model, rollout);
      if (record === undefined) throw notFound(`a rollout ${rollout} of ${model}`);
      const [counted, blocks, randomisedBlocks] = await Promise.all([
        countedBy(tenant, model, record),
        stores.evidence.blocks(tenant, model, rollout),
        stores.randomised.blocks(tenant, model, rollout),
      ]);
      const isRandomised = judgingOf(record) === Judging.Randomised;
      const shown = isRandomised ? { randomisedBlocks } : { blocks };
      return { status: 200, body: presentRollout(record, model, timestamp(clock), counted, shown) };
    },
    postRollback: async ({ principal, params: { model }, body }) => {
      const { tenant } = principal;
      await expectModel(tenant, model);
      const request = { tenant, model, actor: actorOf(principal), ...body };
      const { route, ...done } = await rollBackByHand(dependencies, request);
      return { status: 200, body: { ...done, current: presentRoute(route, model) } };
    },
    postApproval: async ({ principal, params: { model, rollout }, body }) => {
      const { tenant } = principal;
      const record = await answerApproval(dependencies, {
        tenant,
        model,
        rollout,
        actor: actorOf(principal),
        ...body,
      });
      const counted = await countedBy(tenant, model, record);
      return { status: 200, body: presentRollout(record, model, timestamp(clock), counted) };
    },
    postDrill: async ({ principal, params: { model }, body: { reason } }) => {
      const { tenant } = principal;
      const rollout = await beginDrill(dependencies, { tenant, model, actor: actorOf(principal), reason });
      await startMachine(machine, { tenant, model, rollout });
      return { status: 202, body: presentRollout(rollout, model, timestamp(clock)) };
    },
    postPlan: async ({ principal: { tenant }, params: { model }, body }) => ({
      status: 200,
      body: await planRollout(dependencies, { tenant, model, asked: body }),
    }),
    getCurrent: async ({ principal: { tenant }, params: { model } }) => {
      await expectModel(tenant, model);
      const route = await store.route(tenant, model);
      if (route === undefined) {
        throw new Problem(
          'no-champion',
          `No version of ${model} serves yet. Train one, or deploy one that was trained.`,
        );
      }
      return { status: 200, body: presentRoute(route, model) };
    },
  },
  { idempotency: openIdempotency(table, clock), onRefused: openRefusals(openAuditTrail(table, clock), clock) },
);
