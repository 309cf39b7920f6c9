/** Times an explanation beside the runs of the graph that it is made of: `explain.ts GRAPH ROUNDS`. */
import { readFileSync } from 'node:fs';
import { Explainer } from '../../../functions/inference/explanations/explainer.ts';
import { openGraph } from '../../../functions/inference/graph.ts';
import { rowsAtOnce } from '../../../functions/inference/loaded-model.ts';
import { median } from '../../quantiles.ts';
import { classes, features, rowsOf } from '../fixtures.ts';

export interface ExplanationRounds {
  /** Medians of each round, ms. */
  readonly explained: number[];
  readonly raw: number[];
}

const [graph = '', rounds = '5'] = process.argv.slice(2);
const signature = { numeric: features, categorical: [], classes };
const model = openGraph(readFileSync(graph), signature);
const rows = rowsOf(rowsAtOnce);
const inGeneral = rows.slice(0, 16);
const background = Object.fromEntries(features.map((name, at) => [name, inGeneral.map((row) => row[at] ?? null)]));
const explainer = new Explainer(signature, background, 1);
const together = { rows: rows.length, numeric: Float32Array.from(rows.flat()), categorical: [] };

const timed = (work: () => void): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};
const explain = (row: readonly number[]): void => {
  const input = { rows: 1, numeric: Float32Array.from(row), categorical: [] };
  const answer = model.runFlat(input)[1] ?? Number.NaN;
  explainer.explain(model, input, 1, answer);
};
/** As many inputs as an explanation asks for. */
const run = (): void => {
  for (let asked = 0; asked < explainer.inputs; asked += rowsAtOnce) model.runFlat(together);
};

const measured: ExplanationRounds = { explained: [], raw: [] };
for (let round = -1; round < Number(rounds); round += 1) {
  const [explained, raw]: [number[], number[]] = [[], []];
  for (const row of rows.slice(0, 20)) {
    raw.push(timed(run));
    explained.push(timed(() => explain(row)));
  }
  // The first round warms both up.
  if (round < 0) continue;
  measured.explained.push(median(explained));
  measured.raw.push(median(raw));
}
process.send?.(measured);
process.disconnect();
