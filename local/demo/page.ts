import type { TopLevelSpec } from 'vega-lite';
import { type Rollout, RolloutKind } from '../../contracts/rollouts.ts';
import { RolloutStatus } from '../../contracts/statuses.ts';
import type { DemoReport } from './report.ts';
import { armColours as arms, ink, svgOf, timelineTable, webPage } from './web-page.ts';

/** Share that each arm had right, of the pairs so far: one point a block. */
const accuracyPoints = (rollouts: readonly Rollout[]) =>
  rollouts.flatMap((rollout) => {
    let pairs = 0;
    let champion = 0;
    let challenger = 0;
    return (rollout.blocks ?? []).flatMap(({ both, championOnly, challengerOnly, neither }) => {
      pairs += both + championOnly + challengerOnly + neither;
      champion += both + championOnly;
      challenger += both + challengerOnly;
      if (pairs === 0) return [];
      const title = `${rollout.version} ${rollout.status}`;
      return [
        { title, pairs, arm: 'champion', accuracy: champion / pairs },
        { title, pairs, arm: 'challenger', accuracy: challenger / pairs },
      ];
    });
  });

const accuracyPlot = (rollouts: readonly Rollout[]): TopLevelSpec => ({
  data: { values: accuracyPoints(rollouts) },
  facet: { column: { field: 'title', type: 'nominal', title: null, sort: null } },
  resolve: { scale: { x: 'independent' } },
  spec: {
    width: 330,
    height: 220,
    mark: { type: 'line', strokeWidth: 2, clip: true },
    encoding: {
      x: { field: 'pairs', type: 'quantitative', title: 'cases scored by both versions' },
      y: {
        field: 'accuracy',
        type: 'quantitative',
        title: 'share right so far',
        scale: { zero: false },
        axis: { format: '.0%' },
      },
      color: { field: 'arm', type: 'nominal', scale: arms, title: null },
    },
  },
});

/** Where the label of an end stands, %: one below the other, so that ends that are near do not overlap. */
const highestLabel = 94;
const labelSpacing = 10;

/** Steps of the challenger's weight, and where each rollout ended. Seconds since the first challenger began. */
const weightPoints = (rollouts: readonly Rollout[]) => {
  const origin = Math.min(...rollouts.map(({ startedAt }) => Date.parse(startedAt)));
  const seconds = (at: string): number => (Date.parse(at) - origin) / 1000;
  const ends = rollouts.flatMap(({ endedAt, version, status, end }, index) => {
    if (endedAt === undefined) return [];
    const weight = status === RolloutStatus.Promoted ? 100 : 0;
    const label = highestLabel - labelSpacing * index;
    return [{ at: seconds(endedAt), weight, version, label, verdict: `${version} ${status} by ${end}` }];
  });
  const steps = rollouts.flatMap(({ version, startedAt, stages }) => [
    { at: seconds(startedAt), weight: 0, version },
    ...stages.map((stage) => ({ at: seconds(stage.startedAt), weight: stage.weight, version })),
    ...ends.filter((end) => end.version === version),
  ]);
  return { steps, ends };
};

const weightPlot = (rollouts: readonly Rollout[]): TopLevelSpec => {
  const { steps, ends } = weightPoints(rollouts);
  const x = { field: 'at', type: 'quantitative', title: 'seconds since the first challenger began' } as const;
  const y = { field: 'weight', type: 'quantitative', title: "challenger's share of requests, %" } as const;
  const color = { field: 'version', type: 'nominal', title: null } as const;
  return {
    width: 760,
    height: 240,
    layer: [
      {
        data: { values: steps },
        mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2 },
        encoding: { x, y, color },
      },
      { data: { values: ends }, mark: { type: 'rule', strokeDash: [2, 3] }, encoding: { x, color } },
      { data: { values: ends }, mark: { type: 'point', size: 90, filled: true }, encoding: { x, y, color } },
      {
        data: { values: ends },
        mark: { type: 'text', align: 'right', dx: -8, fontSize: 11 },
        encoding: {
          x,
          y: { field: 'label', type: 'quantitative' },
          text: { field: 'verdict' },
          color: { value: ink },
        },
      },
    ],
  };
};

/**
 * The demo as a page: two plots and the timeline.
 *
 * @param judged - the rollouts with their blocks, in the order in which they began
 */
export const demoPage = async (report: DemoReport, judged: readonly Rollout[]): Promise<string> => {
  const [accuracy, weight] = await Promise.all([
    svgOf(accuracyPlot(judged.filter(({ blocks = [] }) => blocks.length > 0))),
    svgOf(weightPlot(judged.filter(({ kind }) => kind !== RolloutKind.First))),
  ]);
  return webPage(
    'Relearn: what the demo did',
    `<p>Accuracy went from ${(report.accuracy.before * 100).toFixed(1)}% to ${(report.accuracy.after * 100).toFixed(1)}%
on the same cases. ${report.requests.sent} requests, ${report.requests.unserved} unserved. ${report.cases.received} cases sent,
${report.cases.lost} lost. ${report.identifiersFound} identifiers found behind the door.</p>
<h2>Accuracy of champion and challenger over cases</h2>
${accuracy}
<p>Each case is one of the ${report.heldBack.rows} rows held back from training, drawn with replacement ${report.heldBack.drawn} times.</p>
<h2>Traffic weight over time</h2>
${weight}
<h2>Timeline</h2>
${timelineTable(report.timeline)}`,
  );
};
