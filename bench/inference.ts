/** `npm run bench:inference [-- --json FILE]`: how fast, how small and how quickly up the predict function is. */
import { keepTalking } from '../local/log.ts';
import { readJsonArgument } from './arguments.ts';
import { benchChallenged } from './inference/challenged.ts';
import { buildScripts } from './inference/child.ts';
import { startBenchCloud } from './inference/cloud.ts';
import { benchColdStart } from './inference/cold-start.ts';
import { benchExplanations } from './inference/explanations.ts';
import { served } from './inference/fixtures.ts';
import { benchFootprint } from './inference/footprint.ts';
import { benchLatency } from './inference/latency.ts';
import { buildPackage } from './inference/package.ts';
import { writePage } from './inference/page.ts';
import { prepare } from './inference/prepare.ts';
import { benchThroughput } from './inference/throughput.ts';
import { finish, machine } from './report.ts';

const { json } = readJsonArgument();
const log = (line: string): void => console.log(`  ${line}`);

console.log(`Inference on ${machine()}`);
await prepare(log);
await buildScripts();
const built = await keepTalking(log, 'bundling the predict function', buildPackage());
const cloud = await startBenchCloud([served('trees'), served('network')]);
const onlyTrees = await startBenchCloud([served('trees')]);
try {
  const latency = await keepTalking(log, 'one prediction', benchLatency(built, cloud.url));
  const challenged = await keepTalking(log, 'a challenger beside it', benchChallenged(built));
  const explained = await keepTalking(log, 'an explanation', benchExplanations());
  const coldStart = await benchColdStart(built, onlyTrees.url, log);
  const throughput = await benchThroughput(built, onlyTrees.url, log);
  const footprint = await keepTalking(log, 'memory', benchFootprint(built));
  const results = [
    ...latency.results,
    ...challenged,
    ...explained,
    ...throughput.results,
    ...coldStart.results,
    ...footprint,
  ];
  await writePage(results, {
    latency: latency.figures,
    throughput: throughput.figures,
    coldStart: coldStart.figures,
  });
  finish(results, json);
  console.log('The page with the plot: docs/performance.md');
} finally {
  await Promise.all([cloud.close(), onlyTrees.close()]);
}
