import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Route, Servable } from '../../contracts/route-item.ts';
import type { Clock } from '../platform/clock.ts';
import { notFound, Problem } from '../platform/errors.ts';
import { type KeyRing, keyLabels } from '../platform/key-ring.ts';
import { compileInputReader, type InputReader } from './domain/input-reader.ts';
import type { Serving } from './serving.ts';
import type { ServingTable } from './signed-table.ts';

/** A version of a route, and how its columns are filled: two versions may have them in different orders. */
export interface ServedVersion {
  readonly servable: Servable;
  readonly reader: InputReader;
}

/** What one model's requests need, read together. */
export interface ServedModel {
  readonly route: Route;
  readonly champion: ServedVersion;
  readonly challenger: ServedVersion | undefined;
  /** Secret of the tenant's prediction ids. */
  readonly key: KeyObject;
  /** The challenger's artifact could not be loaded; it may be later. */
  challengerIsBroken: boolean;
}

/** Routes, kept for a short time, with their versions in memory. */
export interface RouteCache {
  /**
   * @returns at once where the route is fresh
   * @throws Problem `not-found`, `no-champion`, or `unavailable` where neither table nor memory knows the route
   */
  get(tenant: string, model: string): ServedModel | Promise<ServedModel>;
}

export interface RouteCacheOptions {
  readonly table: ServingTable;
  readonly serving: Serving;
  readonly keyRing: Pick<KeyRing, 'derive'>;
  readonly clock: Clock;
  /** ms after which nothing is answered by a route that was not read again. */
  readonly timeToLive: number;
  /** Told of what went wrong behind a request that was answered all the same. */
  readonly onError: (what: string, error: unknown) => void;
}

interface Entry {
  readonly known: ServedModel | Problem;
  /** ms since 1970: from when on it is read ahead, and from when on nothing is answered by it. */
  readonly staleAt: number;
  readonly endsAt: number;
}

/** How long a model that could not be reached is left alone, ms. */
const pause = 500;
/** Names that nobody registered are remembered too, so that asking for them costs no read each. */
const maximumEntries = 1000;

export const openRouteCache = (options: RouteCacheOptions): RouteCache => {
  const { table, serving, keyRing, clock, timeToLive, onError } = options;
  const entries = new Map<string, Entry>();
  const refreshing = new Map<string, Promise<Entry>>();
  const keys = new Map<string, Promise<KeyObject>>();

  const keyOf = (tenant: string): Promise<KeyObject> => {
    const known = keys.get(tenant) ?? keyRing.derive(keyLabels.predictionIds(tenant)).then(createSecretKey);
    keys.set(tenant, known);
    known.catch(() => keys.delete(tenant));
    return known;
  };

  /** Awaits the champion; the challenger may come later, until then the champion answers in its place. */
  const loadVersions = async (tenant: string, served: ServedModel): Promise<void> => {
    const { champion, challenger } = served.route;
    if (challenger !== undefined) {
      serving.load(tenant, challenger).catch((error: unknown) => {
        served.challengerIsBroken = true;
        onError(`the challenger ${challenger.version} cannot be loaded`, error);
      });
    }
    await serving.load(tenant, champion);
  };

  const read = async (tenant: string, model: string): Promise<ServedModel | Problem> => {
    const [{ schema, route }, key] = await Promise.all([table.read(tenant, model), keyOf(tenant)]);
    if (schema === undefined) return notFound(`a model ${model}`);
    if (route === undefined) {
      return new Problem(
        'no-champion',
        `Expected a version of ${model} that serves; none does yet. Send cases and train one first.`,
      );
    }
    const year = new Date(clock.now()).getUTCFullYear();
    const versionOf = (servable: Servable): ServedVersion => ({
      servable,
      reader: compileInputReader(schema, servable.signature, year),
    });
    const served: ServedModel = {
      route,
      champion: versionOf(route.champion),
      challenger: route.challenger === undefined ? undefined : versionOf(route.challenger),
      key,
      challengerIsBroken: false,
    };
    await loadVersions(tenant, served);
    return served;
  };

  const entryOf = (known: Entry['known'], readAt: number): Entry =>
    known instanceof Problem && known.code === 'unavailable'
      ? { known, staleAt: readAt + pause, endsAt: readAt + pause }
      : { known, staleAt: readAt + timeToLive / 2, endsAt: readAt + timeToLive };

  const refresh = async (tenant: string, model: string, before: Entry['known'] | undefined): Promise<Entry> => {
    const readAt = clock.now();
    try {
      return entryOf(await read(tenant, model), readAt);
    } catch (error) {
      onError(`the route of ${model} cannot be read or its champion not be loaded`, error);
      if (before === undefined || before instanceof Problem) {
        const problem = new Problem('unavailable', 'The model cannot be reached just now. Try again in a moment.');
        return entryOf(problem, clock.now());
      }
      // The champion that was known last goes on answering; a challenger gets nothing on a route that may be over.
      const { challenger: _, rollout: __, ...route } = before.route;
      return entryOf({ ...before, route: { ...route, weight: 0 }, challenger: undefined }, readAt);
    }
  };

  const keep = (name: string, entry: Entry): Entry => {
    entries.delete(name);
    entries.set(name, entry);
    const [oldest] = entries.keys();
    if (entries.size > maximumEntries && oldest !== undefined) entries.delete(oldest);
    return entry;
  };

  const beginRefresh = (name: string, tenant: string, model: string): Promise<Entry> => {
    const running = refreshing.get(name);
    if (running !== undefined) return running;
    const begun = refresh(tenant, model, entries.get(name)?.known)
      .then((entry) => keep(name, entry))
      .finally(() => refreshing.delete(name));
    refreshing.set(name, begun);
    return begun;
  };

  return {
    get: (tenant, model) => {
      const name = `${tenant}/${model}`;
      const entry = entries.get(name);
      const now = clock.now();
      if (entry === undefined || now >= entry.endsAt) {
        return beginRefresh(name, tenant, model).then(({ known }) => orThrow(known));
      }
      // Under steady traffic no request waits.
      if (now >= entry.staleAt) void beginRefresh(name, tenant, model);
      return orThrow(entry.known);
    },
  };
};

const orThrow = (known: ServedModel | Problem): ServedModel => {
  if (known instanceof Problem) throw known;
  return known;
};
