import type { Schemas } from '../../client/index.ts';
import { bar } from './bar.ts';
import { columns } from './columns.ts';
import { percent, points, short, signed } from './numbers.ts';

type Explanation = Schemas['Explanation'];

const barWidth = 20;

const headline = ({ version, label, class: explained, answer, base }: Explanation): string =>
  explained === undefined
    ? `${version} says ${short(answer, 4)}; it would be ${short(base, 4)} on average`
    : `${version} says ${label}; the probability of ${explained} is ${percent(answer)}, and would be ${percent(base)} on average`;

/** What each field did to an answer: of a probability in points, else in the unit of the number. */
export const explanationText = (explanation: Explanation): string => {
  const { class: explained, contributions, rest } = explanation;
  const told = explained === undefined ? signed : points;
  const sizes = contributions.map(({ contribution }) => Math.abs(contribution));
  const largest = Math.max(...sizes, Number.MIN_VALUE);
  const rows = contributions.map(({ field, contribution, standardError }, index) => [
    `  ${field}`,
    told(contribution),
    `± ${told(standardError).replace('+', '')}`,
    bar((sizes[index] ?? 0) / largest, barWidth),
  ]);
  const others = rest === undefined ? [] : [[`  ${rest.fields} others`, told(rest.contribution)]];
  return [headline(explanation), columns([...rows, ...others], ['left', 'right', 'right'])].join('\n');
};
