import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EvaluatedVersion, Evaluation } from '../../contracts/evaluations.ts';
import { type SideMetrics, SliceKind } from '../../contracts/metrics.ts';
import { seeded } from '../../contracts/seeded.ts';
import { EvaluationStatus } from '../../contracts/statuses.ts';
import { fitSlices } from '../../functions/monitoring/domain/evaluation/slice-budget.ts';
import { type EvaluationStore, openEvaluationStore } from '../../functions/monitoring/evaluations/evaluation-store.ts';
import { packResults } from '../../functions/monitoring/evaluations/packed-results.ts';
import { newId } from '../../functions/platform/ids.ts';
import { openTable } from '../../functions/platform/table.ts';
import { startTestServices, type TestServices } from '../support/services.ts';

const versions = ['v1.0.0', 'v1.1.0', 'v1.2.0', 'v1.3.0', 'v1.4.0'];
const mostBytes = 300_000;
const mostCases = 200_000;
const random = seeded(1);

/** A name of 100 characters of three bytes, as long as a class may be called. */
const longName = (): string =>
  String.fromCharCode(...Array.from({ length: 100 }, () => 0x4e00 + Math.floor(random() * 0x5000)));

/** As incompressible as metrics can be. */
const metricsOf = (classes: readonly string[], cases: number): SideMetrics => {
  const cells = classes.map(() => classes.map(() => Math.floor((random() * 2 * cases) / classes.length ** 2)));
  return {
    cases,
    accuracy: random(),
    balancedAccuracy: random(),
    precision: random(),
    recall: random(),
    f1: random(),
    logLoss: random(),
    brier: random(),
    rocAuc: random(),
    perClass: Object.fromEntries(
      classes.map((name) => [
        name,
        { precision: random(), recall: random(), f1: random(), cases: Math.floor(random() * cases) },
      ]),
    ),
    confusionMatrix: { classes: [...classes], counts: cells },
  };
};

const calibration = () =>
  Array.from({ length: 10 }, (_, bin) => ({
    from: bin / 10,
    to: (bin + 1) / 10,
    cases: Math.floor(random() * mostCases),
    meanProbability: random(),
    positiveShare: random(),
  }));

/** Ten fields of twenty values and the pooled one; the metrics of the first are as different as can be. */
const slicesOf = (classes: readonly string[]): EvaluatedVersion['slices'] => {
  const metrics = Array.from({ length: classes.length < 100 ? 210 : 5 }, () => metricsOf(classes, mostCases));
  return Array.from({ length: 210 }, (_, place) => ({
    field: `field-${Math.floor(place / 21)}`,
    value: `value-${place % 21}`,
    kind: SliceKind.Value,
    metrics: { ...(metrics[place % metrics.length] as SideMetrics), cases: mostCases - place },
  }));
};

const measured = (classes: readonly string[]) =>
  fitSlices(
    versions.map((version) => ({
      version,
      metrics: { ...metricsOf(classes, mostCases), calibration: calibration() },
      slices: slicesOf(classes),
      failures: 0,
      trainedOn: 0,
    })),
  );

const running = (time: number): Evaluation => ({
  id: newId('evl', time),
  model: 'clinic',
  status: EvaluationStatus.Running,
  versions,
  dataset: `ds_${'0'.repeat(64)}`,
  part: 'holdout',
  createdAt: new Date(time).toISOString(),
});

const declared: [string, string[]][] = [
  ['two classes', ['benign', 'malignant']],
  ['twenty classes', Array.from({ length: 20 }, (_, index) => `class-${index}`)],
  ['a hundred classes', Array.from({ length: 100 }, (_, index) => `class-${index}`)],
  ['a hundred classes of the longest names', Array.from({ length: 100 }, longName)],
];

describe('the slices of an evaluation', () => {
  it('are the same of every version, those of most cases, in their order, and the others are counted', () => {
    const { results, slicesLeftOut } = measured(['benign', 'malignant']);
    const [first, ...others] = results.map(({ slices }) => slices.map(({ field, value }) => `${field} ${value}`));
    for (const other of others) expect(other).toEqual(first);
    const whole = slicesOf(['a', 'b']).map(({ field, value }) => `${field} ${value}`);
    expect(first).toEqual(whole.slice(0, first?.length));
    expect(slicesLeftOut).toBe(whole.length - (first?.length ?? 0));
    expect(first?.length).toBeGreaterThan(50);
  });

  it('are all told where they are few', () => {
    const slices = slicesOf(['a', 'b']).slice(0, 21);
    const result = { version: 'v1.0.0', metrics: metricsOf(['a', 'b'], 9), slices, failures: 0, trainedOn: 0 };
    expect(fitSlices([result])).toEqual({ results: [result], slicesLeftOut: 0 });
  });
});

describe('an evaluation of five versions and ten fields', () => {
  let services: TestServices;
  let store: EvaluationStore;

  beforeAll(async () => {
    services = await startTestServices();
    store = openEvaluationStore(openTable(services.tableName));
  });
  afterAll(() => services.dispose());

  it.each(declared)('fits its item with %s', async (_, classes) => {
    const evaluation = running(Date.now());
    const ended = { ...evaluation, status: EvaluationStatus.Completed, cases: mostCases, ...measured(classes) };
    expect(packResults(ended.results).length).toBeLessThan(mostBytes);
    await store.create('acme', evaluation);
    await expect(store.end('acme', ended)).resolves.toBe(true);
    await expect(store.get('acme', 'clinic', evaluation.id)).resolves.toEqual(ended);
  });

  it('is listed without its results, however many there are', async () => {
    const results = measured(declared[3]?.[1] ?? []);
    const ids: string[] = [];
    for (let count = 0; count < 9; count += 1) {
      const evaluation = running(Date.now() + count);
      await store.create('beta', evaluation);
      await store.end('beta', { ...evaluation, status: EvaluationStatus.Completed, ...results });
      ids.unshift(evaluation.id);
    }
    const listed = await store.list('beta', 'clinic', 8);
    expect(listed.map(({ id }) => id)).toEqual(ids.slice(0, 8));
    for (const evaluation of listed) expect(evaluation).not.toHaveProperty('results');
    expect((await store.list('beta', 'clinic', 8, ids[7])).map(({ id }) => id)).toEqual(ids.slice(8));
  });
});
