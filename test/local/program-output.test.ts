import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { describe, expect, test } from '@jest/globals';
import { LogLines } from '../../local/sagemaker/log-lines.ts';
import { eachLine } from '../../local/sagemaker/program-output.ts';

const linesOf = async (...chunks: (string | Uint8Array)[]) => {
  const stream = new PassThrough();
  const lines: string[] = [];
  eachLine(stream, (line) => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await finished(stream);
  return lines;
};

describe('the output of a program', () => {
  test('is read line by line, wherever it is torn', async () => {
    const [first, second] = ['é', 'n'].map((text) => Buffer.from(text));
    const torn = Buffer.concat([first as Buffer, second as Buffer]);
    expect(await linesOf('a\nb\r\nc\rd', torn.subarray(0, 1), torn.subarray(1), '\tend')).toEqual([
      'a',
      'b',
      'c',
      'dén\tend',
    ]);
  });

  test('is text, whatever it is', async () => {
    const [line = ''] = await linesOf(Uint8Array.from([0xff, 0x00, 0x1b, 0x41, 0xed, 0xa0, 0x80, 0x0a]));
    expect(line).toMatch(/^\ufffd+A\ufffd+$/);
  });

  test('is cut where a line is too long, which is told before it ends', async () => {
    const stream = new PassThrough();
    const lines: string[] = [];
    eachLine(stream, (line) => lines.push(line));
    for (let chunk = 0; chunk < 100; chunk += 1) stream.write('x'.repeat(10_000));
    await new Promise(setImmediate);
    expect(lines).toEqual([`${'x'.repeat(16_384)} … (the rest of this line is left out)`]);
    stream.end('x\nnext');
    await finished(stream);
    expect(lines.slice(1)).toEqual(['next']);
  });
});

describe('lines that wait for the log', () => {
  const fill = (lines: LogLines, count: number, message: string) => {
    for (let number = 0; number < count; number += 1) lines.add({ timestamp: number, message: `${number} ${message}` });
  };

  test('are all there where they fit', () => {
    const lines = new LogLines();
    fill(lines, 9_000, 'line');
    const batch = lines.take();
    expect([batch.length, batch[0]?.message, batch.at(-1)?.message]).toEqual([9_000, '0 line', '8999 line']);
    expect(lines.isEmpty).toBe(true);
  });

  test.each([
    ['many', 50_000, 'line'],
    ['long', 500, 'x'.repeat(16_000)],
  ])(
    'are a batch that the log takes where there are too %s: the newest, and how many are left out',
    (_, count, message) => {
      const lines = new LogLines();
      fill(lines, count, message);
      const [note, ...batch] = lines.take();
      expect(batch.at(-1)?.message).toBe(`${count - 1} ${message}`);
      expect(note?.message).toBe(`… ${count - batch.length} lines are left out: more came than a log takes`);
      expect(batch.length).toBeLessThan(10_000);
      const bytes = [note, ...batch].reduce((sum, event) => sum + Buffer.byteLength(event?.message ?? '') + 26, 0);
      expect(bytes).toBeLessThanOrEqual(1_048_576);
      expect(batch.length > 4_000 || bytes > 500_000).toBe(true);
    },
  );

  test('are fewer after a program has printed for long', () => {
    const lines = new LogLines();
    const taken = Array.from({ length: 40 }, () => {
      fill(lines, 500, 'x'.repeat(2_000));
      return lines.take().length;
    });
    expect(taken[0]).toBeGreaterThan(300);
    expect(taken.at(-1)).toBeLessThan(70);
  });
});
