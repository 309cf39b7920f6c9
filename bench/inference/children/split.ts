/** Times the decision which arm a subject's request goes to: `split.ts ROUNDS`. Sends µs a decision, round by round. */

import type { Servable } from '../../../contracts/route-item.ts';
import { challengerAsked } from '../../../functions/inference/domain/split.ts';

const [rounds = '5'] = process.argv.slice(2);
const decisions = 1_000_000;
const subjects = Array.from({ length: 1000 }, (_, index) => `patient-${String(index).padStart(8, '0')}`);
const challenger: Servable = {
  version: 'v1.1.0',
  digest: '0'.repeat(64),
  bytes: 1,
  signature: { numeric: [], categorical: [], classes: [] },
  cut: 1,
};
const route = { challenger, weight: 2500, salt: 'rol_01J9Z3ABCDEFGHJKMNPQRSTVWX' };

const measured: number[] = [];
let challenged = 0;
for (let round = -1; round < Number(rounds); round += 1) {
  const start = process.hrtime.bigint();
  for (let index = 0; index < decisions; index += 1) {
    if (challengerAsked(route, subjects[index % subjects.length], Math.random) !== undefined) challenged += 1;
  }
  if (round >= 0) measured.push(Number(process.hrtime.bigint() - start) / 1000 / decisions);
}
if (challenged === 0) throw new Error('No subject was given to the challenger.');
process.send?.(measured);
process.disconnect();
