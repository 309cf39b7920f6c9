import { randomBytes } from 'node:crypto';
import { RolloutId } from '../../contracts/identifiers.ts';
import { RolloutKind } from '../../contracts/rollouts.ts';
import { rollouts as routes } from '../../contracts/routes/index.ts';
import { isFinishedRollout } from '../../contracts/statuses.ts';
import { openModels, openVersions } from '../models/index.ts';
import { systemClock, timestamp } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { decodeCursor, pageOf } from '../platform/cursor.ts';
import { notFound, Problem } from '../platform/errors.ts';
import { openIdempotency } from '../platform/idempotency.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { actorOf } from '../platform/principal.ts';
import { serve } from '../platform/serve.ts';
import { openTable } from '../platform/table.ts';
import { openRolloutMachine } from './machine.ts';
import { deployVersion } from './operations/deploy-version.ts';
import { rollBackByHand } from './operations/roll-back.ts';
import { startMachine } from './operations/start-machine.ts';
import { presentRollout, presentRoute } from './present.ts';
import { openDeploymentStore } from './store/deployment-store.ts';
import { openEvidenceStore } from './store/evidence-store.ts';

const config = readConfig('rollouts/api');
const table = openTable(config.TABLE_NAME);
const clock = systemClock;
const store = openDeploymentStore(table, clock);
const evidence = openEvidenceStore(table);
const models = openModels(table);
const machine = openRolloutMachine(config.ROLLOUT_MACHINE_ARN);
const dependencies = {
  store,
  evidence,
  models,
  versions: openVersions(table),
  objects: openObjectStore(config.BUCKET_NAME),
  clock,
  makeSalt: () => randomBytes(16).toString('hex'),
};

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
          const statistics = isFinishedRollout(record.status)
            ? undefined
            : await evidence.get(tenant, model, record.id);
          return presentRollout(record, model, timestamp(clock), statistics);
        }),
      );
      return { status: 200, body: { ...rest, items: rollouts } };
    },
    getRollout: async ({ principal: { tenant }, params: { model, rollout } }) => {
      const [record, statistics, blocks] = await Promise.all([
        store.rollout(tenant, model, rollout),
        evidence.get(tenant, model, rollout),
        evidence.blocks(tenant, model, rollout),
      ]);
      if (record === undefined) throw notFound(`a rollout ${rollout} of ${model}`);
      return { status: 200, body: presentRollout(record, model, timestamp(clock), statistics, blocks) };
    },
    postRollback: async ({ principal, params: { model }, body }) => {
      const { tenant } = principal;
      await expectModel(tenant, model);
      const request = { tenant, model, actor: actorOf(principal), ...body };
      const { route, ...done } = await rollBackByHand(dependencies, request);
      return { status: 200, body: { ...done, current: presentRoute(route, model) } };
    },
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
  openIdempotency(table, clock),
);
