import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { objectKeys } from '../../contracts/keys.ts';
import type { Servable } from '../../contracts/route-item.ts';
import { ArtifactError } from './model-errors.ts';

/** Where artifacts come from. */
export interface ArtifactSource {
  /** @returns the object's bytes as they arrive, or undefined where there is no such object */
  open(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
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

/** Passes the bytes on while it counts and hashes them; the last act is the comparison. */
async function* verified(content: AsyncIterable<Uint8Array>, servable: Servable): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > servable.bytes) break;
    hash.update(chunk);
    yield chunk;
  }
  if (bytes === servable.bytes && hash.digest('hex') === servable.digest) return;
  throw new ArtifactError(
    `Expected an artifact of ${servable.bytes} bytes with the digest that ${servable.version} pins; ` +
      'the stored one is another. Deploy another version and find out who wrote it.',
  );
}

const readBuffer = async (content: AsyncIterable<Uint8Array>, servable: Servable): Promise<Uint8Array> => {
  const buffer = new Uint8Array(servable.bytes);
  let offset = 0;
  for await (const chunk of verified(content, servable)) {
    buffer.set(chunk, offset);
    offset += chunk.length;
  }
  return buffer;
};

const useFile = async <Result>(
  content: AsyncIterable<Uint8Array>,
  servable: Servable,
  use: (path: string) => Result,
): Promise<Result> => {
  const folder = await mkdtemp(join(tmpdir(), 'artifact-'));
  try {
    const path = join(folder, 'model.onnx');
    await pipeline(verified(content, servable), createWriteStream(path));
    return use(path);
  } finally {
    await rm(folder, { recursive: true });
  }
};
