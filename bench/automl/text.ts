/** The tables that are printed, and written on the page. */
import type { Run } from './run.ts';
import type { Line, Summary } from './summary.ts';
import type { Table } from './tables.ts';

type Rows = string[][];

const shown = (score: number | undefined): string => (score === undefined ? 'failed' : score.toPrecision(4));

/** Each table's main metric of each peer, an asterisk at the best. */
export const scoreTable = ({ tables, lines }: Summary, mark = (text: string): string => `${text} *`): Rows => {
  const cell = (line: Line, table: number): string => {
    const text = shown(line.runs[table]?.score);
    return (line.places[table]?.rank ?? 0) < 2 ? mark(text) : text;
  };
  return [
    ['table', 'metric', ...lines.map(({ peer }) => peer.title)],
    ...tables.map(({ name, metric }, table) => [name, metric, ...lines.map((line) => cell(line, table))]),
  ];
};

export const standingTable = ({ lines }: Summary): Rows => [
  ['', 'average rank', 'of the way', 'first on', 'failed on', 'seconds'],
  ...lines
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ peer, rank, way, firsts, runs, seconds }) => [
      peer.title,
      rank.toFixed(2),
      way.toFixed(3),
      String(firsts),
      String(runs.filter(({ score }) => score === undefined).length),
      seconds.toFixed(0),
    ]),
];

const share = (value: number): string => `${(100 * value).toFixed(value < 0.1 ? 1 : 0)}%`;

const featuresOf = (table: Table): string => {
  const kinds = Object.values(table.features);
  const counts = [...new Set(kinds)].map((kind) => `${kinds.filter((other) => other === kind).length} ${kind}`);
  return counts.join(', ');
};

const splitOf = ({ group, time }: Table): string => {
  if (group !== null) return `by ${group}`;
  return time === null ? 'by row' : `the latest by ${time}`;
};

const labelOf = ({ task, classes, rarestShare }: Table): string =>
  task === 'regression' ? 'a number' : `${classes.length} classes, the rarest ${share(rarestShare ?? 0)}`;

/** What there is to know of each table. */
export const catalogueTable = (tables: readonly Table[]): Rows => [
  ['table', 'rows', 'features', 'missing', 'most categories', 'label', 'test part'],
  ...tables.map((table) => [
    table.name,
    String(table.rows),
    featuresOf(table),
    share(table.missingShare),
    String(table.mostCategories),
    labelOf(table),
    `${share(table.testRows / table.rows)} ${splitOf(table)}`,
  ]),
];

export const sourceTable = (tables: readonly Table[]): Rows => [
  ['table', 'package', 'item', 'source', 'licence', 'cleaning'],
  ...tables.map((table) => [table.name, table.package, table.item, table.origin, table.licence, table.cleaning]),
];

const exponent = (value: number | undefined): string => (value === undefined ? '' : value.toExponential(0));

/** What became of ours: the one file that is scored. */
export const artifactTable = (tables: readonly Table[], runs: readonly Run[]): Rows => [
  ['table', 'winner', 'ONNX kB', 'parity', 'seconds'],
  ...tables.map(({ name }, index) => {
    const run = runs[index];
    const kilobytes = run?.onnxBytes === undefined ? '' : (run.onnxBytes / 1000).toFixed(0);
    return [
      name,
      run?.algorithm ?? run?.failure ?? '',
      kilobytes,
      exponent(run?.parity),
      run?.seconds.toFixed(0) ?? '',
    ];
  }),
];
