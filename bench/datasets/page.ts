import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { root } from '../../local/paths.ts';
import { machine, markdownOf, markdownTable, type Result } from '../report.ts';
import { type Cost, type Measured, newCases, rounds, snapshots } from './measure.ts';
import { rowsOf } from './summary.ts';

const ways = {
  packed: 'packs and pages',
  everySegment: 'every segment listed',
  whole: 'all written again',
} as const;
type Way = keyof typeof ways;

const points = (measured: readonly Measured[]) =>
  measured.flatMap((size) =>
    (Object.keys(ways) as Way[]).map((way) => {
      const { milliseconds, read, written }: Cost = size[way];
      return { oldCases: size.oldCases, way: ways[way], milliseconds, kilobytes: (read + written) / 1024 };
    }),
  );

const plotOf = (measured: readonly Measured[]): TopLevelSpec => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  background: 'white',
  config: { font: 'system-ui, sans-serif', view: { stroke: null }, axis: { grid: false } },
  spacing: 40,
  data: { values: points(measured) },
  hconcat: (
    [
      ['milliseconds', 'ms of a snapshot'],
      ['kilobytes', 'KiB read and written'],
    ] as const
  ).map(([field, title]) => ({
    width: 320,
    height: 220,
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'oldCases', type: 'quantitative', scale: { type: 'log' }, title: 'old cases' },
      y: { field, type: 'quantitative', scale: { type: 'log' }, title },
      color: {
        field: 'way',
        type: 'nominal',
        title: null,
        scale: { domain: Object.values(ways), range: ['#2a78b5', '#d98a3a', '#8a8a8a'] },
      },
    },
  })),
});

const pageOf = (results: readonly Result[], measured: readonly Measured[]): string => `# Datasets

Made by \`npm run bench:datasets\`, which measures all of it again.

![What a snapshot costs, by the number of old cases](datasets.svg)

${markdownTable(rowsOf(measured))}

${markdownOf(results)}

Read on ${machine()}.

## How it was read

- The code of the deployed function on the embedded cloud's table and bucket. The ledger is sealed in segments of 25
  cases, as the collector seals them; each case has twelve numbers.
- **snapshot**: a dataset of all cases after ${newCases.toLocaleString('en')} new ones: the mean of ${snapshots} in a row, and of ${rounds} such rounds the
  median. In each round one pack becomes full, so each snapshot bears its part of it: a case is read and written once
  in its life. The number of old cases is that before the first round; each round adds 5,000.
- **read, written**: bodies of requests and answers, of table and bucket together.
- **every segment listed**: how datasets were cut before. Reads the manifest before, adds what is new, writes manifest and
  list whole.
- **all written again**: the floor of a snapshot that copies the dataset: all files are read, checked and written once,
  packed as they are.
- The items of segments that are packed were taken out of the table while the ledger grew. No snapshot asks for them; but
  the emulator looks at every item of a partition with each query, where DynamoDB finds those that were asked for.
- **first pack**: the snapshot that packs all cases since the size before, by thousand cases.
- **export**: all cases as one file in the bucket, until the answer that names its address.
`;

/** Writes docs/datasets.md and docs/datasets.svg. */
export const writePage = async (results: readonly Result[], measured: readonly Measured[]): Promise<void> => {
  const view = new View(parse(compile(plotOf(measured)).spec), { renderer: 'none' });
  writeFileSync(join(root, 'docs/datasets.svg'), `${await view.toSVG()}\n`);
  writeFileSync(join(root, 'docs/datasets.md'), pageOf(results, measured));
};
