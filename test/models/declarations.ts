import { ModelDeclaration as Declaration, type ModelDeclaration } from '../../contracts/model.ts';

/** A declaration as a tenant sends it, and as the platform reads it. */
export const declare = (given: Record<string, unknown> = {}): ModelDeclaration =>
  Declaration.parse({
    task: 'tabular-classification',
    description: 'benign or malignant',
    schema: {
      fields: {
        recordNumber: { kind: 'subject' },
        radius: { kind: 'feature', type: 'number', minimum: 0 },
        side: { kind: 'feature', type: 'category', categories: ['left', 'right'] },
      },
      label: { type: 'category', classes: ['malignant', 'benign'] },
    },
    ...given,
  });

/** The same, with one more field in its schema. */
export const declareWiderSchema = (): ModelDeclaration => {
  const { schema } = declare();
  return declare({
    schema: { ...schema, fields: { ...schema.fields, texture: { kind: 'feature', type: 'number' } } },
  });
};
