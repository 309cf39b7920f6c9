/** What the model's schema says of a field: what happens to it at the door. */
export const FieldKind = {
  Feature: 'feature',
  Identifier: 'identifier',
  Subject: 'subject',
  Date: 'date',
  Age: 'age',
  Zip: 'zip',
} as const;
export type FieldKind = (typeof FieldKind)[keyof typeof FieldKind];
