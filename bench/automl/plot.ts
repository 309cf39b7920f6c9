import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { autogluon, ours, type Peer } from './peers.ts';
import { overTables } from './standings.ts';
import type { Line, Summary } from './summary.ts';

const colours = { Relearn: '#1467a8', AutoGluon: '#d98a3a', others: '#b9c2cb' } as const;

const kindOf = (peer: Peer): keyof typeof colours => {
  if (peer === ours) return 'Relearn';
  return peer === autogluon ? 'AutoGluon' : 'others';
};

const colour = {
  field: 'kind',
  type: 'nominal' as const,
  scale: { domain: Object.keys(colours), range: Object.values(colours) },
  legend: null,
};

/** What is much worse than the baseline is drawn at the edge. */
const least = -0.5;

const wayOf = (lines: readonly Line[], seed: number) =>
  lines.map(({ peer, places }) => {
    const { value, low, high } = overTables(
      places.map(({ way }) => way),
      seed,
    );
    return { peer: peer.title, kind: kindOf(peer), value, low: Math.max(low, least), high };
  });

const specificationOf = ({ tables, lines }: Summary, seed: number): TopLevelSpec => {
  const sorted = lines.toSorted((a, b) => b.way - a.way);
  const y = { field: 'peer', type: 'nominal' as const, sort: null, title: null, axis: { labelLimit: 0 } };
  const x = { type: 'quantitative' as const, title: 'of the way from baseline to best' };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    padding: 16,
    config: { font: 'system-ui, sans-serif', view: { stroke: null }, axis: { labelFontSize: 12, titleFontSize: 12 } },
    spacing: 40,
    resolve: { legend: { color: 'independent' } },
    hconcat: [
      {
        title: `Mean of ${tables.length} tables, and 95% of draws of tables`,
        width: 320,
        height: 24 * lines.length,
        data: { values: wayOf(sorted, seed) },
        encoding: { y },
        layer: [
          { mark: { type: 'bar', cornerRadiusEnd: 2 }, encoding: { x: { field: 'value', ...x }, color: colour } },
          { mark: { type: 'rule', color: '#444' }, encoding: { x: { field: 'low', ...x }, x2: { field: 'high' } } },
        ],
      },
      {
        title: 'Table by table',
        width: 320,
        height: 18 * tables.length,
        data: {
          values: lines.flatMap(({ peer, places }) =>
            places.map(({ way }, table) => ({
              table: tables[table]?.name,
              kind: kindOf(peer),
              way: Math.max(way, least),
            })),
          ),
        },
        mark: { type: 'point', filled: true, size: 55, opacity: 0.9 },
        encoding: {
          y: { field: 'table', type: 'nominal', sort: null, title: null, axis: { grid: true, labelLimit: 0 } },
          x: { field: 'way', ...x },
          color: { ...colour, legend: { title: null, orient: 'bottom' } },
        },
      },
    ],
  };
};

/** @returns the two pictures of docs/automl.svg */
export const drawPlot = async (summary: Summary, seed: number): Promise<string> =>
  new View(parse(compile(specificationOf(summary, seed)).spec), { renderer: 'none' }).toSVG();
