import type { Schemas } from '../../client/index.ts';
import { EvaluatedPart } from '../../contracts/evaluations.ts';
import { SliceKind, shareRight } from '../../contracts/metrics.ts';
import { columns, type Side } from './columns.ts';
import { metricName, numbersOf, score } from './metrics.ts';
import { percent, signed } from './numbers.ts';

type Evaluation = Schemas['Evaluation'];
type Results = NonNullable<Evaluation['results']>;
type Difference = NonNullable<Evaluation['differences']>[number];

const cases: Readonly<Record<EvaluatedPart, string>> = {
  [EvaluatedPart.Holdout]: 'held-out cases',
  [EvaluatedPart.Gold]: 'gold cases',
  [EvaluatedPart.All]: 'cases, trained on or not,',
};

/** Columns of which the first `names` hold words, and the others numbers. */
const numbersAfter = (names: number, versions: number): Side[] => [
  ...Array<Side>(names).fill('left'),
  ...Array<Side>(versions).fill('right'),
];

const metricRows = (results: Results): string => {
  const numbers = results.map(({ metrics }) => new Map(numbersOf(metrics)));
  const names = [...new Set(numbers.flatMap((of) => [...of.keys()]))];
  return columns(
    [
      ['  metric', ...results.map(({ version }) => version)],
      ...names.map((name) => [`  ${name}`, ...numbers.map((of) => score(of.get(name)))]),
    ],
    numbersAfter(1, results.length),
  );
};

const leftOutLines = (leftOut: number): string[] =>
  leftOut === 0
    ? []
    : [`  ${leftOut.toLocaleString('en')} of the smallest slices are left out: all would be too large`];

/** All versions are measured on the same slices of the same cases. */
const sliceLines = (results: Results, leftOut: number): string[] => {
  const slices = results[0]?.slices ?? [];
  if (slices.length === 0) return leftOutLines(leftOut);
  return [
    'share of answers that are right, by slice',
    columns(
      [
        ['  field', 'value', 'cases', ...results.map(({ version }) => version)],
        ...slices.map(({ field, value, kind, metrics }, index) => [
          `  ${field}`,
          kind === SliceKind.Value ? value : `(${kind})`,
          metrics.cases.toLocaleString('en'),
          ...results.map(({ slices }) => {
            const slice = slices[index];
            return percent(slice === undefined ? undefined : shareRight(slice.metrics));
          }),
        ]),
      ],
      numbersAfter(2, results.length + 1),
    ),
    ...leftOutLines(leftOut),
  ];
};

const winner = ({ version, against, better }: Difference): string => {
  if (better === null) return 'either may be';
  return better ? version : against;
};

const differenceLines = (differences: readonly Difference[]): string[] =>
  differences.length === 0
    ? []
    : [
        'differences on the same cases, and what holds the true one in 95 of 100 such comparisons',
        columns(
          [
            ['  version', 'less', 'metric', 'difference', 'from', 'to', 'better'],
            ...differences.map((found) => [
              `  ${found.version}`,
              found.against,
              metricName(found.metric),
              signed(found.difference),
              signed(found.lower),
              signed(found.upper),
              winner(found),
            ]),
          ],
          ['left', 'left', 'left', 'right', 'right', 'right'],
        ),
      ];

const warningLines = (results: Results): string[] =>
  results.flatMap(({ version, failures, trainedOn }) => [
    ...(failures > 0 ? [`  ! ${version} failed on ${failures} of them, which count as wrong`] : []),
    ...(trainedOn > 0 ? [`  ! ${version} was trained on ${trainedOn} of them: what comes out flatters it`] : []),
  ]);

/** Versions, measured side by side on one dataset. */
export const evaluationText = (evaluation: Evaluation): string => {
  const {
    id,
    model,
    status,
    part,
    dataset,
    cases: count,
    results = [],
    slicesLeftOut = 0,
    differences = [],
  } = evaluation;
  return [
    `${id}: ${model}, ${status}, on ${count === undefined ? '' : `${count.toLocaleString('en')} `}${cases[part]} of ${dataset}`,
    ...(results.length === 0 ? [] : [metricRows(results)]),
    ...differenceLines(differences),
    ...sliceLines(results, slicesLeftOut),
    ...warningLines(results),
  ].join('\n');
};
