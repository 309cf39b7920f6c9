import { columns } from '../../cli/text/columns.ts';
import type { Estimate } from '../../examples/calling-score/decisions.ts';
import type { CallingScoreReport, Decision } from './report.ts';

const share = (value: number | null): string => (value === null ? 'none' : value.toFixed(3));
const known = (estimate: Estimate | undefined): string =>
  estimate === undefined ? 'none' : `${estimate.mean.toFixed(3)} ±${estimate.standardError.toFixed(3)}`;

const indented = (text: string): string[] => text.split('\n').map((line) => `  ${line}`);

/** The platform's decisions beside the truth, the head first. */
export const decisionRows = (decisions: readonly Decision[]): string[][] => [
  ['', 'true value', 'measured reward', 'people', 'true difference', 'decision', 'right?'],
  ...decisions.flatMap(({ champion, challenger, truth, measured, status, end, right }) => [
    [`champion ${champion}`, known(truth.champion), known(measured.champion), String(measured.champion?.units ?? 0)],
    [
      `challenger ${challenger}`,
      known(truth.challenger),
      known(measured.challenger),
      String(measured.challenger?.units ?? 0),
      known(truth.difference),
      `${status} by ${end}`,
      right ? 'yes' : 'NO',
    ],
  ]),
];

/** Days of versions, the head first. */
export const dayRows = ({ days }: Pick<CallingScoreReport, 'days'>): string[][] => [
  ['day', 'version', 'positive rate', 'mean score', 'mean reward', 'samples'],
  ...days.map(({ day, version, positiveRate, meanScore, meanReward, samples }) => [
    day,
    version,
    share(positiveRate),
    share(meanScore),
    share(meanReward),
    String(samples),
  ]),
];

/** Label maturity in a sentence a line. */
export const maturityLines = ({ maturity }: Pick<CallingScoreReport, 'maturity'>): string[] => [
  ...maturity.days.map(
    ({ day, predictions, labelled, share: part }) =>
      `${day}: ${labelled} of ${predictions} predictions have their outcome (${share(part)})`,
  ),
  `median delay ${maturity.medianSeconds?.toFixed(1) ?? 'unknown'} s; ${share(maturity.windowCovers)} of outcomes come within the window of ${maturity.windowSeconds} s`,
];

/** What the run found, for a terminal. */
export const summaryOf = (report: CallingScoreReport): string => {
  const { requests, lost, seconds, faults, best } = report;
  return [
    '',
    ...indented(columns(decisionRows(report.decisions))),
    `  (the best way to decide is worth ${known(best)})`,
    '',
    ...indented(columns(dayRows(report))),
    '',
    ...maturityLines(report).map((line) => `  ${line}`),
    '',
    `  requests    ${requests.predictions} predictions and ${requests.reports} reports, ${requests.unserved} unserved, ${lost} lost`,
    `  outcomes    ${requests.repeated} repeated, ${requests.corrected} corrected, ${requests.late} after the window`,
    `  all in      ${seconds.toFixed(0)} s`,
    ...faults.map((fault) => `  FAULT       ${fault}`),
  ].join('\n');
};
