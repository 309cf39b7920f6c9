import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WantedVersion } from '../../functions/inference/challengers/version.ts';
import { servableOf } from './fixtures.ts';

const newVersion = () => new WantedVersion(1, 'acme', servableOf('logistic'), 1000, 0);

describe('a wanted version', () => {
  test('is loaded once, and again when it has left memory or was refused', () => {
    const version = newVersion();
    expect(version.mayLoad(0)).toBe(true);
    version.beginLoading();
    expect({ may: version.mayLoad(0), isLoading: version.isLoading }).toEqual({ may: false, isLoading: true });
    version.becomeReady();
    expect({ may: version.mayLoad(0), isLoading: version.isLoading }).toEqual({ may: false, isLoading: false });
    version.leaveMemory();
    expect({ may: version.mayLoad(0), isBroken: version.isBroken }).toEqual({ may: true, isBroken: false });
    version.beginLoading();
    version.refuse();
    expect({ may: version.mayLoad(0), isBroken: version.isBroken }).toEqual({ may: true, isBroken: true });
  });

  test('rests twice as long each time that it hangs, up to a minute', () => {
    const version = newVersion();
    let now = 0;
    const rests = [];
    for (let count = 0; count < 9; count += 1) {
      version.rest(now);
      let seconds = 0;
      while (!version.mayLoad(now + seconds * 1000)) seconds += 1;
      rests.push(seconds);
      now += seconds * 1000;
    }
    expect(rests).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test('that was broken is not until it is ready again, whatever else happens to it', () => {
    const steps = fc.array(fc.constantFrom('beginLoading', 'leaveMemory'), { maxLength: 20 });
    fc.assert(
      fc.property(steps, fc.boolean(), (given, hung) => {
        const version = newVersion();
        if (hung) version.rest(0);
        else version.refuse();
        for (const step of given as ('beginLoading' | 'leaveMemory')[]) version[step]();
        const before = version.isBroken;
        version.becomeReady();
        return before && !version.isBroken;
      }),
    );
  });
});
