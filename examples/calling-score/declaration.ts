import { readFile } from 'node:fs/promises';
import { ModelDeclaration } from '../../contracts/model.ts';

/** The model as a tenant registers it: `PUT /v1/models/calling-score`. */
export const readDeclaration = async (): Promise<ModelDeclaration> =>
  ModelDeclaration.parse(JSON.parse(await readFile(new URL('model.json', import.meta.url), 'utf8')));
