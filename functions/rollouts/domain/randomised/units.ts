/**
 * Outcomes as units of analysis: what the evidence counts once.
 *
 * Where predictions have subjects, a subject counts once in a rollout: by its first window, of which the length is the
 * model's and the first begins with the rollout.
 *
 *     rollout begins        |---- window 0 ----|---- window 1 ----|---- window 2 ----|
 *     one subject                    A   A B A        A
 *                                    ^ unit: arm A, the stage of its first prediction, mean of the three of arm A
 *
 * Means of a subject's predictions are independent of each other, its predictions are not (STATISTICS, 1.7). The arm is
 * the one that was assigned, whoever answered. Without a subject, or without windows, each prediction is a unit.
 */
import { Arm } from '../../../../contracts/inference.ts';
import { wholeWeight } from '../../../../contracts/weight.ts';
import { UnitMetric } from './policy.ts';

/** The outcome of a prediction that was made while a rollout ran, as it was known at the end of the label window. */
export type AssignedOutcome = {
  /** ms since 1970, of the prediction. */
  readonly assignedAt: number;
  /** Tells predictions of the same time apart. */
  readonly nonce: string;
  readonly arm: Arm;
  /** At assignment. */
  readonly stage: string;
  /** In [0, 1]. */
  readonly reward: number;
  /** Whether another version answered than the one that was asked. */
  readonly failed: boolean;
  /** That the answer took. */
  readonly milliseconds?: number | undefined;
  /** A pseudonym. */
  readonly subject?: string | undefined;
};

export type Unit = {
  /** The same whenever it is read: what its values are rounded by. */
  readonly id: string;
  /** Of its first prediction. */
  readonly assignedAt: number;
  readonly arm: Arm;
  readonly stage: string;
  /** Higher is better, in [0, 1]. */
  readonly values: Readonly<Record<UnitMetric, number>>;
};

/** How outcomes become units. */
export type UnitRule = {
  /** ms since 1970: when the first window begins. */
  readonly startedAt: number;
  /** Length of a window in ms; undefined where each prediction is a unit. */
  readonly windowMilliseconds: number | undefined;
  /** ms beyond which an answer is slow. */
  readonly slowMilliseconds: number;
  /** The challenger's basis points by stage, of the stages that gave requests to both arms. */
  readonly weights: ReadonlyMap<string, number>;
};

/** Stages that gave requests to both arms; those of the others have nothing to be compared with. */
export const weightsOf = (
  stages: readonly { readonly name: string; readonly weight: number }[],
): ReadonlyMap<string, number> => {
  const weights = stages.map(({ name, weight }): [string, number] => [name, Math.round((weight / 100) * wholeWeight)]);
  return new Map(weights.filter(([, weight]) => weight > 0 && weight < wholeWeight));
};

/** Begin of the window that a time is in. Without windows each ms is one: what was read up to one is a whole. */
export const windowOf = (time: number, { startedAt, windowMilliseconds = 1 }: UnitRule): number =>
  startedAt + Math.floor((time - startedAt) / windowMilliseconds) * windowMilliseconds;

type Growing = {
  readonly first: AssignedOutcome;
  readonly window: number;
  predictions: number;
  readonly sums: Record<UnitMetric, number>;
};

/** Units of outcomes that come one by one, so that memory holds the units and not the outcomes. */
export type UnitCollection = {
  /** @param outcome the next in the order of their predictions. */
  add(outcome: AssignedOutcome): void;
  /** Subjects of the units. */
  subjects(): string[];
  /** @param isKnown subjects that counted before. @returns in the order of their first prediction. */
  units(isKnown: (subject: string) => boolean): Unit[];
};

export const collectUnits = (rule: UnitRule): UnitCollection => {
  const growing = new Map<string, Growing>();
  const add = (outcome: AssignedOutcome): void => {
    if (!rule.weights.has(outcome.stage)) return;
    const key = hasWindow(outcome, rule) ? outcome.subject : `${outcome.assignedAt}#${outcome.nonce}`;
    const window = windowOf(outcome.assignedAt, rule);
    const known = growing.get(key);
    if (known === undefined)
      growing.set(key, { first: outcome, window, predictions: 1, sums: valuesOf(outcome, rule) });
    else if (known.window === window && known.first.arm === outcome.arm) grow(known, valuesOf(outcome, rule));
  };
  return {
    add,
    subjects: () => [...growing.values()].flatMap(({ first }) => (hasWindow(first, rule) ? [first.subject] : [])),
    units: (isKnown) =>
      [...growing.values()]
        .filter(({ first }) => !hasWindow(first, rule) || !isKnown(first.subject))
        .map((unit) => unitOf(unit, rule)),
  };
};

const hasWindow = (
  outcome: AssignedOutcome,
  { windowMilliseconds }: UnitRule,
): outcome is AssignedOutcome & { readonly subject: string } =>
  windowMilliseconds !== undefined && outcome.subject !== undefined;

const valuesOf = (
  { arm, reward, failed, milliseconds = 0 }: AssignedOutcome,
  { slowMilliseconds }: UnitRule,
): Record<UnitMetric, number> => ({
  [UnitMetric.Reward]: reward,
  [UnitMetric.Answered]: failed && arm === Arm.Challenger ? 0 : 1,
  [UnitMetric.Prompt]: milliseconds > slowMilliseconds ? 0 : 1,
});

const grow = (unit: Growing, values: Record<UnitMetric, number>): void => {
  unit.predictions += 1;
  for (const metric of Object.values(UnitMetric)) unit.sums[metric] += values[metric];
};

const unitOf = ({ first, window, predictions, sums }: Growing, rule: UnitRule): Unit => {
  const { assignedAt, arm, stage, nonce } = first;
  const id = hasWindow(first, rule) ? `${first.subject}#${window}` : nonce;
  const values = Object.fromEntries(
    Object.values(UnitMetric).map((metric) => [metric, Math.min(1, sums[metric] / predictions)]),
  ) as Record<UnitMetric, number>;
  return { id, assignedAt, arm, stage, values };
};
