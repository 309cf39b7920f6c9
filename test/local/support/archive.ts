import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';

/** The files of a `.tar.gz` by their names. */
export async function filesOfArchive(archive: Buffer): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for await (const entry of Readable.from(gunzipSync(archive)).pipe(extract())) {
    files[entry.header.name] = await text(entry);
  }
  return files;
}
