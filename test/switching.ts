/** `npm run test:switching`: 10,000 requests over 100 promotions and 100 rollbacks, on the deployed stack. */
import { startFleet } from '../bench/rollback/fleet.ts';
import { keepTalking } from '../local/log.ts';
import { runSwitching, switchingText } from './e2e/switching/run.ts';

const log = (line: string): void => console.log(`  ${line}`);
const fleet = await keepTalking(log, 'the cloud, and its models', startFleet({ size: 5, log }));
const asked = { requests: 10_000, pairs: 100 };
const report = await runSwitching(fleet, { ...asked, log }).finally(fleet.dispose);
console.log(switchingText(report));
const { unserved, misrouted, revisions, answered, promotions, rollbacks, undecided } = report;
for (const { model, unserved: why } of unserved.slice(0, 20)) console.error(`unserved by ${model}: ${why}`);
for (const { model, version, sent } of misrouted.slice(0, 20)) {
  console.error(`${model} answered by ${version} at ${new Date(sent).toISOString()}, when it was not routed`);
}
const audited = revisions.audited === revisions.served;
if (!audited) console.error(`${revisions.served} revisions were served, and ${revisions.audited} are in the audit`);
for (const version of undecided) console.error(`no answer shows that ${version} served alone`);
const whole = answered >= asked.requests && promotions === asked.pairs && rollbacks === asked.pairs;
if (!whole) console.error(`expected ${asked.requests} answers and ${asked.pairs} promotions and rollbacks each`);
const passed = unserved.length === 0 && misrouted.length === 0 && undecided.length === 0 && audited && whole;
console.log(passed ? '1 passed, 0 failed' : '0 passed, 1 failed');
process.exitCode = passed ? 0 : 1;
