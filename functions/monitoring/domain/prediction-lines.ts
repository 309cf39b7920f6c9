import * as z from 'zod';
import { ModelName, TenantName } from '../../../contracts/identifiers.ts';
import { Arm } from '../../../contracts/inference.ts';
import { dayOf, minuteOf } from '../../../contracts/label-delays.ts';
import { MetricName } from '../../../contracts/telemetry.ts';

/** A line of the predict function's log that tells of a prediction which somebody got. */
const PredictionLine = z.object({
  _aws: z.object({ Timestamp: z.int() }),
  tenant: TenantName,
  model: ModelName,
  [MetricName.PredictionLatency]: z.number(),
  [MetricName.Unserved]: z.literal(0),
  rollout: z.string().optional(),
  stage: z.string().optional(),
  arm: z.enum(Arm).optional(),
});
type PredictionLine = z.infer<typeof PredictionLine>;

/** Predictions of one model. */
export interface PredictionTally {
  readonly tenant: string;
  readonly model: string;
  readonly days: readonly { readonly day: string; readonly predictions: number }[];
  /** Of rollouts: by the minute, its begin in ms since 1970, and the arm that they were assigned to. */
  readonly arms: readonly {
    readonly rollout: string;
    readonly stage: string;
    readonly minute: number;
    readonly champion: number;
    readonly challenger: number;
  }[];
}

/** The log holds lines of other kinds too: of the runtime, of errors, of shadow requests. */
const readLine = (line: string): PredictionLine[] => {
  if (!line.startsWith('{')) return [];
  try {
    const read = PredictionLine.safeParse(JSON.parse(line));
    return read.success ? [read.data] : [];
  } catch {
    return [];
  }
};

/** Groups in the order of their keys, so that the same lines always make the same list. */
const groups = <Item>(items: readonly Item[], keyOf: (item: Item) => string): [Item, readonly Item[]][] =>
  [...Map.groupBy(items, keyOf)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, members]) => (members[0] === undefined ? [] : [[members[0], members]]));

const timeOf = ({ _aws }: PredictionLine): number => _aws.Timestamp;

const countArms = (lines: readonly PredictionLine[]): PredictionTally['arms'] => {
  const assigned = lines.flatMap((line) => {
    const { rollout, stage, arm } = line;
    if (rollout === undefined || stage === undefined || arm === undefined) return [];
    return [{ rollout, stage, arm, minute: minuteOf(timeOf(line)) }];
  });
  const count = (some: typeof assigned, arm: Arm): number => some.filter((one) => one.arm === arm).length;
  return groups(assigned, ({ rollout, stage, minute }) => `${rollout} ${minute} ${stage}`).map(
    ([{ rollout, stage, minute }, some]) => ({
      ...{ rollout, stage, minute },
      champion: count([...some], Arm.Champion),
      challenger: count([...some], Arm.Challenger),
    }),
  );
};

/**
 * Counts the predictions that lines of the log tell of, by model, day, and arm of a rollout. A request that nobody
 * answered is none: no label can come for it.
 *
 * @param lines - as the predict function prints them, among others
 */
export const tallyPredictions = (lines: readonly string[]): PredictionTally[] =>
  groups(lines.flatMap(readLine), ({ tenant, model }) => `${tenant} ${model}`).map(([{ tenant, model }, some]) => ({
    tenant,
    model,
    days: groups(some, (line) => dayOf(timeOf(line))).map(([line, ofDay]) => ({
      day: dayOf(timeOf(line)),
      predictions: ofDay.length,
    })),
    arms: countArms(some),
  }));
