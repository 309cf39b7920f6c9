/** Rewards of live answers without the API that stores them: the port of the judge, answered from a list. */
import { Arm } from '../../../contracts/inference.ts';
import type { Route } from '../../../contracts/route-item.ts';
import type { OutcomeReader, RolloutOutcome } from '../../../functions/rollouts/store/outcome-reader.ts';
import type { Call } from './scheduler.ts';

/** Outcomes that a page of DynamoDB holds. */
const pageLength = 40;

/** What users did with the answers of each version. */
export interface NewOutcomes {
  readonly count: number;
  /** Of the champion's answers; in [0, 1]. */
  readonly champion: number;
  /** Of all others. */
  readonly challengers: number;
  /** Whether another version answered in the challengers' place. */
  readonly failed: boolean;
}

/** The outcomes of all rollouts. */
export class ScriptedOutcomes {
  private readonly kept: (RolloutOutcome & { readonly rollout: string })[];

  constructor(kept: ScriptedOutcomes['kept'] = []) {
    this.kept = [...kept];
  }

  copy(): ScriptedOutcomes {
    return new ScriptedOutcomes(this.kept);
  }

  /** Requests are spread over the versions as the route weighs them, and their outcomes come at once. */
  add(route: Route, now: number, { count, champion, challengers, failed }: NewOutcomes): void {
    const { rollout, stage, challenger, weight, rivals = [] } = route;
    if (rollout === undefined || stage === undefined || challenger === undefined) return;
    const shares = [{ servable: challenger, weight }, ...rivals];
    for (let index = 0; index < count; index += 1) {
      let place = ((index + 0.5) / count) * 10_000;
      const asked = shares.find((share) => {
        place -= share.weight;
        return place < 0;
      });
      this.kept.push({
        rollout,
        stage,
        assignedAt: now,
        nonce: String(this.kept.length).padStart(8, '0'),
        arm: asked === undefined ? Arm.Champion : Arm.Challenger,
        assigned: (asked?.servable ?? route.champion).version,
        reward: asked === undefined ? champion : challengers,
        failed: asked !== undefined && failed,
      });
    }
  }

  /** In the order of their predictions. */
  of(rollout: string, from: number, before: number): RolloutOutcome[] {
    return this.kept
      .filter((one) => one.rollout === rollout && one.assignedAt >= from && one.assignedAt < before)
      .map(({ rollout: _, ...outcome }) => outcome);
  }
}

/** The port, as `openOutcomeReader` gives it. No outcome has a subject. */
export const outcomeReaderOf = (outcomes: ScriptedOutcomes, call: Call): OutcomeReader => ({
  pages: async function* (_tenant, _model, rollout, { from, before }) {
    if (from >= before) return;
    let start = 0;
    let page: RolloutOutcome[];
    do {
      const first = start;
      page = await call('dynamodb:Query', () => outcomes.of(rollout, from, before).slice(first, first + pageLength));
      yield page;
      start += pageLength;
    } while (page.length === pageLength);
  },
  firstAt: async (_tenant, _model, _rollout, subjects) => {
    if (subjects.length > 0) throw new Error(`Expected outcomes without subjects, got ${subjects.length}.`);
    return new Map();
  },
});
