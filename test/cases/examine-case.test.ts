import { describe, expect, it } from '@jest/globals';
import type { NewCase } from '../../contracts/cases.ts';
import { examineCase, reexamine } from '../../functions/cases/domain/examine-case.ts';
import { readCase } from '../../functions/cases/domain/read-case.ts';
import { clinicCase, clinicModel } from './clinic.ts';
import { pumpCase, pumpModel } from './pump.ts';

const { schema, policies } = clinicModel();
const examine = (sent: Record<string, unknown>) => examineCase(schema, policies, sent as NewCase, 2026);

describe('a case at the door', () => {
  it('keeps what the schema calls a feature and generalises the rest', () => {
    expect(examine(clinicCase({ confidence: 0.9, validatedAt: '2026-03-01T09:30:00Z' }))).toEqual({
      subject: 'MRN-0042',
      validator: 'Dr. Grace Hopper',
      input: {
        birthDate: 1961,
        age: 64,
        postcode: '100',
        radius: 12.5,
        texture: 3.25,
        side: 'left',
        smoker: false,
      },
      label: 'benign',
      confidence: 0.9,
      validatedAt: '2026-03-01T09:30:00Z',
      reasons: [],
    });
  });

  it.each([
    [{ radius: '12.5' }, 'wrong-type'],
    [{ radius: true }, 'wrong-type'],
    [{ radius: null }, 'missing-feature'],
    [{ radius: undefined }, 'missing-feature'],
    [{ radius: -0.001 }, 'out-of-range'],
    [{ radius: 100.001 }, 'out-of-range'],
    [{ texture: 1e39 }, 'out-of-range'],
    [{ side: 'middle' }, 'unknown-category'],
    [{ side: 1 }, 'wrong-type'],
    [{ smoker: 'no' }, 'wrong-type'],
    [{ smoker: 0 }, 'wrong-type'],
    [{ age: '64' }, 'wrong-type'],
    [{ age: 151 }, 'out-of-range'],
    [{ birthDate: 'last spring' }, 'wrong-type'],
    [{ postcode: 10_027 }, 'wrong-type'],
    [{ recordNumber: true }, 'wrong-type'],
  ])('with the input %j is found %s, and the value is not kept', (input, reason) => {
    const examined = examine(clinicCase({ input }));
    expect(examined.reasons).toEqual([reason]);
    for (const name of Object.keys(input)) expect(examined.input[name] ?? null).toBeNull();
  });

  it.each([
    [{ label: 'harmless' }, 'unknown-label'],
    [{ label: 1 }, 'unknown-label'],
    [{ label: null }, 'missing-label'],
    [{ label: undefined }, 'missing-label'],
    [{ confidence: 0.79 }, 'low-confidence'],
    [{ confidence: undefined }, 'low-confidence'],
    [{ validator: undefined }, 'no-validator'],
    [{ validator: null }, 'no-validator'],
    [{ validator: '  ' }, 'no-validator'],
  ])('with %j is found %s', (given, reason) => {
    const examined = examine(clinicCase(given as Partial<NewCase>));
    expect(examined.reasons).toEqual([reason]);
    if (reason.endsWith('label')) expect(examined.label).toBeNull();
  });

  it('has no value for a field that only shares its name with what every object has', () => {
    const { recordNumber: subject, side: category, ...others } = schema.fields;
    const fields = Object.fromEntries([...Object.entries(others), ['constructor', subject], ['toString', category]]);
    const { recordNumber: _, side: __, ...input } = clinicCase().input as NewCase['input'];
    const sent = { ...clinicCase(), input } as NewCase;
    const examined = examineCase({ ...schema, fields } as typeof schema, policies, sent, 2026);
    expect(examined).toMatchObject({ subject: null, reasons: ['missing-feature'] });
  });

  it('names every fault once', () => {
    const { reasons } = examine(clinicCase({ label: 'x', confidence: 0, input: { radius: 'a', smoker: 'b' } }));
    expect(reasons).toEqual(['wrong-type', 'unknown-label', 'low-confidence']);
  });

  it('needs no value for what is not required', () => {
    const { input, reasons } = examine(clinicCase({ input: { texture: null, birthDate: null, age: undefined } }));
    expect(reasons).toEqual([]);
    expect(input).toMatchObject({ texture: null, birthDate: null, age: null });
  });

  it('is of the same subject whether its number is written as text or not', () => {
    expect(examine(clinicCase({ input: { recordNumber: 42 } })).subject).toBe('42');
    expect(examine(clinicCase({ input: { recordNumber: ' 42 ' } })).subject).toBe('42');
    expect(examine(clinicCase({ input: { recordNumber: '' } })).subject).toBeNull();
  });
});

