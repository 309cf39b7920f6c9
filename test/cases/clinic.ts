import type { NewCase } from '../../contracts/cases.ts';
import { type Model, ModelDeclaration } from '../../contracts/model.ts';

/** A small clinical model with a field of every kind. */
export const clinicModel = (policies: object = {}): Model => ({
  ...ModelDeclaration.parse({
    task: 'tabular-classification',
    schema: {
      fields: {
        patientName: { kind: 'identifier' },
        recordNumber: { kind: 'subject' },
        birthDate: { kind: 'date' },
        age: { kind: 'age', feature: true },
        postcode: { kind: 'zip' },
        radius: { kind: 'feature', type: 'number', minimum: 0, maximum: 100 },
        texture: { kind: 'feature', type: 'number', required: false },
        side: { kind: 'feature', type: 'category', categories: ['left', 'right'] },
        smoker: { kind: 'feature', type: 'boolean' },
      },
      label: { type: 'category', classes: ['malignant', 'benign'] },
    },
    policies,
  }),
  name: 'clinic',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
});

/** A case that nothing is wrong with, but for what is given. */
export const clinicCase = (
  given: Partial<Omit<NewCase, 'input'>> & { input?: Record<string, unknown> } = {},
): Record<string, unknown> => ({
  label: 'benign',
  validator: 'Dr. Grace Hopper',
  confidence: 0.95,
  ...given,
  input: {
    patientName: 'Ada Lovelace',
    recordNumber: 'MRN-0042',
    birthDate: '1961-12-10',
    age: 64,
    postcode: '10027-4433',
    radius: 12.5,
    texture: 3.25,
    side: 'left',
    smoker: false,
    ...given.input,
  },
});
