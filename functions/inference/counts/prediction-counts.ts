import type { Arm } from '../../../contracts/inference.ts';
import { minuteOf } from '../../../contracts/label-delays.ts';
import type { Table } from '../../platform/table.ts';
import { predictionArmEntity, predictionDayEntity } from './entities.ts';

/** Predictions by the arm that they were assigned to, whoever answered. */
export type ArmCounts = Readonly<Record<Arm, number>>;

/** The same of one stage, which is the stage at assignment. */
export type ArmAssignments = ArmCounts & { readonly stage: string };

/** How many predictions were made, as the lines of the predict function's log tell; times in ms since 1970. */
export interface PredictionCounts {
  /**
   * Assignments of the whole minutes of a span, by stage.
   *
   * @param span - `from` inclusive, `before` exclusive; both are rounded down to the minute
   */
  assigned(
    tenant: string,
    model: string,
    rollout: string,
    span: { readonly from: number; readonly before: number },
  ): Promise<ArmAssignments[]>;
  /** @returns the days from `from` on that had a prediction, the oldest first */
  days(tenant: string, model: string, from: string): Promise<{ day: string; predictions: number }[]>;
}

export const openPredictionCounts = (table: Table): PredictionCounts => {
  const dayCounts = predictionDayEntity(table);
  const armCounts = predictionArmEntity(table);

  return {
    assigned: async (tenant, model, rollout, { from, before }) => {
      // A key goes on behind its minute, so the minute at which the span ends is beyond the upper bound.
      const { data } = await armCounts.query
        .byMinute({ tenant, model, rollout })
        .between({ minute: minuteOf(from) }, { minute: minuteOf(before) })
        .go({ pages: 'all', consistent: true });
      return [...Map.groupBy(data, ({ stage }) => stage)].map(([stage, minutes]) => ({
        stage,
        champion: minutes.reduce((sum, { champion = 0 }) => sum + champion, 0),
        challenger: minutes.reduce((sum, { challenger = 0 }) => sum + challenger, 0),
      }));
    },
    days: async (tenant, model, from) => {
      const { data } = await dayCounts.query
        .byDay({ tenant, model })
        .gte({ day: from })
        .go({ pages: 'all', consistent: true });
      return [...Map.groupBy(data, ({ day }) => day)].map(([day, items]) => ({
        day,
        predictions: items.reduce((sum, { predictions = 0 }) => sum + predictions, 0),
      }));
    },
  };
};
