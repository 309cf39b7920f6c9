import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import type { ModelSchema } from '../../contracts/model.ts';
import type { Signature } from '../../contracts/versions.ts';

/** Outputs of the real training program, made by test/inference/fixtures/make.py. */
export type Trained = 'logistic' | 'xgboost' | 'categorical' | 'worse' | 'nan' | 'throws';

export const fixture = (path: string): Buffer => readFileSync(`${import.meta.dirname}/../inference/fixtures/${path}`);

export const schemaOf = (name: Trained): ModelSchema => JSON.parse(fixture(`${name}/schema.json`).toString());

export type Files = Readonly<Record<string, Uint8Array | string>>;

export const filesOf = (name: Trained): Record<string, Buffer> =>
  Object.fromEntries(
    ['model.onnx', 'model.json', 'holdout-predictions.jsonl'].map((file) => [file, fixture(`${name}/${file}`)]),
  );

export type TarEntry = Partial<Header> & { readonly name: string; readonly content?: Uint8Array | string };

/** A tar archive, packed by gzip. */
export const archiveOf = async (entries: readonly TarEntry[]): Promise<Buffer> => {
  const archive = pack();
  for (const { content = '', ...header } of entries) archive.entry(header, Buffer.from(content as string));
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
};

/** A training's output as SageMaker packs it. */
export const packed = (files: Files): Promise<Buffer> =>
  archiveOf(Object.entries(files).map(([name, content]) => ({ name, content })));

export const signatureOf = (name: Trained): Signature => {
  const { inputs, classes } = JSON.parse(fixture(`${name}/model.json`).toString());
  return { ...inputs, classes };
};
