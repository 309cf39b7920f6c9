import { describe, expect, it } from '@jest/globals';
import { type Admitted, admit, type Refused } from '../../functions/rollouts/domain/admission.ts';
import { first } from '../../functions/rollouts/domain/route.ts';
import { begun, failed, moment, rolloutId, servable, version } from './specimens.ts';

const route = first(servable(0), 'salt', { at: moment(0) });
const codeOf = (admission: Admitted | Refused): string | undefined =>
  'code' in admission ? admission.code : undefined;

describe('a version that is to be deployed', () => {
  it('is admitted where it passed the gate and another one serves', () => {
    expect(admit(version(1), route, false)).toEqual({ kind: 'manual', overridden: [] });
  });

  it('becomes champion at once where none serves', () => {
    expect(admit(version(1), undefined, false)).toEqual({ kind: 'first', overridden: [] });
  });

  it('is refused while a rollout runs, which is named', () => {
    const refusal = admit(version(2), begun().route, false) as Refused;
    expect(refusal.code).toBe('rollout-running');
    expect(refusal.detail).toContain(rolloutId(1));
    expect(refusal.extension).toEqual({ rollout: rolloutId(1) });
  });

  it('is refused where it serves already', () => {
    expect(codeOf(admit(version(0), route, false))).toBe('version-serving');
  });

  it('is refused where the gate rejected it, with the findings and the way to override them', () => {
    const rejected = version(1, { status: 'rejected', gate: [failed('not-worse')] });
    const refusal = admit(rejected, route, false) as Refused;
    expect(refusal.code).toBe('version-rejected');
    expect(refusal.detail).toMatch(/overrideGate.*not-worse: it was not/);
    expect(admit(rejected, route, true)).toEqual({ kind: 'manual', overridden: ['not-worse'] });
  });

  it('is still a rejected one after a rollout brought it back to staging', () => {
    expect(codeOf(admit(version(1, { status: 'staging', gate: [failed('latency')] }), route, false))).toBe(
      'version-rejected',
    );
  });

  it.each(['digest', 'format', 'limits'] as const)('is refused whatever one says where its %s failed', (check) => {
    const broken = version(1, { status: 'rejected', gate: [failed(check), failed('not-worse')] });
    const refusal = admit(broken, route, true) as Refused;
    expect(refusal.code).toBe('version-rejected');
    expect(refusal.detail).not.toContain('overrideGate');
  });

  it('is not made the first champion past the gate: nothing would stand behind it', () => {
    expect(codeOf(admit(version(1, { gate: [failed('finite')] }), undefined, true))).toBe('no-champion');
  });
});