describe('a model of numbers, with texts and times', () => {
  const { schema: numbers, policies: own } = pumpModel();
  const sent = (given: Partial<NewCase> = {}, input: NewCase['input'] = {}) =>
    examineCase(numbers, own, { ...pumpCase(1), ...given, input: { ...pumpCase(1).input, ...input } }, 2026);

  it.each([
    [0, 0],
    [-12.5, -12.5],
    [1e-200, 0],
    [500, 500],
  ])('keeps the label %d', (label, kept) => {
    expect(sent({ label })).toMatchObject({ label: kept, reasons: [] });
  });

  it.each([
    [500.001, 'out-of-range'],
    [-100.001, 'out-of-range'],
    [1e39, 'out-of-range'],
    [Number.NaN, 'out-of-range'],
    ['12.5', 'unknown-label'],
    [true, 'unknown-label'],
    [null, 'missing-label'],
    [undefined, 'missing-label'],
  ])('finds the label %p %s, and does not keep it', (label, reason) => {
    const { label: kept, reasons } = sent({ label } as Partial<NewCase>);
    expect([kept, reasons]).toEqual([null, [reason]]);
  });

  it('finds a label out of range that a float32 cannot hold, also without bounds', () => {
    const unbounded = { ...numbers, label: { type: 'number', tolerance: 1 } } as const;
    const of = (label: number) => examineCase(unbounded, own, { ...pumpCase(1), label }, 2026).reasons;
    expect([of(3e38), of(-4e38)]).toEqual([[], ['out-of-range']]);
  });

  it('keeps a text as it is', () => {
    const note = ` Bearing \u2028 WHINES;\n"loud" ${'x'.repeat(3960)}`;
    expect(sent({}, { note })).toMatchObject({ input: { note }, reasons: [] });
    expect(sent({}, { note: '' })).toMatchObject({ input: { note: '' }, reasons: [] });
  });

  it.each([
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T09:30', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30:15.123456+02:00', '2026-03-01T07:30:15.123Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
  ])('keeps the time %s in UTC', (at, kept) => {
    const examined = sent({}, { at });
    expect(examined).toMatchObject({ input: { at: kept }, reasons: [] });
    expect(sent({}, { at: kept }).input.at).toBe(kept);
  });

  it.each([
    [{ at: '2026-02-30' }, 'wrong-type'],
    [{ at: '01.03.2026' }, 'wrong-type'],
    [{ at: '2026-03-01T24:00:00Z' }, 'wrong-type'],
    [{ at: 1_772_323_200 }, 'wrong-type'],
    [{ at: 'last spring' }, 'wrong-type'],
    [{ at: '0000-12-31' }, 'wrong-type'],
    [{ at: '9999-12-31T23:59:00-14:00' }, 'wrong-type'],
    [{ note: 'ends\0here' }, 'wrong-type'],
    [{ note: 12 }, 'wrong-type'],
    [{ note: true }, 'wrong-type'],
    [{ note: null }, 'missing-feature'],
  ])('finds %j %s, and does not keep the value', (input, reason) => {
    const examined = sent({}, input);
    expect(examined.reasons).toEqual([reason]);
    for (const name of Object.keys(input)) expect(examined.input[name]).toBeNull();
  });
});

