import Sequencer from '@jest/test-sequencer';

const slow = /\/test\/(e2e|rollouts\/(machine|faults)|local\/(start|deploy))\b/;

/**
 * Without times of an earlier run Jest begins with the largest files. Those that play whole loops on the embedded cloud are
 * small and take minutes: one that began last would be waited for alone.
 */
export default class SlowFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(({ path }) => slow.test(path)), ...sorted.filter(({ path }) => !slow.test(path))];
  }
}
