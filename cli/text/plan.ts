import type { Schemas } from '../../client/index.ts';
import { columns } from './columns.ts';
import { percent, points, short } from './numbers.ts';

type Plan = Schemas['Plan'];
type EvidencePlan = Plan['plans'][number];

const head = ['points', 'verdict', 'promoted', 'rolled back', 'expired', 'samples', 'days', '9 of 10 within'];

const evidenceText = (declared: Plan['declared'], plan: EvidencePlan): string => {
  const { evidence, samplesPerDay, verdicts, warnings, concludes } = plan;
  const rows = verdicts.map((verdict) => [
    points(verdict.difference),
    verdict.verdict,
    percent(verdict.promoted),
    percent(verdict.rolledBack),
    percent(verdict.expired),
    short(verdict.samples),
    short(verdict.days),
    verdict.daysP90 === null ? '–' : `${short(verdict.daysP90)} days`,
  ]);
  return [
    `${evidence}${evidence === declared ? ', which the model declares' : ''}: ${short(samplesPerDay)} samples a day; ` +
      `an equally good challenger ${concludes ? 'gets a' : 'gets no'} verdict`,
    columns(
      [head, ...rows].map((cells) => cells.map((cell, index) => (index === 0 ? `  ${cell.padStart(6)}` : cell))),
      ['right', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
    ),
    ...warnings.map((warning) => `  ! ${warning}`),
  ].join('\n');
};

/** How long it will take to know, for a person. */
export const planText = ({ model, declared, assumed, plans }: Plan): string => {
  const used = Object.entries(assumed).map(([name, value]) => `${name} ${short(value)}`);
  return [`${model}, with ${used.join(', ')}`, ...plans.map((plan) => evidenceText(declared, plan))].join('\n\n');
};
