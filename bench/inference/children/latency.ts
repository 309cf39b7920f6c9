/** Times the whole handler beside onnxruntime's `session.run`, in one process: `latency.ts ENTRY MODEL GRAPH ROUNDS`. */
import { createRequire } from 'node:module';
import { median } from '../../quantiles.ts';
import { type BenchModel, bodyOf, eventOf, rowsOf } from '../fixtures.ts';

export interface LatencyRounds {
  /** Medians of each round, µs. */
  readonly handler: number[];
  readonly raw: number[];
}

const [entry = '', model = '', graph = '', rounds = '5'] = process.argv.slice(2);
const { InferenceSession, Tensor } = createRequire(entry)('onnxruntime-node') as typeof import('onnxruntime-node');
const { handler } = (await import(entry)) as { handler: (event: unknown) => Promise<{ statusCode: number }> };

const pairs = 3000;
const rows = rowsOf(500);
const events = rows.map((row) => eventOf(model as BenchModel, bodyOf(row)));
const tensors = rows.map((row) => Float32Array.from(row));
const session = await InferenceSession.create(graph, { intraOpNumThreads: 1, interOpNumThreads: 1 });

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1000;
};
const runRaw = (index: number): Promise<unknown> =>
  session.run({ numeric: new Tensor('float32', tensors[index % rows.length] as Float32Array, [1, 30]) });
const runHandler = (index: number): Promise<unknown> => handler(events[index % rows.length]);

const first = await handler(events[0]);
if (first.statusCode !== 200) throw new Error(`The handler answered ${JSON.stringify(first)}`);

const measured: LatencyRounds = { handler: [], raw: [] };
for (let round = -1; round < Number(rounds); round += 1) {
  const [handlerTimes, rawTimes]: [number[], number[]] = [[], []];
  for (let index = 0; index < pairs; index += 1) {
    // Turn by turn: each finds the caches as the other left them.
    rawTimes.push(await timed(() => runRaw(index)));
    handlerTimes.push(await timed(() => runHandler(index)));
  }
  // The first round warms both up.
  if (round < 0) continue;
  measured.handler.push(median(handlerTimes));
  measured.raw.push(median(rawTimes));
}
process.send?.(measured);
process.disconnect();
