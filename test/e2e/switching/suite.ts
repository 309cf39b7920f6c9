import { describe, expect, it } from '@jest/globals';
import type { Fleet } from '../../../bench/rollback/fleet.ts';
import { runSwitching, switchingText } from './run.ts';

/**
 * A tenth of what `npm run test:switching` does.
 *
 * @param open - gives a fleet whose models nobody else uses; called within the tests
 */
export const describeSwitching = (open: () => Fleet): void =>
  describe('requests while versions take each other’s place', () => {
    it('are all answered, each by a version that was routed at that time', async () => {
      const report = await runSwitching(open(), { requests: 1000, pairs: 10, log: () => undefined });
      console.log(switchingText(report));
      expect(report).toMatchObject({ promotions: 10, rollbacks: 10, unserved: [], misrouted: [], unknown: 0 });
      expect(report.undecided).toEqual([]);
      expect(report.answered).toBeGreaterThanOrEqual(1000);
      expect(report.revisions.audited).toBe(report.revisions.served);
      expect(report.decisive.length).toBeGreaterThan(100);
    }, 900_000);
  });