describe('a stored case under a schema that has changed', () => {
  const { subject, validator, input, label, confidence, reasons } = examine(clinicCase());
  const stored = {
    content: { subject, validator, input, label, confidence, receivedAt: '2026-03-01T00:00:00.000Z', schemaHash: '' },
    reasons,
  };

  it('stays as it is where the schema says the same', () => {
    expect(reexamine(schema, stored)).toEqual(stored);
  });

  it('loses fields that are gone, and is found faulty where it no longer fits', () => {
    const { postcode: _, smoker: __, ...fields } = schema.fields;
    const changed = {
      fields: { ...fields, radius: { ...schema.fields.radius, maximum: 10 } },
      label: { ...schema.label, classes: ['malignant', 'harmless'] },
    } as typeof schema;
    const { content, reasons: found } = reexamine(changed, stored);
    expect(found).toEqual(['out-of-range', 'unknown-label']);
    expect(content.input).toEqual({ birthDate: 1961, age: 64, radius: null, texture: 3.25, side: 'left' });
    expect(content.label).toBeNull();
  });
});

describe('reading a case', () => {
  const refusalOf = (sent: unknown) => {
    const read = readCase(schema, sent);
    return 'refusal' in read ? read.refusal : undefined;
  };

  it('takes what fits', () => {
    expect(refusalOf(clinicCase())).toBeUndefined();
  });

  it('refuses a field that the schema does not know, by its place and not by its name', () => {
    const refusal = refusalOf(clinicCase({ input: { 'Lovelace-Ada': 1 } }));
    expect(refusal).toMatchObject({ reason: 'unknown-field', pointer: '/input' });
    expect(refusal?.detail).toContain('field 10 of 10');
    expect(JSON.stringify(refusal)).not.toContain('Lovelace');
  });

  it('says which field a mistyped one may be meant to be', () => {
    expect(refusalOf({ input: { Raduis: 1 } })?.detail).toContain('is it meant to be radius');
    expect(refusalOf({ input: { record_number: 1 } })?.detail).toContain('is it meant to be recordNumber');
    expect(refusalOf({ input: { telephone: 1 } })?.detail).not.toContain('meant');
  });

  it.each([
    ['a text', 'Ada Lovelace', ''],
    ['a list', [clinicCase()], ''],
    ['nothing', null, ''],
    ['no input', { label: 'benign' }, '/input'],
    ['another member', { ...clinicCase(), 'Ada Lovelace': 1 }, ''],
    ['a nested value', clinicCase({ input: { radius: { of: 'Ada Lovelace' } } }), '/input/radius'],
    ['a text that is too long', clinicCase({ input: { side: 'Lovelace'.repeat(200) } }), '/input/side'],
    ['a confidence above 1', clinicCase({ confidence: 95 }), '/confidence'],
    ['a time that is none', clinicCase({ validatedAt: 'Lovelace, yesterday' }), '/validatedAt'],
    ['a number that no double holds', JSON.parse('{"input":{"radius":1e999}}'), '/input/radius'],
  ])('refuses %s and repeats nothing of it', (_, sent, pointer) => {
    const refusal = refusalOf(sent);
    expect(refusal).toMatchObject({ reason: 'malformed', pointer });
    expect(refusal?.detail).toMatch(/^Expected .+\.$/);
    expect(JSON.stringify(refusal)).not.toContain('Lovelace');
  });

  it('refuses names that every object inherits', () => {
    expect(refusalOf(JSON.parse('{"input":{"constructor":"Ada"}}'))?.reason).toBe('unknown-field');
    expect(refusalOf(JSON.parse('{"input":{"__proto__":"Ada"}}'))?.reason).toBe('unknown-field');
  });
});
