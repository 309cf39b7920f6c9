import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { Task } from '../../contracts/model.ts';
import { bytesOf, type Trained, taskOf } from '../inference/fixtures.ts';

export { bytesOf, schemaOf, servableOf, type Trained, taskOf } from '../inference/fixtures.ts';

export type Files = Readonly<Record<string, Uint8Array | string>>;

/** What a training delivered; regressors have gold cases. */
export const filesOf = (name: Trained): Record<string, Uint8Array> =>
  Object.fromEntries(
    [
      ...['model.onnx', 'model.json', 'holdout-predictions.jsonl'],
      ...(taskOf(name) === Task.TabularRegression ? ['gold-predictions.jsonl'] : []),
    ].map((file) => [file, bytesOf(`${name}/${file}`)]),
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
