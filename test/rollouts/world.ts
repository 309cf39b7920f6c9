import type { LedgerRow } from '../../contracts/cases.ts';
import { objectKeys } from '../../contracts/keys.ts';
import { Model, type Policies } from '../../contracts/model.ts';
import type { NewRollout } from '../../contracts/rollouts.ts';
import type { VersionStatus } from '../../contracts/statuses.ts';
import type { GateFinding } from '../../contracts/versions.ts';
import { openLedger } from '../../functions/cases/index.ts';
import { packRows } from '../../functions/cases/ledger/segment-file.ts';
import { segmentEntity, subjectEntity } from '../../functions/cases/store/ledger-entities.ts';
import { openOutcomeSums, openPredictionCounts, openServing } from '../../functions/inference/index.ts';
import { openModels, openVersions, orderOf, versionEntity } from '../../functions/models/index.ts';
import { openAuditTrail } from '../../functions/platform/audit.ts';
import { sha256 } from '../../functions/platform/canonical-json.ts';
import { type Clock, systemClock } from '../../functions/platform/clock.ts';
import { openObjectStore } from '../../functions/platform/object-store.ts';
import { openTable } from '../../functions/platform/table.ts';
import { logger } from '../../functions/platform/telemetry.ts';
import { openAlarmStates } from '../../functions/rollouts/alarm-states.ts';
import type { RolloutRecord } from '../../functions/rollouts/domain/record.ts';
import { deployVersion } from '../../functions/rollouts/operations/deploy-version.ts';
import { expectRollout } from '../../functions/rollouts/operations/end-rollout.ts';
import { judgeRollout } from '../../functions/rollouts/operations/judge-rollout.ts';
import { openDeploymentStore } from '../../functions/rollouts/store/deployment-store.ts';
import { openEvidenceStores } from '../../functions/rollouts/store/evidence-items.ts';
import { openOutcomeReader } from '../../functions/rollouts/store/outcome-reader.ts';
import { schemaOf, taskOf } from '../inference/fixtures.ts';
import { startTestServices, type TestServices } from '../support/services.ts';
import { cases, type Fixture, fixture, sidecarOf } from './case-rows.ts';
import { openEmulatedAlarms } from './emulated-alarms.ts';
import { version } from './specimens.ts';

export { caseRow, cases } from './case-rows.ts';

/** Stages that end as soon as their pairs are there. */
const quickStages = [
  { name: 'shadow', weight: 0, minimumSeconds: 0, minimumPairs: 20 },
  { name: 'canary', weight: 20, minimumSeconds: 0, minimumPairs: 20 },
];
export const noHoldback = { percent: 0, minimumSeconds: 0 };
export const quickRollout = {
  margin: 0.05,
  minimumPairs: 40,
  tickSeconds: 1,
  stages: quickStages,
  holdback: noHoldback,
};

type Policy = Partial<Policies['rollout']>;
type Outcomes = Partial<Policies['outcomes']>;

const openParts = (services: TestServices) => {
  const table = openTable(services.tableName);
  const objects = openObjectStore(services.bucketName);
  return {
    table,
    objects,
    store: openDeploymentStore(table, systemClock),
    ...openEvidenceStores(table),
    outcomeSums: openOutcomeSums(table),
    outcomes: openOutcomeReader(table),
    counts: openPredictionCounts(table),
    models: openModels(table),
    versions: openVersions(table),
    ledger: openLedger(table, objects),
    serving: openServing({ objects }),
    audit: openAuditTrail(table, systemClock),
    alarms: openAlarmStates(),
    clock: systemClock,
    makeSalt: () => 'salt',
  };
};

interface NewVersion {
  /** Of its dataset. @default 0 */
  readonly cut?: number;
  readonly status?: VersionStatus;
  readonly gate?: GateFinding[];
  /** Whether its object is there. @default true */
  readonly artifact?: boolean;
  /** Whether its artifact is its own: the same answers under another digest. @default false */
  readonly stamped?: boolean;
}

/** The graph with a text of its own: a ModelProto's field 6, doc_string, of which the last one counts. */
const stamp = (graph: Uint8Array, text: string): Uint8Array =>
  Buffer.concat([graph, Buffer.from([(6 << 3) | 2, text.length]), Buffer.from(text)]);

/** A model of one tenant, with what a test does to it. */
export type Deployed = ReturnType<typeof deployedModel>;

