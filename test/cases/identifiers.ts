import fc from 'fast-check';
import { ModelSchema } from '../../contracts/model.ts';

/** Made up so that each is found wherever it is left: no part of it occurs in what the platform writes by itself. */
const identifier = fc
  .tuple(fc.constantFrom('Zyx', 'Qvox', 'Wrzek', "O'Zqill", 'Ωζαχος', '张伟伟'), fc.nat({ max: 999_999 }))
  .map(([name, number]) => `${name}~${String(number).padStart(6, '0')}`);

/** What a tenant calls its fields; it names nobody. */
const fieldName = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,10}$/).filter((name) => !/Zyx|Qvox|Wrzek/.test(name));

const field = fc.oneof(
  fc.constantFrom(
    { kind: 'identifier' },
    { kind: 'date', feature: true },
    { kind: 'date' },
    { kind: 'age', feature: true },
    { kind: 'zip', feature: true },
    { kind: 'zip' },
    { kind: 'feature', type: 'number', minimum: 0 },
    { kind: 'feature', type: 'number', required: false },
    { kind: 'feature', type: 'category', categories: ['left', 'right'] },
    { kind: 'feature', type: 'boolean' },
  ),
);

/** Any schema: fields of every kind, one feature at least, one subject at most. */
export const anySchema = fc
  .record({
    fields: fc.dictionary(fieldName, field, { minKeys: 1, maxKeys: 8 }),
    subject: fc.option(fieldName, { nil: undefined }),
  })
  .map(({ fields, subject }) =>
    ModelSchema.parse({
      fields: {
        ...fields,
        ...(subject === undefined ? {} : { [subject]: { kind: 'subject' } }),
        size: { kind: 'feature', type: 'number' },
      },
      label: { type: 'category', classes: ['malignant', 'benign'] },
    }),
  );

const text = fc.oneof(
  identifier,
  identifier.map((name) => `seen by ${name} on 1961-12-10`),
);
/** What a careless sender may put anywhere; what is nested cannot be read at all, so it is rare. */
const leak = fc.oneof(
  { weight: 30, arbitrary: text },
  { weight: 1, arbitrary: identifier.map((name) => ({ name })) },
  { weight: 1, arbitrary: identifier.map((name) => [name]) },
);
const anything = fc.oneof(fc.constantFrom<unknown>(12.5, 'left', true, null, '1961-12-10', '10027-4433', 64), leak);

/** A case as a careless sender writes it: identifiers in any field, in any member, and as names of either. */
export const carelessCase = (schema: ModelSchema): fc.Arbitrary<Record<string, unknown>> => {
  const known = fc.record(Object.fromEntries(Object.keys(schema.fields).map((name) => [name, anything])), {
    requiredKeys: [],
  });
  const unknown = fc.option(fc.dictionary(identifier, anything, { maxKeys: 1 }), { nil: {}, freq: 1 });
  const rarely = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 1 });
  const member = <Value>(value: fc.Arbitrary<Value>) =>
    fc.oneof({ weight: 8, arbitrary: value }, { weight: 1, arbitrary: fc.constant(undefined) });
  return fc
    .record({
      input: fc.tuple(known, unknown).map(([fields, others]) => ({ ...fields, ...others })),
      label: member(fc.oneof(fc.constantFrom<unknown>('benign', 'malignant'), text)),
      validator: member(identifier),
      confidence: member(fc.constantFrom(0.5, 0.95)),
      validatedAt: member(fc.constant('2026-03-01T09:30:00Z')),
      predictionId: rarely(text),
      others: unknown,
    })
    .map(({ others, ...sent }) => ({
      ...Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined)),
      ...others,
    }));
};

/** The identifiers in anything, wherever they are: in values, in names, in texts. */
export const identifiersIn = (found: unknown): string[] =>
  [...(JSON.stringify(found) ?? '').matchAll(/(?:Zyx|Qvox|Wrzek|O'Zqill|Ωζαχος|张伟伟)(?:~\d*)?/g)].map(
    ([text]) => text,
  );
