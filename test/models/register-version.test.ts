import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { GateFinding } from '../../contracts/versions.ts';
import type { RegisterInput } from '../../contracts/workflows.ts';
import { openVersions, type Versions } from '../../functions/models/index.ts';
import { type AuditTrail, openAuditTrail } from '../../functions/platform/audit.ts';
import { systemClock } from '../../functions/platform/clock.ts';
import { newId } from '../../functions/platform/ids.ts';
import { openTable } from '../../functions/platform/table.ts';
import { startTestServices, type TestServices } from '../support/services.ts';

let services: TestServices;
let versions: Versions;
let trail: AuditTrail;
let handler: (event: unknown) => Promise<unknown>;
let tenant: string;
let tenants = 0;

beforeAll(async () => {
  services = await startTestServices();
  process.env.TABLE_NAME = services.tableName;
  const table = openTable(services.tableName);
  versions = openVersions(table);
  trail = openAuditTrail(table, systemClock);
  ({ handler } = await import('../../functions/models/register-version.ts'));
}, 120_000);

afterAll(async () => {
  await services?.dispose();
});

beforeEach(() => {
  tenants += 1;
  tenant = `tenant-${tenants}`;
});

const digest = 'ab'.repeat(32);
const dataset = `ds_${'12'.repeat(32)}`;
const metrics = {
  cases: 40,
  accuracy: 0.95,
  balancedAccuracy: 0.94,
  precision: 0.95,
  recall: 0.94,
  f1: 0.945,
  logLoss: 0.2,
  rocAuc: 0.99,
  perClass: {},
  confusionMatrix: { classes: ['malignant', 'benign'], counts: [] },
};
const passed: GateFinding = { check: 'parity', passed: true, detail: 'at most 0.0001 apart', numbers: { apart: 1e-6 } };
const worse: GateFinding = { check: 'not-worse', passed: false, detail: 'expected no worse than v1.0.0, p is 0.01.' };
const broken: GateFinding = { check: 'digest', passed: false, detail: 'expected aa, found bb.' };

const inputOf = (given: Partial<RegisterInput> = {}): RegisterInput => ({
  tenant,
  model: 'clinic',
  job: newId('job', Date.now()),
  attempt: 1,
  rollOut: true,
  snapshot: { dataset, cut: 7, manifestKey: 'manifest.json', segmentListKey: 'segments.manifest' },
  trained: { artifactKey: 'model.tar.gz' },
  gate: {
    passed: true,
    integrity: true,
    findings: [passed],
    artifact: { digest, bytes: 2048 },
    sidecar: {
      formatVersion: 1,
      recipe: 'tabular',
      algorithm: 'logistic-regression',
      codeVersion: '0.1.0',
      seed: 42,
      datasetId: dataset,
      inputs: { numeric: ['radius'], categorical: ['side'] },
      classes: ['malignant', 'benign'],
      metric: 'accuracy',
      onnx: { sha256: digest, bytes: 2048, nodes: 12 },
      metrics: { training: null, holdout: metrics, crossValidation: null },
    },
  },
  ...given,
});

const rejectedFor = (finding: GateFinding, integrity: boolean): RegisterInput => {
  const input = inputOf();
  return { ...input, gate: { ...input.gate, passed: false, integrity, findings: [passed, finding] } };
};

const listed = async (): Promise<string[]> =>
  (await versions.list(tenant, 'clinic', 100)).map(({ version }) => version);
const audited = async () => (await trail.page(tenant, 100)).items;

describe('a version that passed the gate', () => {
  test('is v1.0.0 where it is the first, and then the next minor', async () => {
    expect(await handler(inputOf())).toEqual({ version: 'v1.0.0', passed: true, rollOut: true });
    expect(await handler(inputOf())).toMatchObject({ version: 'v1.1.0' });
    expect(await handler(inputOf())).toMatchObject({ version: 'v1.2.0' });
  });

  test('is stored in staging with artifact, signature, lineage, metrics and findings', async () => {
    const input = inputOf();
    await handler(input);
    expect(await versions.get(tenant, 'clinic', 'v1.0.0')).toEqual({
      version: 'v1.0.0',
      status: 'staging',
      createdAt: expect.any(String),
      artifact: { digest, bytes: 2048, format: 'onnx' },
      signature: { numeric: ['radius'], categorical: ['side'], classes: ['malignant', 'benign'] },
      lineage: {
        dataset,
        cut: 7,
        job: input.job,
        codeVersion: '0.1.0',
        recipe: 'tabular',
        algorithm: 'logistic-regression',
        seed: 42,
      },
      metrics: { training: null, holdout: metrics, crossValidation: null },
      gate: [passed],
    });
  });

  test('is audited', async () => {
    const { job } = inputOf();
    await handler(inputOf({ job }));
    expect(await audited()).toMatchObject([
      {
        action: 'version-registered',
        actor: `training:${job}`,
        subjectOfAction: 'v1.0.0',
        numbers: { holdoutAccuracy: 0.95, cut: 7 },
      },
    ]);
  });

  test('stays out of a rollout where the job says so', async () => {
    expect(await handler(inputOf({ rollOut: false }))).toEqual({ version: 'v1.0.0', passed: true, rollOut: false });
  });
});

