import type { LedgerRow } from '../../../contracts/cases.ts';
import { binOfDelay, type DelayBin, dayOf, minuteOf, minutesKeptSeconds } from '../../../contracts/label-delays.ts';

/** A validated case, as far as it is a label. */
export type LabelRow = Pick<LedgerRow, 'receivedAt' | 'prediction'>;

type Delays = Partial<Record<DelayBin, number>>;

/** Labels to be added to what is stored. */
export interface LabelTally {
  /** Cases that name no prediction, by the day of their receipt. */
  readonly unattributed: ReadonlyMap<string, number>;
  /** The others by the day of their prediction. */
  readonly days: ReadonlyMap<string, Delays>;
  /** And by its minute, where the label took no longer than minutes are kept; ms since 1970. */
  readonly minutes: ReadonlyMap<number, Delays>;
  /** Rows that were counted. */
  readonly rows: number;
}

const addDelay = <Key>(sums: Map<Key, Delays>, key: Key, bin: DelayBin): void => {
  const delays = sums.get(key) ?? {};
  sums.set(key, { ...delays, [bin]: (delays[bin] ?? 0) + 1 });
};

/**
 * Counts rows from the first on, for as long as the sums fit into one transaction.
 *
 * @param limit - sums; the last row may make two beyond it
 */
export const tallyLabels = (rows: readonly LabelRow[], limit: number): LabelTally => {
  const unattributed = new Map<string, number>();
  const days = new Map<string, Delays>();
  const minutes = new Map<number, Delays>();
  let counted = 0;
  for (const { receivedAt, prediction } of rows) {
    if (unattributed.size + days.size + minutes.size >= limit) break;
    counted += 1;
    const received = Date.parse(receivedAt);
    if (prediction === undefined) {
      unattributed.set(dayOf(received), (unattributed.get(dayOf(received)) ?? 0) + 1);
      continue;
    }
    const madeAt = Date.parse(prediction.at);
    const seconds = (received - madeAt) / 1000;
    addDelay(days, dayOf(madeAt), binOfDelay(seconds));
    if (seconds < minutesKeptSeconds) addDelay(minutes, minuteOf(madeAt), binOfDelay(seconds));
  }
  return { unattributed, days, minutes, rows: counted };
};
