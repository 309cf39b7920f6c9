import { isUnseen } from '../../../contracts/datasets.ts';
import type { ModelSchema } from '../../../contracts/model.ts';
import { toleranceOf } from '../../../contracts/right-answer.ts';
import type { Servable } from '../../../contracts/route-item.ts';
import type { Ledger, OpenedSegment } from '../../cases/index.ts';
import { ArtifactError, ModelFailureError, type RouteReader, type Serving } from '../../inference/index.ts';
import type { Models } from '../../models/index.ts';
import { type Clock, timestamp } from '../../platform/clock.ts';
import { type Answered, addAnswers, pointsOf } from '../domain/tally.ts';
import type { PerformanceStore, Scored } from './performance-store.ts';

export interface ScoreDependencies {
  readonly models: Pick<Models, 'get'>;
  readonly routes: RouteReader;
  readonly ledger: Ledger;
  readonly serving: Pick<Serving, 'load'>;
  readonly performance: PerformanceStore;
  readonly clock: Clock;
}

/** Segments of one transaction: with two versions, 1 cursor, 2 totals and 80 points. */
const segmentsAtOnce = 40;
/** Rounds of one call: a thousand segments with 25 cases each would take longer than a function may. */
const maximumRounds = 20;

/**
 * Scores the versions that serve now on every case accepted since the last time, each case once: who loses the race for
 * the cursor reads again.
 *
 * @returns whether all segments were scored; if not, call again
 */
export const scoreCases = async (dependencies: ScoreDependencies, tenant: string, model: string): Promise<boolean> => {
  for (let round = 0; round < maximumRounds; round += 1) {
    if ((await scoreOnce(dependencies, tenant, model)) === 'nothing-new') return true;
  }
  return false;
};

const scoreOnce = async (
  dependencies: ScoreDependencies,
  tenant: string,
  name: string,
): Promise<'nothing-new' | 'scored' | 'overtaken'> => {
  const { models, routes, ledger, performance, clock } = dependencies;
  const [model, route, from] = await Promise.all([
    models.get(tenant, name),
    routes.get(tenant, name),
    performance.cursor(tenant, name),
  ]);
  if (model === undefined || route === undefined) return 'nothing-new';
  const versions = [route.champion, ...(route.challenger === undefined ? [] : [route.challenger])];
  // What every version was trained on says nothing about any of them.
  const start = Math.max(from, Math.min(...versions.map(({ cut }) => cut)));
  const segments = await ledger.openAfter(tenant, name, start, segmentsAtOnce);
  const last = segments.at(-1);
  if (last === undefined) return 'nothing-new';

  const firstSegments = await ledger.firstSegments(
    tenant,
    name,
    segments.flatMap(({ rows }) => rows.flatMap(({ subject }) => subject ?? [])),
  );
  const tolerance = toleranceOf(model.schema);
  const scored = await Promise.all(
    versions.map(async (version): Promise<Scored> => {
      const [answers, totals] = await Promise.all([
        askVersion(dependencies, tenant, model.schema, version, segments, firstSegments),
        performance.totals(tenant, name, version.version),
      ]);
      return {
        version: version.version,
        totals: addAnswers(totals, answers, tolerance),
        points: pointsOf(answers, tolerance),
      };
    }),
  );
  const move = { from, to: last.sequence, at: timestamp(clock) };
  return (await performance.record(tenant, name, move, scored)) ? 'scored' : 'overtaken';
};

const askVersion = async (
  { serving }: ScoreDependencies,
  tenant: string,
  schema: ModelSchema,
  servable: Servable,
  segments: readonly OpenedSegment[],
  firstSegments: ReadonlyMap<string, number>,
): Promise<Answered[]> => {
  const unseen = segments.flatMap(({ sequence, rows }) =>
    rows
      .filter(({ subject }) =>
        isUnseen(servable.cut, sequence, subject === null ? undefined : firstSegments.get(subject)),
      )
      .map((row) => ({ segment: sequence, row })),
  );
  const given = await labelsOf(
    serving,
    tenant,
    schema,
    servable,
    unseen.map(({ row }) => row.input),
  );
  return unseen.map(({ segment, row }, index) => ({ segment, label: row.label, given: given[index] }));
};

const labelsOf = async (
  serving: Pick<Serving, 'load'>,
  tenant: string,
  schema: ModelSchema,
  servable: Servable,
  inputs: readonly OpenedSegment['rows'][number]['input'][],
): Promise<Answered['given'][]> => {
  try {
    const version = await serving.load(tenant, servable);
    const answers = await version.predictEach(inputs, schema);
    return answers.map((answer) => (answer instanceof ModelFailureError ? undefined : answer.label));
  } catch (error) {
    // A version that cannot be loaded fails on every case.
    if (error instanceof ArtifactError) return inputs.map(() => undefined);
    throw error;
  }
};