describe('a version of bad quality', () => {
  test('is registered as rejected, so that an operator may look at it, and audited with what it failed', async () => {
    expect(await handler(rejectedFor(worse, true))).toMatchObject({ version: 'v1.0.0', passed: false });
    expect(await versions.get(tenant, 'clinic', 'v1.0.0')).toMatchObject({
      status: 'rejected',
      gate: [passed, worse],
    });
    expect(await audited()).toMatchObject([
      { action: 'version-rejected', subjectOfAction: 'v1.0.0', reason: expect.stringContaining('not-worse: expected') },
    ]);
  });
});

describe('an artifact that is not whole', () => {
  test('gets no version, an error that the machine knows, and an entry in the audit', async () => {
    const input = rejectedFor(broken, false);
    await expect(handler(input)).rejects.toMatchObject({
      name: 'IntegrityError',
      message: expect.stringMatching(/digest: expected aa, found bb\); train again\.$/),
    });
    expect(await listed()).toEqual([]);
    expect(await audited()).toMatchObject([{ action: 'version-rejected', subjectOfAction: input.job }]);
  });

  test('is refused again in the same way, and audited once', async () => {
    const input = rejectedFor(broken, false);
    await expect(handler(input)).rejects.toThrow('train again');
    await expect(handler({ ...input, attempt: 2 })).rejects.toThrow('train again');
    expect(await audited()).toHaveLength(1);
  });

  test('costs no number', async () => {
    await expect(handler(rejectedFor(broken, false))).rejects.toThrow();
    expect(await handler(inputOf())).toMatchObject({ version: 'v1.0.0' });
  });
});

describe('registering again', () => {
  test('gives a task that is tried again the same version, and audits it once', async () => {
    const input = inputOf();
    const first = await handler(input);
    expect(await handler(input)).toEqual(first);
    expect(await listed()).toEqual(['v1.0.0']);
    expect(await audited()).toHaveLength(1);
  });

  test('gives another attempt of the job the same answer, whatever the gate says by then', async () => {
    const input = inputOf();
    await handler(input);
    const later = { ...rejectedFor(worse, true), job: input.job, attempt: 2 };
    expect(await handler(later)).toEqual({ version: 'v1.0.0', passed: true, rollOut: true });
    expect(await listed()).toEqual(['v1.0.0']);
  });

  test('gives the answer that was given, also once the version has moved on', async () => {
    const input = rejectedFor(worse, true);
    await handler(input);
    await versions.move(tenant, 'clinic', 'v1.0.0', 'shadow');
    expect(await handler(input)).toMatchObject({ version: 'v1.0.0', passed: false });
  });
});

describe('many at once', () => {
  test('jobs get distinct versions without a gap, and one chain of audit', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => handler(inputOf())));
    const names = answers.map((answer) => (answer as { version: string }).version);
    expect(names.sort()).toEqual(['v1.0.0', 'v1.1.0', 'v1.2.0', 'v1.3.0', 'v1.4.0', 'v1.5.0']);
    expect(await listed()).toHaveLength(6);
    expect((await audited()).map(({ number }) => number)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('attempts of one job get one version', async () => {
    const input = inputOf();
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => handler({ ...input, attempt: index + 1 })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await listed()).toEqual(['v1.0.0']);
  });

  test('models and tenants have numbers of their own', async () => {
    await handler(inputOf());
    expect(await handler(inputOf({ model: 'other' }))).toMatchObject({ version: 'v1.0.0' });
    expect(await handler(inputOf({ tenant: `${tenant}-other` }))).toMatchObject({ version: 'v1.0.0' });
  });
});

test('an input that is not the contract is refused by its fault', async () => {
  await expect(handler({ ...inputOf(), colour: 'red' })).rejects.toThrow(/colour/);
  const { artifact: _, ...gate } = inputOf().gate;
  await expect(handler({ ...inputOf(), gate })).rejects.toThrow(/Expected the gate to give the artifact/);
});
