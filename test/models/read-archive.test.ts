import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { artifactLimits } from '../../functions/models/domain/artifact-limits.ts';
import { ArchiveError, readArchive } from '../../functions/models/gate/read-archive.ts';
import { archiveOf, filesOf, type TarEntry } from './trained.ts';

const files: TarEntry[] = Object.entries(filesOf('logistic')).map(([name, content]) => ({ name, content }));
const read = async (entries: readonly TarEntry[]) => readArchive(Readable.from([await archiveOf(entries)]));

/** Chunks as a network brings them. */
const inPieces = (bytes: Buffer, size: number): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size)),
  );

describe('reading what a training delivered', () => {
  test('finds the three files, however they arrive', async () => {
    const output = await readArchive(inPieces(await archiveOf(files), 1000));
    expect(Buffer.from(output.graph).equals(filesOf('logistic')['model.onnx'] as Uint8Array)).toBe(true);
    expect(JSON.parse(Buffer.from(output.sidecar).toString())).toMatchObject({ formatVersion: 1 });
    expect(output.predictions.length).toBeGreaterThan(1000);
  });

  test('takes names that begin with ./ and leaves other files alone, wherever they want to go', async () => {
    const entries = files.map((entry) => ({ ...entry, name: `./${entry.name}` }));
    const strangers = [
      { name: '../../etc/passwd', content: 'x' },
      { name: '/tmp/y', content: 'x' },
    ];
    await expect(read([...strangers, ...entries])).resolves.toHaveProperty('graph');
  });

  test.each<[string, TarEntry[], string]>([
    ['a file is missing', files.slice(1), 'found fewer'],
    ['a file comes twice', [...files, ...files.slice(0, 1)], 'a second one'],
    [
      'a file is a link',
      [{ name: 'model.onnx', type: 'symlink', linkname: '/etc/passwd' }, ...files.slice(1)],
      'found symlink',
    ],
    [
      'there are too many entries',
      [...Array.from({ length: artifactLimits.entries }, (_, i) => ({ name: `note-${i}`, content: 'x' })), ...files],
      'found more',
    ],
    [
      'model.json is too large',
      [
        ...files.filter(({ name }) => name !== 'model.json'),
        { name: 'model.json', content: ' '.repeat(artifactLimits.sidecarBytes + 1) },
      ],
      'model.json of at most',
    ],
  ])('refuses an archive where %s', async (_, entries, why) => {
    const reading = read(entries);
    await expect(reading).rejects.toThrow(ArchiveError);
    await expect(reading).rejects.toThrow(why);
  });

  test('refuses a small archive that unpacks to more than the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(artifactLimits.archiveBytes + 1024));
    expect(bomb.length).toBeLessThan(1_000_000);
    await expect(readArchive(Readable.from([bomb]))).rejects.toThrow('unpacked');
  }, 20_000);

  test.each([
    ['no gzip', async () => Buffer.from('model.onnx')],
    ['cut off', async () => (await archiveOf(files)).subarray(0, 5000)],
    ['no tar', async () => gzipSync(Buffer.alloc(2000, 7))],
    ['empty', async () => Buffer.alloc(0)],
  ])('refuses an archive that is %s', async (_, make) => {
    await expect(readArchive(Readable.from([await make()]))).rejects.toThrow(ArchiveError);
  });
});
