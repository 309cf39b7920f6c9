import { createSecretKey, type KeyObject } from 'node:crypto';
import { toleranceOf } from '../../contracts/right-answer.ts';
import type { Route, Servable } from '../../contracts/route-item.ts';
import { preparing } from '../../contracts/stage-names.ts';
import { hasSubject } from '../../contracts/subject.ts';
import type { Clock } from '../platform/clock.ts';
import { notFound, Problem } from '../platform/errors.ts';
import { type KeyRing, keyLabels } from '../platform/key-ring.ts';
import type { Challenger, Challengers } from './challengers/challengers.ts';
import { compileInputReader, type InputReader } from './domain/input-reader.ts';
import type { Serving } from './serving.ts';
import type { ServingTable } from './signed-table.ts';

/** A version of a route, and how its columns are filled: two versions may have them in different orders. */
export interface ServedVersion {
  readonly servable: Servable;
  readonly reader: InputReader;
}

/** The challenger, or a rival of it: asked in a thread of its own. */
export interface ServedChallenger extends ServedVersion, Challenger {}

/** What one model's requests need, read together. */
export interface ServedModel {
  readonly route: Route;
  readonly champion: ServedVersion;
  /** The challenger first, then its rivals in the route's order; none without a rollout. */
  readonly challengers: readonly ServedChallenger[];
  /** Whether each request is given to the challengers too, after its answer. */
  readonly isShadowed: boolean;
  /** Place, among the classes, of the one whose probability is an answer's score. */
  readonly scoreClass: number;
  /** Largest difference between numbers that two versions agree on; 0 where classes are predicted. */
  readonly tolerance: number;
  /** Secret of the tenant's prediction ids. */
  readonly key: KeyObject;
  /** Secret of the tenant's pseudonyms, while a rollout of a model with subjects runs. */
  readonly subjectKey: KeyObject | undefined;
}

export interface ServedModelOptions {
  readonly table: ServingTable;
  readonly serving: Serving;
  readonly challengers: Challengers;
  readonly keyRing: Pick<KeyRing, 'derive'>;
  readonly clock: Clock;
}

/** Where a route says nothing, ms. */
const defaultTimeout = 1000;

/** Before its first stage a challenger is loaded, and not yet asked: its alarms are still being made. */
const isShadowed = ({ challenger, weight, rivals = [], stage }: Route): boolean =>
  challenger !== undefined && weight === 0 && rivals.every((rival) => rival.weight === 0) && stage !== preparing;

/** Reads what serves a model, and has its versions loaded. */
export type ReadServedModel = (tenant: string, model: string) => Promise<ServedModel | Problem>;

export const openReadServedModel = (options: ServedModelOptions): ReadServedModel => {
  const { table, serving, challengers, keyRing, clock } = options;
  const secretOf = openSecrets(keyRing);

  return async (tenant, model) => {
    const [{ schema, scoreClass, route }, key] = await Promise.all([
      table.read(tenant, model),
      secretOf(keyLabels.predictionIds(tenant)),
    ]);
    if (schema === undefined) return notFound(`a model ${model}`);
    if (route === undefined) return noChampion(model);
    const { champion, challenger, rivals = [], rollout, timeoutMilliseconds = defaultTimeout } = route;
    const year = new Date(clock.now()).getUTCFullYear();
    const versionOf = (servable: Servable): ServedVersion => ({
      servable,
      reader: compileInputReader(schema, servable.signature, year),
    });
    const servables = challenger === undefined ? [] : [challenger, ...rivals.map(({ servable }) => servable)];
    // The champion is awaited; a challenger may come later, until then the champion answers in its place.
    const asked = challengers.want(`${tenant}/${model}`, tenant, servables, timeoutMilliseconds);
    const needsSubject = rollout !== undefined && hasSubject(schema);
    const [subjectKey] = await Promise.all([
      needsSubject ? secretOf(keyLabels.pseudonyms(tenant)) : undefined,
      serving.load(tenant, champion),
    ]);
    return {
      route,
      champion: versionOf(champion),
      challengers: servables.map((servable, index) => ({
        ...versionOf(servable),
        ...(asked[index] as Challenger),
      })),
      isShadowed: isShadowed(route),
      scoreClass: Math.max(0, champion.signature.classes.indexOf(scoreClass ?? '')),
      tolerance: toleranceOf(schema),
      key,
      subjectKey,
    };
  };
};

/** Secrets by their labels, each derived once. */
const openSecrets = (keyRing: ServedModelOptions['keyRing']): ((label: string) => Promise<KeyObject>) => {
  const secrets = new Map<string, Promise<KeyObject>>();
  return (label) => {
    const known = secrets.get(label) ?? keyRing.derive(label).then(createSecretKey);
    secrets.set(label, known);
    known.catch(() => secrets.delete(label));
    return known;
  };
};

const noChampion = (model: string): Problem =>
  new Problem(
    'no-champion',
    `Expected a version of ${model} that serves; none does yet. Send cases and train one first.`,
  );

/**
 * The same without the rollout, for a time in which nobody knows whether that is over: the champion known last goes on
 * answering, alone.
 */
export const withoutRollout = (served: ServedModel): ServedModel => {
  const { champion, salt, revision, previous, updatedAt } = served.route;
  return {
    ...served,
    route: { champion, weight: 0, salt, revision, previous, updatedAt },
    challengers: [],
    isShadowed: false,
    subjectKey: undefined,
  };
};
