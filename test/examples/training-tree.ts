import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { ModelDeclaration, Recipe } from '../../contracts/model.ts';
import { python, root } from '../../local/paths.ts';

/** A labelled input, and on which side of the split it is. */
export interface LabelledInput {
  readonly input: Readonly<Record<string, number>>;
  readonly label: string;
  readonly split: 'train' | 'holdout';
}

const segment = 'ledger/000000000001.jsonl.gz';

const rowOf = ({ input, label, split }: LabelledInput, index: number) => ({
  id: `case_${String(index).padStart(26, '0')}`,
  receivedAt: '2026-01-02T03:04:05.000Z',
  subject: `sub_${index}`,
  split,
  input,
  label,
  confidence: 0.95,
  validator: 'val_0',
});

/** Trains as SageMaker would, in a tree of its own. @returns `model.json` */
export const trainInTree = async (
  folder: string,
  { task, schema }: ModelDeclaration,
  rows: readonly LabelledInput[],
  recipe: Recipe,
): Promise<{ metrics: { holdout: { accuracy: number; logLoss: number } } }> => {
  const data = join(folder, 'input/data');
  await mkdir(join(folder, 'input/config'), { recursive: true });
  await mkdir(join(data, 'manifest'), { recursive: true });
  await mkdir(join(data, 'dataset/ledger'), { recursive: true });
  const packed = gzipSync(rows.map((row, index) => `${JSON.stringify(rowOf(row, index))}\n`).join(''));
  await writeFile(join(data, 'dataset', segment), packed);
  const manifest = {
    formatVersion: 1,
    id: `ds_${'a'.repeat(64)}`,
    tenant: 'acme',
    model: 'calling-score',
    task,
    schema,
    schemaHash: 'b'.repeat(64),
    cut: 1,
    segments: [
      { key: segment, sha256: createHash('sha256').update(packed).digest('hex'), cases: rows.length, sequence: 1 },
    ],
    holdoutShare: 0.2,
    counts: { cases: rows.length, train: 0, holdout: 0, labels: {} },
    tombstones: [],
  };
  await writeFile(join(data, 'manifest/manifest.json'), JSON.stringify(manifest));
  const hyperparameters = {
    task,
    recipe: recipe.name,
    metric: recipe.metric,
    seed: '1',
    codeVersion: '1.0.0',
    parameters: JSON.stringify(recipe.parameters),
  };
  await writeFile(join(folder, 'input/config/hyperparameters.json'), JSON.stringify(hyperparameters));
  const program = join(root, 'training-container/programs/train.py');
  await promisify(execFile)(python, [program, 'train', '--root', folder]);
  return JSON.parse(await readFile(join(folder, 'model/model.json'), 'utf8'));
};
