import type { Figures } from '../pool.ts';
import { createTable, rateCell, type Table } from './cells.ts';

interface Row {
  readonly scenario: string;
  readonly study: string;
  /** Figure of the engine. */
  readonly ours: string;
  /** What the peers are asked; no peers where absent. */
  readonly side?: 'promote' | 'roll back';
}

const promoted = (scenario: string, study: string): Row => ({ scenario, study, ours: 'promote', side: 'promote' });
const control = (scenario: string, study: string, ours: string): Row => ({ scenario, study, ours });

const [successes, failures] = ['delay at the margin: successes first', 'delay at the margin: failures first'];

const rows: readonly Row[] = [
  promoted('equal, planned ramp', 'equal'),
  promoted('equal, 5% all the time', 'canary'),
  promoted('both drift from 80% to 90%', 'drift up'),
  {
    scenario: 'both drift from 90% to 80%: rolled back as worse',
    study: 'drift down',
    ours: 'tripwire',
    side: 'roll back',
  },
  promoted('both right in 97%', 'p = .97'),
  promoted('both right in 50%', 'p = .50'),
  control('champion’s history unknown', 'cold start', 'promote'),
  promoted('ramp driven by the evidence', 'by evidence'),
  promoted('… and both drift', 'by evidence: drift'),
  promoted('ramp follows whoever leads', 'by lead'),
  promoted('… and both drift', 'by lead: drift'),
  promoted('labels of successes come first', 'delay: successes first'),
  control('… with the stages mixed up', 'delay: successes first', 'promote, stages mixed'),
  promoted('labels of failures come first', 'delay: failures first'),
  promoted('2 points worse, margin of 2, successes first, age window', successes),
  control('… with a window that has 98% of the labels', successes, 'promote, short window'),
  control('… without a window', successes, 'promote, no window'),
  promoted('2 points worse, margin of 2, failures first, age window', failures),
  control('… with a window that has 98% of the labels', failures, 'promote, short window'),
  control('… without a window', failures, 'promote, no window'),
  promoted('scores around .85, standard deviation .10', 'scores'),
  promoted('5 outcomes a user, correlation .2', 'users'),
  control('… each outcome taken for a unit', 'users', 'promote, outcome by outcome'),
  control('pairs, 8% differ', 'pairs: equal', 'promote'),
  control('4 metrics 2 points worse, margin of 2: rolled back at 5%', 'four metrics at the margin', 'roll back'),
  control('… by any one of them', 'four metrics at the margin', 'roll back by any metric'),
];

/** Methods beside the engine, in the order of the columns. */
const peers = [
  { name: 'naive z, two-sided', head: 'naive z, two-sided, every 100' },
  { name: 'mSPRT', head: 'mSPRT' },
  { name: 'AsympCS', head: 'asymptotic sequence' },
  { name: 'fixed horizon', head: 'z, one look' },
] as const;

export const robustnessTable = (figures: Figures): Table =>
  createTable(
    'What breaks other methods',
    ['no challenger here is better', '**block-bet**', ...peers.map(({ head }) => head)],
    rows.map(({ scenario, study, ours, side }) => [
      scenario,
      rateCell(figures, [study, ours]),
      ...peers.map(({ name }) => rateCell(figures, side && [study, `${name}: ${side}`])),
    ]),
  );
