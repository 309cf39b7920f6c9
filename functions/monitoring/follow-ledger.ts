import { isUnseen } from '../../contracts/datasets.ts';
import type { ModelSchema } from '../../contracts/model.ts';
import type { Servable } from '../../contracts/route-item.ts';
import type { Ledger, OpenedSegment } from '../cases/index.ts';
import { ArtifactError, ModelFailureError, type RouteReader, type Serving } from '../inference/index.ts';
import type { Models } from '../models/index.ts';
import { type Clock, timestamp } from '../platform/clock.ts';
import { type Judged, tally } from './domain/tally.ts';
import type { PerformanceStore, Point } from './store/performance.ts';

export interface FollowDependencies {
  readonly models: Pick<Models, 'get'>;
  readonly routes: RouteReader;
  readonly ledger: Ledger;
  readonly serving: Pick<Serving, 'load'>;
  readonly performance: PerformanceStore;
  readonly clock: Clock;
}

/** Segments of one transaction: a point for each of two versions, two totals and the cursor. */
const segmentsAtOnce = 40;

/** A version that cannot be loaded fails on every case. */
const answersOf = async (
  serving: Pick<Serving, 'load'>,
  tenant: string,
  version: Servable,
  schema: ModelSchema,
  rows: readonly OpenedSegment['rows'][number][],
): Promise<Judged[]> => {
  try {
    const loaded = await serving.load(tenant, version);
    const answers = await loaded.predictEach(
      rows.map(({ input }) => input),
      schema,
    );
    return rows.map(({ label }, index) => {
      const answer = answers[index];
      return { label, answer: answer instanceof ModelFailureError ? undefined : answer?.label };
    });
  } catch (error) {
    if (error instanceof ArtifactError) return rows.map(({ label }) => ({ label, answer: undefined }));
    throw error;
  }
};

const pointsOf = async (
  { ledger, serving, clock }: FollowDependencies,
  tenant: string,
  model: string,
  schema: ModelSchema,
  version: Servable,
  segments: readonly OpenedSegment[],
): Promise<Point[]> => {
  const subjects = segments.flatMap(({ rows }) => rows.flatMap(({ subject }) => subject ?? []));
  const first = await ledger.firstSegments(tenant, model, subjects);
  const points: Point[] = [];
  for (const { sequence, rows } of segments) {
    const unseen = rows.filter(({ subject }) =>
      isUnseen(version.cut, sequence, subject === null ? undefined : first.get(subject)),
    );
    if (unseen.length === 0) continue;
    const answers = await answersOf(serving, tenant, version, schema, unseen);
    points.push({ version: version.version, segment: sequence, at: timestamp(clock), tally: tally(answers) });
  }
  return points;
};

/**
 * Scores the versions that serve on the segments that came since the last time, each case once, and only on cases
 * that the version was not trained on. Whoever comes second finds the cursor moved and leaves.
 *
 * @returns how many segments were scored
 */
export const followLedger = async (dependencies: FollowDependencies, tenant: string, name: string): Promise<number> => {
  const { models, routes, ledger, performance } = dependencies;
  const [model, route] = await Promise.all([models.get(tenant, name), routes.get(tenant, name)]);
  if (model === undefined || route === undefined) return 0;
  const versions = [route.champion, ...(route.challenger === undefined ? [] : [route.challenger])];
  let scored = 0;
  for (;;) {
    const cursor = await performance.cursor(tenant, name);
    const from = Math.max(cursor ?? 0, Math.min(...versions.map(({ cut }) => cut)));
    const segments = await ledger.openAfter(tenant, name, from, segmentsAtOnce);
    const last = segments.at(-1);
    if (last === undefined) return scored;
    const points = await Promise.all(
      versions.map((version) => pointsOf(dependencies, tenant, name, model.schema, version, segments)),
    );
    if (!(await performance.record(tenant, name, cursor, last.sequence, points.flat()))) return scored;
    scored += segments.length;
  }
};
