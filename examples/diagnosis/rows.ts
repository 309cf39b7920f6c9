import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { ModelDeclaration } from '../../contracts/model.ts';

const Row = z.strictObject({ features: z.record(z.string(), z.number()), label: z.enum(['malignant', 'benign']) });
/** One biopsy: 30 measurements, and what it proved to be. */
export type Row = z.infer<typeof Row>;

const inThisFolder = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The model as a tenant registers it: `PUT /v1/models/diagnosis`. */
export const readDeclaration = async (): Promise<ModelDeclaration> =>
  ModelDeclaration.parse(JSON.parse(await readFile(inThisFolder('model.json'), 'utf8')));

/**
 * The 569 rows, in the order of their source.
 *
 * @param python - an interpreter that has scikit-learn
 */
export const readRows = async (python: string): Promise<Row[]> => {
  const { stdout } = await promisify(execFile)(python, [inThisFolder('rows.py')], { maxBuffer: 16_777_216 });
  return stdout
    .trim()
    .split('\n')
    .map((line) => Row.parse(JSON.parse(line)));
};
