import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type Extract, extract } from 'tar-stream';
import { artifactLimits } from '../domain/artifact-limits.ts';

/** The files that a training delivers. */
export interface TrainingOutput {
  readonly graph: Uint8Array;
  readonly sidecar: Uint8Array;
  readonly predictions: Uint8Array;
  /** Predictions for the gold cases; undefined where there are none. */
  readonly goldPredictions?: Uint8Array;
}

/** The archive is none, lacks a file, or goes beyond the limits. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

type Entry = Extract extends AsyncIterable<infer Item> ? Item : never;

/** Files by their exact name. Nothing is written to disk, so no name can lead anywhere. */
const wanted: Readonly<Record<string, { readonly part: keyof TrainingOutput; readonly limit: number }>> = {
  'model.onnx': { part: 'graph', limit: artifactLimits.graphBytes },
  'model.json': { part: 'sidecar', limit: artifactLimits.sidecarBytes },
  'holdout-predictions.jsonl': { part: 'predictions', limit: artifactLimits.predictionsBytes },
  'gold-predictions.jsonl': { part: 'goldPredictions', limit: artifactLimits.predictionsBytes },
};
const optional = 'gold-predictions.jsonl';

const readEntry = async (entry: Entry, limit: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of entry as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > limit) {
      throw new ArchiveError(`Expected ${entry.header.name} of at most ${limit} bytes, found more.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** Counts what a small archive may unpack to. */
async function* limited(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > artifactLimits.archiveBytes) {
      throw new ArchiveError(
        `Expected an archive of at most ${artifactLimits.archiveBytes} bytes unpacked, found more.`,
      );
    }
    yield chunk;
  }
}

const readEntries = async (archive: Extract): Promise<Partial<Record<keyof TrainingOutput, Uint8Array>>> => {
  const parts: Partial<Record<keyof TrainingOutput, Uint8Array>> = {};
  let entries = 0;
  for await (const entry of archive) {
    entries += 1;
    if (entries > artifactLimits.entries) {
      throw new ArchiveError(`Expected at most ${artifactLimits.entries} entries, found more.`);
    }
    const { name, type } = entry.header;
    const file = wanted[name.replace(/^\.\//, '')];
    if (file === undefined) {
      entry.resume();
      continue;
    }
    if (type !== 'file' || parts[file.part] !== undefined) {
      throw new ArchiveError(`Expected ${name} once, as a plain file; found ${type} or a second one.`);
    }
    parts[file.part] = await readEntry(entry, file.limit);
  }
  return parts;
};

/**
 * Unpacks what a training delivered, in memory and within limits: it is made by code that the platform does not trust.
 *
 * @param packed - the bytes of `model.tar.gz`
 * @throws ArchiveError
 */
export const readArchive = async (packed: Readable): Promise<TrainingOutput> => {
  const archive = extract();
  const outcomes = await Promise.allSettled([
    readEntries(archive),
    pipeline(packed, createGunzip(), limited, archive as unknown as NodeJS.WritableStream),
  ]);
  const faults = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
  const told = faults.find((fault) => fault instanceof ArchiveError);
  if (told !== undefined) throw told;
  const [cause] = faults;
  if (cause !== undefined) {
    throw new ArchiveError('Expected a tar archive packed by gzip, found something that cannot be unpacked.', {
      cause,
    });
  }
  const [entries] = outcomes;
  const { graph, sidecar, predictions, goldPredictions } = entries.status === 'fulfilled' ? entries.value : {};
  if (graph === undefined || sidecar === undefined || predictions === undefined) {
    const needed = Object.keys(wanted).filter((name) => name !== optional);
    throw new ArchiveError(`Expected the files ${needed.join(', ')} in the archive, found fewer.`);
  }
  return { graph, sidecar, predictions, ...(goldPredictions === undefined ? {} : { goldPredictions }) };
};