const deployedModel = (parts: ReturnType<typeof openParts>, tenant: string, model: string) => {
  const { table, objects, models, versions, store } = parts;
  let sequence = 0;
  return {
    tenant,
    model,
    register: async (
      rollout: Policy = quickRollout,
      outcomes: Outcomes = {},
      name: Fixture = 'logistic',
    ): Promise<void> => {
      const at = new Date().toISOString();
      const declaration = { task: taskOf(name), schema: schemaOf(name), policies: { rollout, outcomes } };
      await models.save(tenant, Model.parse({ ...declaration, name: model, createdAt: at, updatedAt: at }), undefined);
    },
    /** Registers a version with the artifact of a fixture. */
    version: async (number: number, name: Fixture, given: NewVersion = {}): Promise<string> => {
      const graph = fixture(name, 'model.onnx');
      const { inputs, classes } = sidecarOf(name);
      const bytes = given.stamped === true ? stamp(graph, `v1.${number}.0`) : graph;
      const digest = sha256(bytes);
      if (given.artifact !== false) {
        await objects.writeOnce(objectKeys.artifact(tenant, digest), bytes, 'application/octet-stream');
      }
      const {
        status,
        rollout: _,
        ...record
      } = version(number, {
        artifact: { digest, bytes: bytes.length, format: 'onnx' },
        signature: { ...inputs, classes },
        gate: given.gate ?? [],
      });
      await versionEntity(table)
        .create({
          tenant,
          model,
          order: orderOf(record.version),
          status: given.status ?? status,
          record: { ...record, lineage: { ...record.lineage, cut: given.cut ?? 0 } },
        })
        .go();
      return record.version;
    },
    statusOf: async (name: string) => (await versions.get(tenant, model, name))?.status,
    /** Seals rows as the next segments, 25 in each. */
    seal: async (rows: readonly LedgerRow[]): Promise<void> => {
      for (let index = 0; index < rows.length; index += 25) {
        sequence += 1;
        const some = rows.slice(index, index + 25);
        const bytes = packRows(some);
        const segment = { sequence, sha256: sha256(bytes), cases: some.length, sealedAt: new Date().toISOString() };
        const key = objectKeys.segment(tenant, model, sequence, segment.sha256);
        await objects.writeOnce(key, bytes, 'application/gzip');
        for (const { subject } of some) {
          if (subject === null) continue;
          const known = await parts.ledger.firstSegments(tenant, model, [subject]);
          if (known.size > 0) continue;
          await subjectEntity(table).put({ tenant, model, subject, firstSegment: sequence, cases: 1 }).go();
        }
        await segmentEntity(table)
          .create({ tenant, model, key, ...segment })
          .go();
      }
    },
    /** A segment whose object is gone: nothing after it can be scored. */
    sealLost: async (): Promise<void> => {
      sequence += 1;
      await segmentEntity(table)
        .create({ tenant, model, sequence, key: 'lost', sha256: '', cases: 1, sealedAt: new Date().toISOString() })
        .go();
    },
    deploy: (name: string, overrideGate = false, given: Partial<NewRollout> = {}, clock: Clock = systemClock) =>
      deployVersion(
        { ...parts, clock },
        {
          tenant,
          model,
          version: name,
          actor: 'operator:user-1',
          reason: 'to see',
          kind: 'manual',
          overrideGate,
          ...given,
        },
      ),
    route: () => store.route(tenant, model),
  };
};

/** Starts an emulator and opens the slice on it. */
export const startWorld = async () => {
  const services = await startTestServices();
  logger.setLogLevel('SILENT');
  const parts = openParts(services);
  const alarms = openEmulatedAlarms();
  let count = 0;
  const recordOf = async (id: string): Promise<RolloutRecord> => {
    const owner = await parts.store.owner(id);
    const record = owner === undefined ? undefined : await parts.store.rollout(owner.tenant, owner.model, id);
    if (record === undefined) throw new Error(`${id} was begun`);
    return record;
  };
  return {
    ...parts,
    services,
    cloudWatch: {
      make: async (rollout: string, actions?: string[]) => alarms.make(await recordOf(rollout), actions),
      see: async (rollout: string, values: readonly number[], metric?: string) =>
        alarms.see(await recordOf(rollout), values, metric),
    },
    /** A model of its own for a test, with the champion v1.0.0 where a fixture is named for it. */
    begin: async (
      policy: Policy = quickRollout,
      champion: Fixture | null = 'logistic',
      outcomes: Outcomes = {},
    ): Promise<Deployed> => {
      count += 1;
      const deployed = deployedModel(parts, 'acme', `model-${count}`);
      await deployed.register(policy, outcomes, champion ?? undefined);
      if (champion !== null) await deployed.deploy(await deployed.version(0, champion));
      return deployed;
    },
  };
};

export type World = Awaited<ReturnType<typeof startWorld>>;

/** How a rollout is begun, and by which clock it is judged. */
interface RollOutOptions {
  readonly given?: Partial<NewRollout> | undefined;
  /** @default the system's */
  readonly clock?: Clock;
}

/** Deploys a version, with alarms that have seen a healthy answer, and gives what judges its rollout. */
export const rollOut = async (
  world: World,
  deployed: Deployed,
  version: string,
  { given, clock = systemClock }: RollOutOptions = {},
) => {
  const { tenant, model } = deployed;
  const { id } = await deployed.deploy(version, true, given, clock);
  await world.cloudWatch.make(id);
  await world.cloudWatch.see(id, [0]);
  const key = { tenant, model, rollout: id };
  return {
    id,
    judge: () => judgeRollout({ ...world, clock }, key),
    record: () => expectRollout(world.store, key),
    statistics: async () => {
      const found = await world.evidence.get(tenant, model, id);
      if (found === undefined) throw new Error(`the pairs of ${id} are counted from its beginning`);
      return found;
    },
    blocks: () => world.evidence.blocks(tenant, model, id),
  };
};

/** Deploys the version of a number and promotes it by its verdict. @returns its rollout */
export const promote = async (
  world: World,
  deployed: Deployed,
  number: number,
  given: NewVersion = {},
): Promise<string> => {
  const { id, judge, record } = await rollOut(world, deployed, await deployed.version(number, 'logistic', given));
  for (let round = 0; round < 4; round += 1) {
    await deployed.seal(cases(100, 100 * round));
    await judge();
  }
  const { status } = await record();
  if (status !== 'promoted') throw new Error(`Expected ${id} to be promoted, found it ${status}.`);
  return id;
};
