import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Figures } from './pool.ts';

interface Method {
  readonly name: string;
  readonly colour: string;
  readonly shape: string;
  /** The figure of a study without its side; of the engine the side itself. */
  readonly figure?: string;
}

const methods: readonly Method[] = [
  { name: 'block-bet (Relearn)', colour: '#1467a8', shape: 'circle' },
  { name: 'naive z-test every 100', colour: '#c0392b', shape: 'cross', figure: 'naive z, two-sided' },
  { name: 'mSPRT', colour: '#b7791f', shape: 'square', figure: 'mSPRT' },
  { name: 'asymptotic sequence', colour: '#7d3c98', shape: 'triangle-up', figure: 'AsympCS' },
  { name: 'z-test, one look', colour: '#6b7780', shape: 'diamond', figure: 'fixed horizon' },
  { name: 'O’Brien–Fleming', colour: '#1e8449', shape: 'triangle-down', figure: 'OBF' },
];

type Side = 'promote' | 'roll back';
type Scenario = readonly [label: string, study: string, side: Side];

/** Nothing of it should be promoted. */
const misleading: readonly Scenario[] = [
  ['equal, planned ramp', 'equal', 'promote'],
  ['2 points worse, margin of 2', 'at the margin', 'promote'],
  ['equal, 5% all the time', 'canary', 'promote'],
  ['equal, right in 97%', 'p = .97', 'promote'],
  ['equal, both drift', 'drift up', 'promote'],
  ['… and the evidence drives the ramp', 'by evidence: drift', 'promote'],
  ['equal, labels of successes first', 'delay: successes first', 'promote'],
  ['equal, 5 outcomes a user', 'users', 'promote'],
  ['equal, scores', 'scores', 'promote'],
];

/** All of it should be found. */
const different: readonly Scenario[] = [
  ['+5 points, ramp', '+5', 'promote'],
  ['+3 points, half and half', '+3: even', 'promote'],
  ['+3 points, ramp', '+3', 'promote'],
  ['equal, not worse by 2', 'not worse by the margin', 'promote'],
  ['−5 points, ramp', '−5', 'roll back'],
  ['−10 points, ramp', '−10', 'roll back'],
  ['−10 points, 5% all the time', '−10: canary', 'roll back'],
  ['−20 points, 5% all the time', '−20: canary', 'roll back'],
  ['scores, −10 points, 5%', 'scores −10', 'roll back'],
];

/** In percent; less is drawn at the edge. */
const leastRate = 0.5;

interface Point {
  readonly scenario: string;
  readonly method: string;
  readonly value: number;
}

const pointsOf = (
  figures: Figures,
  scenarios: readonly Scenario[],
  read: (summary: Figures[string][string]) => number,
): Point[] =>
  scenarios.flatMap(([scenario, study, side]) =>
    methods.flatMap(({ name, figure }): Point[] => {
      const summary = figures[study]?.[figure === undefined ? side : `${figure}: ${side}`];
      const value = summary === undefined ? Number.NaN : read(summary);
      return Number.isFinite(value) ? [{ scenario, method: name, value }] : [];
    }),
  );

type Panel = Extract<TopLevelSpec, { vconcat: unknown }>['vconcat'][number];

const domain = methods.map(({ name }) => name);

const panel = (
  title: string,
  axis: string,
  values: readonly Point[],
  ticks: readonly number[],
  line: readonly number[] = [],
): Panel => {
  const scale = { type: 'log' as const, domain: [ticks[0] ?? 1, ticks.at(-1) ?? 1], nice: false };
  return {
    title,
    width: 520,
    height: { step: 44, for: 'position' },
    layer: [
      ...line.map((value) => ({
        data: { values: [{ value }] },
        mark: { type: 'rule' as const, color: '#1467a8', strokeDash: [4, 3] },
        encoding: { x: { field: 'value', type: 'quantitative' as const, scale } },
      })),
      {
        data: { values: [...values] },
        mark: { type: 'point', filled: true, size: 60, opacity: 1 },
        encoding: {
          y: {
            field: 'scenario',
            type: 'nominal',
            sort: null,
            title: null,
            axis: { grid: true, tickBand: 'extent', labelLimit: 0 },
          },
          yOffset: { field: 'method', type: 'nominal', scale: { domain, padding: 1 } },
          x: {
            field: 'value',
            type: 'quantitative',
            title: axis,
            scale,
            axis: { values: [...ticks], format: ',~r', grid: false },
          },
          color: {
            field: 'method',
            type: 'nominal',
            title: null,
            scale: { domain, range: methods.map(({ colour }) => colour) },
            legend: { orient: 'bottom', columns: 2, labelFontSize: 12, labelLimit: 0, symbolSize: 80 },
          },
          shape: { field: 'method', type: 'nominal', scale: { domain, range: methods.map(({ shape }) => shape) } },
        },
      },
    ],
  };
};

const specificationOf = (figures: Figures): TopLevelSpec => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  background: 'white',
  padding: 16,
  config: { font: 'system-ui, sans-serif', view: { stroke: null }, axis: { labelFontSize: 12, titleFontSize: 12 } },
  spacing: 28,
  vconcat: [
    panel(
      'Promoted although not better',
      '% of rollouts; the line is the 5% that was asked for',
      pointsOf(figures, misleading, ({ rate }) => Math.max(100 * rate.value, leastRate)),
      [0.5, 1, 2, 5, 10, 20, 50, 100],
      [5],
    ),
    panel(
      'Outcomes until a true difference is found',
      'outcomes of both versions, median',
      pointsOf(figures, different, ({ median }) => median.value),
      [200, 500, 1_000, 2_000, 5_000, 10_000, 20_000],
    ),
  ],
});

/** @returns the two pictures of docs/statistics.svg */
export const drawPlot = async (figures: Figures): Promise<string> =>
  new View(parse(compile(specificationOf(figures)).spec), { renderer: 'none' }).toSVG();
