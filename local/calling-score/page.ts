import type { TopLevelSpec } from 'vega-lite';
import type { Rollout } from '../../contracts/rollouts.ts';
import { RolloutStatus } from '../../contracts/statuses.ts';
import { armColours, escaped, ink, svgOf, table, timelineTable, webPage } from '../demo/web-page.ts';
import { measure } from './correctness.ts';
import type { CallingScoreReport, Decision } from './report.ts';
import { dayRows, decisionRows, maturityLines } from './summary.ts';

/** One of those that stand side by side, a rollout each. */
type Plot = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number];

const titleOf = ({ challenger, champion }: Decision): string => `${challenger} against ${champion}`;

const legend = { orient: 'top' } as const;
const colour = { field: 'arm', type: 'nominal', scale: armColours, title: null, legend } as const;
const seconds = {
  field: 'at',
  type: 'quantitative',
  title: 'seconds since the rollout began',
  scale: { domainMin: 0 },
} as const;
const arms = ['champion', 'challenger'] as const;

/** Mean reward of each arm, of the units so far: one point a block. */
const rewardPoints = ({ startedAt, randomisedBlocks = [] }: Rollout) =>
  randomisedBlocks.flatMap((block, index) =>
    arms.flatMap((arm) => {
      const measured = measure(randomisedBlocks.slice(0, index + 1), arm);
      const at = (Date.parse(block.at) - Date.parse(startedAt)) / 1000;
      return measured === undefined ? [] : [{ at, arm, mean: measured.mean }];
    }),
  );

const rewardPlot = (decision: Decision, rollout: Rollout): Plot => {
  const truth = arms.map((arm) => ({ arm, mean: decision.truth[arm].mean }));
  const y = { field: 'mean', type: 'quantitative', scale: { zero: false } } as const;
  return {
    title: titleOf(decision),
    width: 340,
    height: 220,
    layer: [
      {
        data: { values: rewardPoints(rollout) },
        mark: { type: 'line', strokeWidth: 2 },
        encoding: { x: seconds, y: { ...y, title: 'mean reward so far' }, color: colour },
      },
      {
        data: { values: truth },
        mark: { type: 'rule', strokeDash: [5, 4], strokeWidth: 1.5 },
        encoding: { y, color: colour },
      },
    ],
  };
};

const evidencePlot = (decision: Decision, { policy }: Rollout): Plot => {
  const kinds = { domain: ['promote', 'roll back'], range: ['#15803d', '#b91c1c'] };
  const points = decision.points.flatMap(({ at, promote, rollback }) => [
    { at, kind: 'promote', value: promote },
    { at, kind: 'roll back', value: rollback },
  ]);
  const thresholds = [
    { kind: 'promote', value: 1 / policy.promotionAlpha },
    { kind: 'roll back', value: 1 / policy.rollbackAlpha },
  ];
  const y = { field: 'value', type: 'quantitative', scale: { type: 'log' }, title: 'e-value' } as const;
  const color = { field: 'kind', type: 'nominal', scale: kinds, title: null, legend } as const;
  return {
    title: titleOf(decision),
    width: 340,
    height: 220,
    layer: [
      { data: { values: points }, mark: { type: 'line', strokeWidth: 2 }, encoding: { x: seconds, y, color } },
      { data: { values: thresholds }, mark: { type: 'rule', strokeDash: [5, 4] }, encoding: { y, color } },
    ],
  };
};

const weightPlot = (decision: Decision, { startedAt, endedAt, stages, status }: Rollout): Plot => {
  const at = (time: string): number => (Date.parse(time) - Date.parse(startedAt)) / 1000;
  const end = status === RolloutStatus.Promoted ? 100 : 0;
  const steps = [
    { at: 0, weight: 0 },
    ...stages.map((stage) => ({ at: at(stage.startedAt), weight: stage.weight })),
    ...(endedAt === undefined ? [] : [{ at: at(endedAt), weight: end }]),
  ];
  return {
    title: titleOf(decision),
    width: 340,
    height: 180,
    data: { values: steps },
    mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2, color: ink },
    encoding: {
      x: seconds,
      y: {
        field: 'weight',
        type: 'quantitative',
        title: "challenger's share of requests, %",
        scale: { domain: [0, 100] },
      },
    },
  };
};

/** @param rollouts - with their blocks, in the order of the decisions */
export const callingScorePage = async (report: CallingScoreReport, rollouts: readonly Rollout[]): Promise<string> => {
  const draw = (plot: (decision: Decision, rollout: Rollout) => Plot): Promise<string> => {
    const hconcat = report.decisions.flatMap((decision, index) => {
      const rollout = rollouts[index];
      return rollout === undefined ? [] : [plot(decision, rollout)];
    });
    return svgOf({ hconcat, spacing: 40 });
  };
  const faults = report.faults.map((fault) => `<p><strong>${escaped(fault)}</strong></p>`).join('\n');
  return webPage(
    'Relearn: were its decisions right?',
    `<p>The people of this run are made by a generator, so the true value of every version is known; the platform sees
rewards only. Dashed lines are the truth, or the evidence that a decision asks for.</p>
${faults}
${table(decisionRows(report.decisions))}
<h2>Mean reward of both arms</h2>
${await draw(rewardPlot)}
<h2>Evidence</h2>
${await draw(evidencePlot)}
<h2>Traffic weight</h2>
${await draw(weightPlot)}
<h2>By day and version</h2>
${table(dayRows(report))}
${maturityLines(report)
  .map((line) => `<p>${escaped(line)}</p>`)
  .join('\n')}
<h2>Timeline</h2>
${timelineTable(report.timeline)}`,
  );
};
