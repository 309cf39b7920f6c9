import { ModelName, RolloutId } from '../../contracts/identifiers.ts';
import { AuditAction } from '../../contracts/monitoring.ts';
import { type ProblemCode, problems } from '../../contracts/problems.ts';
import type { AuditTrail } from './audit.ts';
import type { Clock } from './clock.ts';
import { actorOf, type Principal } from './principal.ts';

/** A command that was refused: who gave it, to what, and why; nothing of what it said. */
export interface Refusal {
  readonly principal: Principal;
  /** The operation's id. */
  readonly route: string;
  /** As they stand in the path: nobody has checked them. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly code: ProblemCode;
}

/** Hears of each command that was refused. */
export type OnRefused = (refusal: Refusal) => Promise<void>;

/** Seconds in which the same refusal is told once by each process: whoever insists cannot flood the chain. */
const quietSeconds = 60;
/** Refusals that are remembered; beyond them the oldest is forgotten. */
const mostRemembered = 1000;

/** Tells the tenant's audit of refused commands. Faults of our own (5xx) are no refusals. */
export const openRefusals = (audit: Pick<AuditTrail, 'append'>, clock: Clock): OnRefused => {
  const told = new Map<string, { readonly at: number; repeated: number }>();

  /** How often the same was refused since it was told last; undefined: it is too early to tell again. */
  const repetitions = (key: string): number | undefined => {
    const last = told.get(key);
    if (last !== undefined && clock.now() - last.at < quietSeconds * 1000) {
      last.repeated += 1;
      return undefined;
    }
    told.delete(key);
    told.set(key, { at: clock.now(), repeated: 0 });
    for (const [oldest] of told) {
      if (told.size <= mostRemembered) break;
      told.delete(oldest);
    }
    return last?.repeated ?? 0;
  };

  return async ({ principal, route, params, code }) => {
    const { status } = problems[code];
    if (status >= 500) return;
    const actor = actorOf(principal);
    const model = ModelName.safeParse(params.model).data;
    const rollout = RolloutId.safeParse(params.rollout).data;
    const repeated = repetitions([principal.tenant, actor, route, model, rollout, code].join(' '));
    if (repeated === undefined) return;
    await audit.append(principal.tenant, {
      action: AuditAction.CommandRefused,
      actor,
      ...(model === undefined ? {} : { model }),
      ...(rollout === undefined ? {} : { subjectOfAction: rollout }),
      reason: `${route} was refused: ${code}.`,
      numbers: { status, ...(repeated === 0 ? {} : { repeated }) },
    });
  };
};
