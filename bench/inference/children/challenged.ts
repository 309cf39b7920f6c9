/** Times the whole handler, and weighs the process: `challenged.ts ENTRY MODEL VERSION PAUSE`, the pause between requests in ms. */
import { setImmediate, setTimeout } from 'node:timers/promises';
import { quantile } from '../../quantiles.ts';
import { type BenchModel, bodyOf, eventOf, rowsOf } from '../fixtures.ts';

export interface Challenged {
  /** µs. */
  readonly p50: number;
  readonly p99: number;
  /** Resident, bytes. */
  readonly memory: number;
}

const [entry = '', model = '', version = '', pause = '0'] = process.argv.slice(2);
const rest = (): Promise<unknown> => (pause === '0' ? setImmediate() : setTimeout(Number(pause)));
const { handler } = (await import(entry)) as { handler: (event: unknown) => Promise<{ body: string }> };

const requests = 4000;
/** ms. */
const timeForShadows = 1000;
const events = rowsOf(500).map((row) => eventOf(model as BenchModel, bodyOf(row)));
const ask = (index: number) => handler(events[index % events.length]);
const isAnswered = async (): Promise<boolean> => JSON.parse((await ask(0)).body).version === version;

while (!(await isAnswered())) await rest();
const times: number[] = [];
for (let index = -1000; index < requests; index += 1) {
  const start = process.hrtime.bigint();
  await ask(index + 1000);
  if (index >= 0) times.push(Number(process.hrtime.bigint() - start) / 1000);
  await rest();
}
if (!(await isAnswered())) throw new Error(`Another version than ${version} answered.`);
const measured: Challenged = {
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
  memory: process.memoryUsage.rss(),
};
process.send?.(measured);
// onnxruntime aborts a process that ends in the middle of a run: what is still asked for in shadow has to be answered.
await setTimeout(timeForShadows);
process.disconnect();
