import type { Figures } from '../pool.ts';
import { createTable, type Place, rateCell, type Table } from './cells.ts';

/** A row: what is promoted or rolled back although it should not be. */
interface Row {
  readonly method: string;
  readonly promoteEqual: Place;
  readonly promoteAtMargin: Place;
  readonly rollBackEqual: Place;
  readonly rollBackAtMargin: Place;
}

const both = (method: string, promote: string | undefined, rollBack: string | undefined, suffix = ''): Row => {
  const place = (study: string, figure: string | undefined): Place =>
    figure === undefined ? undefined : [`${study}${suffix}`, figure];
  return {
    method,
    promoteEqual: place('equal', promote),
    promoteAtMargin: place('at the margin', promote),
    rollBackEqual: place('equal', rollBack),
    rollBackAtMargin: place('at the margin', rollBack),
  };
};

const peer = (method: string, name: string, suffix?: string): Row =>
  both(method, `${name}: promote`, `${name}: roll back`, suffix);

const rows: readonly Row[] = [
  both('**block-bet** (rolls back at 10%, 30% in reserve)', 'promote', 'roll back'),
  both('the same, looked at after each outcome', 'promote', 'roll back', ': each outcome'),
  both('the same, rolls back at 5%', undefined, 'roll back at 5%'),
  both('the same, rolls back at 5%, no reserve', undefined, 'roll back at 5%, no reserve'),
  peer('naive z-test every 100, one-sided', 'naive z, one-sided'),
  peer('… from 50 of the challenger’s outcomes on', 'naive z, one-sided, 50 first'),
  peer('naive z-test every 100, two-sided', 'naive z, two-sided'),
  peer('… from 50 of the challenger’s outcomes on', 'naive z, two-sided, 50 first'),
  peer('z-test, one look at 20,000', 'fixed horizon'),
  peer('mSPRT, two-sided, τ = .03', 'mSPRT'),
  peer('mSPRT, pooled variance', 'mSPRT, pooled'),
  peer('asymptotic sequence, GrowthBook’s formula', 'AsympCS'),
  peer('one-sided Gaussian mixture', 'one-sided mixture'),
  peer('O’Brien–Fleming, 20 looks', 'OBF'),
  peer('universal inference, nothing known', 'UI, cold', ': UI'),
  peer('universal inference, history known', 'UI, history', ': UI'),
];

const heads = [
  'method',
  'equal: promoted',
  '2 points worse: promoted as not worse by 2',
  'equal: rolled back',
  '2 points worse: rolled back as worse by more than 2',
];

export const errorTable = (figures: Figures): Table =>
  createTable(
    'How often each method is wrong',
    heads,
    rows.map(({ method, promoteEqual, promoteAtMargin, rollBackEqual, rollBackAtMargin }) => [
      method,
      ...[promoteEqual, promoteAtMargin, rollBackEqual, rollBackAtMargin].map((place) => rateCell(figures, place)),
    ]),
  );
