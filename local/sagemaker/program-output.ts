import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Of a line, in UTF-16 units; as long as Docker lets a line be before it cuts it. */
const longestLine = 16_384;

/**
 * Reads what a program prints, line by line: text, whatever it is, with lines that are too long cut off.
 *
 * Bytes that are no UTF-8, and control characters but the tab, become U+FFFD: CloudWatch Logs and JSON take no others.
 */
export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let line = '';
  let isCut = false;
  const tell = (end = ''): void => {
    onLine(`${line.toWellFormed().replaceAll(/[^\P{Cc}\t]/gu, '\ufffd')}${end}`);
    line = '';
  };
  const add = (text: string): void => {
    if (isCut) return;
    line += text;
    if (line.length > longestLine) {
      line = line.slice(0, longestLine);
      // At once, for the line may never end.
      tell(' … (the rest of this line is left out)');
      isCut = true;
    }
  };
  const endLine = (): void => {
    if (!isCut) tell();
    isCut = false;
  };
  const read = (text: string): void => {
    const [first = '', ...others] = text.split(/\r\n|\n|\r/);
    add(first);
    for (const other of others) {
      endLine();
      add(other);
    }
  };
  stream.on('data', (chunk: Buffer) => read(decoder.write(chunk)));
  stream.on('end', () => {
    read(decoder.end());
    if (line !== '') tell();
  });
}
