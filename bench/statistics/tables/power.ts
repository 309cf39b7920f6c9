import type { Study } from '../analysis.ts';
import { fixedSampleSize } from '../fixed-sample.ts';
import type { Question } from '../methods/question.ts';
import type { Figures } from '../pool.ts';
import { better, notWorseByMargin, worse, worseByMargin } from '../studies/parts.ts';
import { createTable, figureAt, medianCell, none, percent, size, sizeWithError, type Table } from './cells.ts';

interface Row {
  readonly scenario: string;
  readonly study: string;
  readonly ours: string;
  /** What the methods of the field are asked; left out where none was. */
  readonly question?: Question;
  /** Names another study for universal inference. */
  readonly universal?: string;
}

const promoted = (scenario: string, study: string, more: Partial<Row> = {}): Row => ({
  scenario,
  study,
  ours: 'promote',
  question: better,
  ...more,
});

const rolledBack = (scenario: string, study: string, more: Partial<Row> = {}): Row => ({
  scenario,
  study,
  ours: 'roll back',
  question: worseByMargin,
  ...more,
});

const unreserved = { ours: 'roll back at 5%, no reserve' };

const rows: readonly Row[] = [
  promoted('+3 points, ramp', '+3', { universal: '+3: UI' }),
  promoted('… each on 21 points, as scores are', '+3', { ours: 'promote, on 21 points' }),
  promoted('… beside two guardrails without harm', '+3: two guardrails'),
  promoted('+3 points, half and half', '+3: even'),
  promoted('+3 points, ramp by evidence', '+3: by evidence'),
  promoted('+1 point, ramp', '+1'),
  promoted('+2 points, ramp', '+2'),
  promoted('+5 points, ramp', '+5'),
  promoted('equal, not worse by 2, ramp', 'not worse by the margin', { question: notWorseByMargin }),
  rolledBack('−5 points, ramp', '−5'),
  rolledBack('… at 5%, no reserve', '−5', unreserved),
  rolledBack('… tripwire: worse at all', '−5', { ours: 'tripwire', question: worse }),
  rolledBack('−10 points, ramp', '−10', { universal: '−10: UI' }),
  rolledBack('−10 points, 5% canary', '−10: canary'),
  rolledBack('… at 5%, no reserve', '−10: canary', unreserved),
  rolledBack('… tripwire: worse at all', '−10: canary', { ours: 'tripwire', question: worse }),
  rolledBack('… beside two guardrails without harm', '−10: canary: two guardrails'),
  rolledBack('−20 points, 5% canary', '−20: canary'),
  rolledBack('−5 points, 5% canary, to 60,000', '−5: canary'),
  rolledBack('… at 5%, no reserve', '−5: canary', unreserved),
  rolledBack('+5 points, −10 from 8,000 on, ramp', 'late harm'),
  rolledBack('… at 5%, no reserve', 'late harm', unreserved),
  promoted('scores, +1 point, ramp', 'scores +1'),
  rolledBack('scores, −5 points, 5% canary', 'scores −5'),
  rolledBack('scores, −10 points, 5% canary', 'scores −10'),
  promoted('+3 points, labels late by 3,000', '+3: late labels'),
  rolledBack('−10 points, labels late by 3,000', '−10: late labels'),
  promoted('pairs, +3 points, 7% differ', 'pairs: +3'),
  rolledBack('pairs, −5 points, 9% differ', 'pairs: −5'),
  rolledBack('pairs, −10 points, 14% differ', 'pairs: −10'),
];

const heads = [
  'truth',
  '**block-bet**: decided',
  'median',
  '80% by',
  '90% by',
  'challenger’s, median',
  'known effect',
  'mSPRT (pooled)',
  'O’Brien–Fleming',
  'universal inference: nothing known; history',
  'one look, 80% power',
  'one look, same power',
];

/** Sizes of a test with one look; of zeros and ones that come at once and stay as they are. */
const oneLook = (study: Study | undefined, question: Question | undefined, power: number): readonly string[] => {
  if (study?.evidence !== 'outcomes' || question === undefined) return [none, none];
  const { scenario } = study;
  const isPlain = scenario.values === 'binary' && scenario.challenger.length === 1 && scenario.delays === undefined;
  if (!isPlain || scenario.ramp === 'by-evidence') return [none, none];
  const needed = [0.8, Math.min(power, 0.9999)].map((share) => fixedSampleSize(scenario, question, share));
  return needed.map(size);
};

const rowOf = (figures: Figures, studies: ReadonlyMap<string, Study>, row: Row): string[] => {
  const { scenario, study, ours, question, universal } = row;
  const summary = figureAt(figures, [study, ours]);
  if (summary === undefined) return [scenario, ...heads.slice(1).map(() => none)];
  const side = question?.direction === 1 ? 'promote' : 'roll back';
  const isMain = ours === 'promote' || ours === 'roll back';
  const peer = (name: string, of = study): string => medianCell(figures, isMain ? [of, `${name}: ${side}`] : undefined);
  const pair = (one: string, other: string, by: string): string =>
    [one, other].every((cell) => cell === none) ? none : `${one}${by}${other}`;
  const pooled = peer('mSPRT, pooled');
  return [
    scenario,
    percent(summary.rate),
    sizeWithError(summary.median),
    sizeWithError(summary.p80),
    sizeWithError(summary.p90),
    sizeWithError(summary.challengers),
    medianCell(figures, isMain ? [study, 'oracle'] : undefined),
    pooled === none ? none : `${peer('mSPRT')} (${pooled})`,
    peer('OBF'),
    universal === undefined ? none : pair(peer('UI, cold', universal), peer('UI, history', universal), '; '),
    ...oneLook(studies.get(study), question, summary.rate.value),
  ];
};

export const powerTable = (figures: Figures, studies: readonly Study[]): Table => {
  const byName = new Map(studies.map((study) => [study.name, study]));
  return createTable(
    'How soon a difference is found',
    heads,
    rows.map((row) => rowOf(figures, byName, row)),
  );
};
