import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changedMembers, fixedMembers, modelOf, noticesOf } from '../../functions/models/registry/declaration.ts';
import { canonicalJson } from '../../functions/platform/canonical-json.ts';
import { declare, declareWiderSchema } from './declarations.ts';

describe('what a declaration changes', () => {
  test('is nothing where only the order of its members differs', () => {
    const { task, schema, ...rest } = declare();
    const reordered = { ...rest, schema: { label: schema.label, fields: schema.fields }, task };
    expect(changedMembers(declare(), reordered, canonicalJson)).toEqual([]);
  });

  test('is each member that has another value', () => {
    const after = declare({ description: 'another', slices: ['side'], policies: { minimumConfidence: 0.9 } });
    expect(changedMembers(declare(), after, canonicalJson)).toEqual(['description', 'slices', 'policies']);
  });

  test('concerns accepted cases where they were read by it', () => {
    expect(fixedMembers(changedMembers(declare(), declareWiderSchema(), canonicalJson))).toEqual(['schema']);
    expect(fixedMembers(['task', 'schema', 'description', 'recipe', 'policies'])).toEqual(['task', 'schema']);
    expect(fixedMembers(['description', 'recipe', 'policies'])).toEqual([]);
  });
});

describe('what an operator should know about a change', () => {
  const rollout = 'rol_01J9Z3ABCDEFGHJKMNPQRSTVWX';
  const stricter = declare({ policies: { rollout: { margin: 0.01 } } });

  test('is that the rollout that runs keeps the policy that it began with', () => {
    const [notice, ...others] = noticesOf(declare(), stricter, rollout, canonicalJson);
    expect(others).toEqual([]);
    expect(notice).toContain(`${rollout} is running and keeps the policies.rollout that it began with`);
    expect(notice).toContain('applies to the next');
    const slower = declare({ policies: { rollout: { margin: 0.01 }, outcomes: { windowSeconds: 60 } } });
    expect(noticesOf(declare(), slower, rollout, canonicalJson)[0]).toContain('policies.rollout and policies.outcomes');
  });

  test('is nothing where no rollout runs, or nothing changes that it is judged by', () => {
    expect(noticesOf(declare(), stricter, undefined, canonicalJson)).toEqual([]);
    expect(noticesOf(declare(), declare({ description: 'another' }), rollout, canonicalJson)).toEqual([]);
  });
});

describe('the model that a declaration makes', () => {
  const moment = fc.integer({ min: 0, max: 4_102_444_800_000 });

  test('keeps when it was registered, and changes at a later time, whatever the clock says', () => {
    fc.assert(
      fc.property(moment, moment, (first, second) => {
        const before = modelOf('clinic', declare(), undefined, first);
        const after = modelOf('clinic', declareWiderSchema(), before, second);
        expect(before.createdAt).toBe(before.updatedAt);
        expect(after.createdAt).toBe(before.createdAt);
        expect(Date.parse(after.updatedAt)).toBeGreaterThan(Date.parse(before.updatedAt));
        expect(Date.parse(after.updatedAt)).toBeGreaterThanOrEqual(second);
      }),
    );
  });
});
