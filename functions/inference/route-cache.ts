import { Problem } from '../platform/errors.ts';
import { openReadServedModel, type ServedModel, type ServedModelOptions, withoutRollout } from './served-model.ts';

/** Routes, kept for a short time, with their versions in memory. */
export interface RouteCache {
  /**
   * @returns at once where the route is fresh
   * @throws Problem `not-found`, `no-champion`, or `unavailable` where neither table nor memory knows the route
   */
  get(tenant: string, model: string): ServedModel | Promise<ServedModel>;
}

export interface RouteCacheOptions extends ServedModelOptions {
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
  const { challengers, clock } = options;
  const refresh = openRefresh(options);
  const entries = new Map<string, Entry>();
  const refreshing = new Map<string, Promise<Entry>>();

  const keep = (name: string, entry: Entry): Entry => {
    entries.delete(name);
    entries.set(name, entry);
    const [oldest] = entries.keys();
    if (entries.size > maximumEntries && oldest !== undefined) {
      entries.delete(oldest);
      challengers.forget(oldest);
    }
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

/** @param before - what was known of the model, which is fallen back to */
type Refresh = (tenant: string, model: string, before: Entry['known'] | undefined) => Promise<Entry>;

const openRefresh = (options: RouteCacheOptions): Refresh => {
  const { clock, timeToLive, onError } = options;
  const read = openReadServedModel(options);
  return async (tenant, model, before) => {
    const readAt = clock.now();
    try {
      return entryOf(await read(tenant, model), readAt, timeToLive);
    } catch (error) {
      onError(`the route of ${model} cannot be read or its champion not be loaded`, error);
      if (before === undefined || before instanceof Problem) {
        const problem = new Problem('unavailable', 'The model cannot be reached just now. Try again in a moment.');
        return entryOf(problem, clock.now(), timeToLive);
      }
      return entryOf(withoutRollout(before), readAt, timeToLive);
    }
  };
};

const entryOf = (known: Entry['known'], readAt: number, timeToLive: number): Entry =>
  known instanceof Problem && known.code === 'unavailable'
    ? { known, staleAt: readAt + pause, endsAt: readAt + pause }
    : { known, staleAt: readAt + timeToLive / 2, endsAt: readAt + timeToLive };

const orThrow = (known: ServedModel | Problem): ServedModel => {
  if (known instanceof Problem) throw known;
  return known;
};
