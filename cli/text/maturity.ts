import type { Schemas } from '../../client/index.ts';
import { bar } from './bar.ts';
import { columns } from './columns.ts';
import { duration, percent, short } from './numbers.ts';

type Maturity = Schemas['LabelMaturity'];

const barWidth = 20;
const milestones = [0.5, 0.9, 0.98] as const;

const dayRow = ({ day, predictions, labelled, share, expectedShare }: Maturity['days'][number]): string[] => [
  `  ${day}`,
  `${labelled} of ${predictions}`,
  bar(share ?? 0, barWidth),
  percent(share),
  `of ${percent(expectedShare)} expected`,
];

const delayLine = ({ delays, windowSeconds, windowCovers }: Maturity): string => {
  const reached = milestones.flatMap((milestone) => {
    const point = delays.find(({ share }) => share >= milestone);
    return point === undefined ? [] : [`${percent(milestone)} within ${duration(point.seconds)}`];
  });
  const learnt = reached.length === 0 ? 'too few to tell' : reached.join(', ');
  return `  labels come: ${learnt}; the window of ${duration(windowSeconds)} covers ${percent(windowCovers)}`;
};

const verdictLine = ({ verdict }: Maturity): string[] => {
  if (verdict === undefined) return [];
  const { rollout, samples, samplesPerDay, expectedAt } = verdict;
  const when = expectedAt === null ? 'no verdict within its horizon' : `a verdict about ${expectedAt.slice(0, 16)}`;
  return [`  ${rollout}: ${short(samples)} samples, ${short(samplesPerDay)} a day, ${when}`];
};

/** Which labels have come, for a person. */
export const maturityText = (maturity: Maturity): string =>
  [
    `${maturity.model}: labels by the day of their predictions`,
    ...(maturity.days.length === 0 ? ['  none yet'] : [columns(maturity.days.map(dayRow), ['left', 'right'])]),
    delayLine(maturity),
    ...verdictLine(maturity),
    ...maturity.warnings.map((warning) => `  ! ${warning}`),
  ].join('\n');
