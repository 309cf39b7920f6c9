import { AuditAction, type AuditEntry } from '../../../contracts/monitoring.ts';

/** What served by one revision of a route. */
export interface RouteState {
  readonly revision: number;
  readonly champion: string;
  readonly challenger?: string;
  /** The challenger's share of requests, %. */
  readonly weight: number;
  /** ms since 1970: it was decided no earlier, and was gone by `until`. */
  readonly from: number;
  readonly until: number;
}

/** A look at the route through the API. */
export interface Look {
  readonly revision: number;
  /** ms since 1970. */
  readonly received: number;
}

type Served = Pick<RouteState, 'champion' | 'challenger' | 'weight'>;

const text = (entry: AuditEntry, name: string): string => {
  const value = entry.numbers?.[name];
  if (typeof value === 'string') return value;
  throw new Error(`Expected the audit entry ${entry.number}, ${entry.action}, to name its ${name}.`);
};

/** Whether an entry tells of a challenger that became the champion. */
export const isPromotion = ({ action, numbers }: AuditEntry): boolean =>
  action === AuditAction.RolloutEnded && (numbers?.end === 'verdict' || numbers?.end === 'baked');

/** Whether an entry tells of a champion that was left for the one before. */
export const isReturn = ({ action, numbers }: AuditEntry): boolean =>
  action === AuditAction.RolledBack && numbers?.to !== undefined;

const alone = (champion: string): Served => ({ champion, weight: 0 });

/** What an entry makes of the route; undefined where it leaves it as it is. */
const next = (entry: AuditEntry, before: Served | undefined): Served | undefined => {
  switch (entry.action) {
    case AuditAction.RolloutStarted:
      return before === undefined
        ? alone(text(entry, 'version'))
        : { champion: before.champion, challenger: text(entry, 'version'), weight: 0 };
    case AuditAction.StageEntered:
      return before && { ...before, weight: Number(entry.numbers?.weight) };
    case AuditAction.RolloutEnded:
      return before && alone(isPromotion(entry) ? text(entry, 'version') : before.champion);
    case AuditAction.RolledBack:
      return before && alone(isReturn(entry) ? text(entry, 'to') : before.champion);
    default:
      return undefined;
  }
};

/**
 * The route of one model, revision by revision, as the audit tells it.
 *
 * @param entries - of the model, the oldest first
 * @param looks - a revision was stored before the first look that saw it, or one after it
 */
export const routeHistory = (entries: readonly AuditEntry[], looks: readonly Look[]): RouteState[] => {
  const storedBy = (revision: number): number =>
    Math.min(
      Number.POSITIVE_INFINITY,
      ...looks.filter((look) => look.revision >= revision).map((look) => look.received),
    );
  const states: RouteState[] = [];
  for (const entry of entries) {
    const served = next(entry, states.at(-1));
    if (served === undefined) continue;
    const revision = states.length + 1;
    const { champion, challenger, weight } = served;
    const from = Date.parse(entry.at);
    const until = storedBy(revision + 1);
    states.push({ revision, champion, weight, from, until, ...(challenger === undefined ? {} : { challenger }) });
  }
  return states;
};

/** Versions that may answer by a state: the champion always, for it answers where the challenger cannot. */
export const routedBy = ({ champion, challenger, weight }: RouteState): string[] =>
  challenger !== undefined && weight > 0 ? [champion, challenger] : [champion];
