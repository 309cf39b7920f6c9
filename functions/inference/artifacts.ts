import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { objectKeys } from '../../contracts/keys.ts';
import type { Servable } from '../../contracts/route-item.ts';
import { ArtifactError } from './model-errors.ts';

/** Where artifacts come from. */
export interface ArtifactSource {
  /** @returns the object's bytes as they arrive, or undefined where there is no such object */
  open(key: string): Promise<Readable | undefined>;
}

/** Above this many bytes onnxruntime reads a file: from a buffer it would hold the graph twice. */
const largestBuffer = 20 * 2 ** 20;

/**
 * Fetches an artifact of a tenant, from its own prefix, and verifies it before anything is done with it.
 *
 * @param use - is given the bytes, or the path of a file that is gone afterwards
 * @throws ArtifactError where it is missing or is not the one pinned
 */
export const withArtifact = async <Result>(
  source: ArtifactSource,
  tenant: string,
  servable: Servable,
  use: (artifact: Uint8Array | string) => Result,
): Promise<Result> => {
  const content = await source.open(objectKeys.artifact(tenant, servable.digest));
  if (content === undefined) {
    throw new ArtifactError(`Expected the artifact of ${servable.version}; there is none. Deploy another version.`);
  }
  return servable.bytes > largestBuffer ? useFile(content, servable, use) : use(await readBuffer(content, servable));
};

const otherArtifact = ({ version, bytes }: Servable): ArtifactError =>
  new ArtifactError(
    `Expected an artifact of ${bytes} bytes with the digest that ${version} pins; the stored one is another. ` +
      'Deploy another version and find out who wrote it.',
  );

/** Frees a chunk at once. Left to the garbage collector, a large artifact would take its size a second time. */
const free = ({ buffer, byteLength }: Uint8Array): void => {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
};

/**
 * Counts and hashes the bytes while it hands them on; the last act is the comparison.
 *
 * @param keep - is given each chunk and its place, and may not hold on to it
 */
const receive = async (
  content: Readable,
  servable: Servable,
  keep: (chunk: Uint8Array, offset: number) => Promise<void> | void,
): Promise<void> => {
  const hash = createHash('sha256');
  let bytes = 0;
  const take = async (chunk: Uint8Array): Promise<void> => {
    if (bytes + chunk.length > servable.bytes) throw otherArtifact(servable);
    hash.update(chunk);
    await keep(chunk, bytes);
    bytes += chunk.length;
    free(chunk);
  };
  await pipeline(
    content,
    new Writable({ write: (chunk: Uint8Array, _, done) => void take(chunk).then(() => done(), done) }),
  );
  if (bytes !== servable.bytes || hash.digest('hex') !== servable.digest) throw otherArtifact(servable);
};

const readBuffer = async (content: Readable, servable: Servable): Promise<Uint8Array> => {
  const buffer = new Uint8Array(servable.bytes);
  await receive(content, servable, (chunk, offset) => buffer.set(chunk, offset));
  return buffer;
};

const useFile = async <Result>(
  content: Readable,
  servable: Servable,
  use: (path: string) => Result,
): Promise<Result> => {
  const folder = await mkdtemp(join(tmpdir(), 'artifact-'));
  const path = join(folder, 'model.onnx');
  try {
    const file = await open(path, 'w');
    await receive(content, servable, (chunk) => file.writeFile(chunk)).finally(() => file.close());
    return use(path);
  } finally {
    await rm(folder, { recursive: true });
  }
};
