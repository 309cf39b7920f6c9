import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ScriptedApi, startScriptedApi } from './api.ts';
import { guess, guessText, importFile, openFiles, rows, takeCases } from './import-files.ts';

const { file, remove } = openFiles();
let api: ScriptedApi;
beforeAll(async () => {
  api = await startScriptedApi();
});
afterAll(() => {
  api.close();
  remove();
});

/** A file of one column beside a ward and a label. */
const table = (delimiter: string, cells: readonly string[]): string => {
  const line = (i: number): string => [cells[i % cells.length], 'AB'[i % 2], i % 3 ? 'x' : 'y'].join(delimiter);
  return file(`${['value', 'ward', 'label'].join(delimiter)}\n${rows(60, line)}`);
};

/** What the first cells of a column are sent as. */
const sentOf = async (path: string, count: number, ...options: string[]): Promise<unknown[]> => {
  const cases = takeCases(api);
  const { exitCode } = await importFile(api, path, ...options);
  expect(exitCode).toBe(0);
  return cases.slice(0, count).map(({ input }) => input.value);
};

describe('numbers', () => {
  it.each([
    ['thousands in a TSV', '\t', ['500', '1,253', '12,500'], [500, 1253, 12_500]],
    ['thousands in a German file', ';', ['500', '12.500', '100.000'], [500, 12_500, 100_000]],
    ['both marks, German', ';', ['12.345,67', '1,5', '7'], [12_345.67, 1.5, 7]],
    ['both marks, English', '\t', ['1,234,567.5', '1,500', '7'], [1_234_567.5, 1500, 7]],
    ['quoted thousands in a comma file', ',', ['"1,234,567"', '"2,000"', '12'], [1_234_567, 2000, 12]],
    ['quoted decimals in a comma file', ',', ['"85,9"', '"7,25"', '12'], [85.9, 7.25, 12]],
    ['decimals that cannot be thousands', '\t', ['0,125', '2,261', '12,5'], [0.125, 2.261, 12.5]],
    ['three decimals beside others', ';', ['1.253', '12.5', '0.5'], [1.253, 12.5, 0.5]],
    ['spaces between thousands', ';', ['1\u202f234,5', '12\u00a0500', '7'], [1234.5, 12_500, 7]],
  ])('are read as %s', async (_, delimiter, cells, values) => {
    const path = table(delimiter, cells);
    expect((await guess(path)).schema.fields.value).toMatchObject({ type: 'number' });
    expect(await sentOf(path, values.length)).toEqual(values);
  });

  it('with plain spaces are left out, as telephone numbers are', async () => {
    const path = file(`contact,ward,label\n${rows(60, (i) => `171 234 ${500 + i},${'AB'[i % 2]},${i % 3}`)}`);
    expect((await guess(path)).schema.fields.contact).toEqual({ kind: 'identifier' });
  });

  it('that can be read in two ways are told, and a person may decide', async () => {
    const path = table('\t', ['500', '1,253', '12,500']);
    expect(await guessText(path)).toContain('a number in every row; 1,253 is read as 1253');
    expect(await guessText(path, '--decimal', 'comma')).toContain('1,253 is read as 1.253');
    expect(await sentOf(path, 3, '--decimal', 'comma')).toEqual([500, 1.253, 12.5]);
  });

  it('that can be read in two ways follow the other columns', async () => {
    const path = file(
      `value\tsize\tlabel\n${rows(60, (i) => `${['2,261', '1,500'][i % 2]}\t${i},5\t${i % 3 ? 'x' : 'y'}`)}`,
    );
    expect(await guessText(path)).toContain('2,261 is read as 2.261');
    expect(await sentOf(path, 2)).toEqual([2.261, 1.5]);
  });

  it('are read the same for a model that exists', async () => {
    const path = table(';', ['500', '12.500', '100.000']);
    const model = await guess(path);
    const { model: _, ...declared } = model;
    const cases = takeCases(api, { model: declared });
    const { exitCode, err } = await importFile(api, path, '--label', 'label');
    expect(exitCode).toBe(0);
    expect(err).toContain('value: 12.500 is read as 12500; --decimal tells it otherwise');
    expect(cases.slice(0, 3).map(({ input }) => input.value)).toEqual([500, 12_500, 100_000]);
  });

  it('of a label are read as those of a feature', async () => {
    const path = file(`a;price\n${rows(60, (i) => `${i % 7};${i + 1}.${String(i).padStart(3, '0')},50`)}`);
    const cases = takeCases(api);
    expect((await importFile(api, path)).exitCode).toBe(0);
    expect(cases.slice(0, 2).map(({ label }) => label)).toEqual([1000.5, 2001.5]);
  });
});

describe('dates', () => {
  it.each([
    ['days first', ['31.12.2024', '01.02.2024'], ['2024-12-31', '2024-02-01']],
    ['months first', ['12/31/2024', '01/02/2024'], ['2024-12-31', '2024-01-02']],
    ['days first with slashes', ['31/12/2024', '01/02/2024'], ['2024-12-31', '2024-02-01']],
    ['eight digits', ['20240131', '20240229'], ['2024-01-31', '2024-02-29']],
    ['a day and a time', ['31.12.2024 10:30', '1.2.2024 08:00'], ['2024-12-31T10:30', '2024-02-01T08:00']],
    ['ISO 8601', ['2024-12-31', '2024-02-01T08:00:00Z'], ['2024-12-31', '2024-02-01T08:00']],
  ])('are read as %s', async (_, cells, days) => {
    const path = table(',', cells);
    expect((await guess(path)).schema.fields.value).toMatchObject({ type: 'timestamp' });
    const sent = await sentOf(path, 2);
    expect(sent.map((day, index) => String(day).slice(0, days[index]?.length))).toEqual(days);
  });

  it('that can be read in two ways are told, and a person may decide', async () => {
    const path = table(',', ['03/04/2024', '05/06/2024']);
    expect(await guessText(path)).toContain('03/04/2024 is read as 2024-03-04');
    expect(await guessText(path, '--dates', 'day-first')).toContain('03/04/2024 is read as 2024-04-03');
    expect(await sentOf(path, 1, '--dates', 'day-first')).toEqual(['2024-04-03T00:00:00.000Z']);
  });

  it.each([['20249931'], ['18500101']])('are not eight digits such as %s', async (cell) => {
    const { schema } = await guess(table(',', ['20240131', cell]));
    expect(schema.fields.value).toMatchObject({ type: 'number' });
  });
});
