import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changedMembers, fixedMembers, modelOf } from '../../functions/models/registry/declaration.ts';
import { canonicalJson } from '../../functions/platform/canonical-json.ts';
import { declare, declareWiderSchema } from './declarations.ts';

describe('what a declaration changes', () => {
  test('is nothing where only the order of its members differs', () => {
    const { task, schema, ...rest } = declare();
    const reordered = { ...rest, schema: { label: schema.label, fields: schema.fields }, task };
    expect(changedMembers(declare(), reordered, canonicalJson)).toEqual([]);
  });

  test('is each member that has another value', () => {
    const after = declare({ description: 'another', policies: { minimumConfidence: 0.9 } });
    expect(changedMembers(declare(), after, canonicalJson)).toEqual(['description', 'policies']);
  });

  test('concerns accepted cases where they were read by it', () => {
    expect(fixedMembers(changedMembers(declare(), declareWiderSchema(), canonicalJson))).toEqual(['schema']);
    expect(fixedMembers(['task', 'schema', 'description', 'recipe', 'policies'])).toEqual(['task', 'schema']);
    expect(fixedMembers(['description', 'recipe', 'policies'])).toEqual([]);
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
