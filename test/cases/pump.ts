import type { NewCase } from '../../contracts/cases.ts';
import { type Model, ModelDeclaration } from '../../contracts/model.ts';

/** A small model of machines that predicts a number, with a feature of every type. */
export const pumpModel = (policies: object = {}): Model => ({
  ...ModelDeclaration.parse({
    task: 'tabular-regression',
    schema: {
      fields: {
        pump: { kind: 'subject' },
        pressure: { kind: 'feature', type: 'number' },
        site: { kind: 'feature', type: 'category', categories: ['north', 'south'] },
        sealed: { kind: 'feature', type: 'boolean', required: false },
        note: { kind: 'feature', type: 'text', deidentified: true },
        at: { kind: 'feature', type: 'timestamp', deidentified: true },
        built: { kind: 'date', feature: true },
        label: { kind: 'feature', type: 'number', required: false },
      },
      label: { type: 'number', minimum: -100, maximum: 500, tolerance: 0.5 },
    },
    policies,
  }),
  name: 'pump',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
});

/** A case of a pump of its own that nothing is wrong with. */
export const pumpCase = (number: number): NewCase => ({
  label: number / 4,
  validator: 'Grace Hopper',
  confidence: 0.95,
  input: {
    pump: `pump-${number}`,
    pressure: 1.5 * number,
    site: number % 2 === 0 ? 'north' : 'south',
    sealed: number % 3 === 0 ? null : number % 3 === 1,
    note: `Bearing ${number} whines`,
    at: '2026-03-01T09:30:00+02:00',
    built: 2001,
    label: null,
  },
});
