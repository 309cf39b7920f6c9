/** Sends the memory of the predict function after some predictions, in bytes: `memory.ts ENTRY MODEL`. */
import { type BenchModel, bodyOf, eventOf, rowsOf } from '../fixtures.ts';

const [entry = '', model = ''] = process.argv.slice(2);
const { handler } = (await import(entry)) as { handler: (event: unknown) => Promise<{ statusCode: number }> };
for (const row of rowsOf(500)) {
  const { statusCode } = await handler(eventOf(model as BenchModel, bodyOf(row)));
  if (statusCode !== 200) throw new Error(`The handler answered ${statusCode}.`);
}
process.send?.(process.memoryUsage.rss());
process.disconnect();
