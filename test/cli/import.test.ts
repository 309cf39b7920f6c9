import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { relearn } from './command-line.ts';
import { guess, guessText, openFiles, rows } from './import-files.ts';

const { folder, file, remove } = openFiles();
afterAll(remove);

describe('a file that cannot be imported', () => {
  it.each([
    ['empty', '', 'found an empty file'],
    ['blank', '\n\n\n', 'found blank lines alone'],
    ['a header alone', 'a,label\n', 'Expected at least 10 rows below the header, found 0'],
    ['of three rows', 'a,label\n1,x\n2,y\n3,x\n', 'found 3'],
    ['ragged', `a,label\n${rows(12, (i) => (i === 7 ? '1,x,3' : `${i},x`))}`, 'line 9 has 3'],
    ['with a repeated header', `a,a,label\n${rows(12, () => '1,2,x')}`, '"a" several times'],
    ['with a column without a name', `a,,label\n${rows(12, () => '1,2,x')}`, 'column 2 of 3 has none'],
    ['of one column', `a\n${rows(12, String)}`, 'Expected at least two columns'],
    ['with an open quote', `a,label\n1,"x\n${rows(12, (i) => `${i},y`)}`, 'Expected every quote to be closed'],
    [
      'with one class',
      `a,label\n${rows(12, (i) => `${i},x`)}`,
      'at least two different labels in the column label, found one',
    ],
    ['without any label', `a,label\n${rows(12, (i) => `${i},`)}`, 'all 12 rows have none'],
    ['with too many classes', `a,label\n${rows(300, (i) => `${i % 7},name ${i}`)}`, 'at most 100 classes'],
    ['of nothing but identifiers', `name,label\n${rows(12, (i) => `person ${i},${i % 2}`)}`, 'at least one feature'],
  ])('%s is refused in one sentence', async (_, content, told) => {
    const { exitCode, out, err } = await relearn(['import', file(content), '--dry-run']);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toContain(told);
    expect(err).not.toContain('\n');
  });

  it('in another encoding is refused with what to do', async () => {
    const latin1 = Buffer.from(`farbe,label\n${rows(30, (i) => `gr\u00fcn,${i % 2}`)}`, 'latin1');
    const utf16 = Buffer.from(`\ufeffa,label\n${rows(12, (i) => `${i},${i % 2}`)}`, 'utf16le');
    expect((await relearn(['import', file(latin1), '--dry-run'])).err).toMatch(/UTF-8.*iconv -f latin1/);
    expect((await relearn(['import', file(utf16), '--dry-run'])).err).toMatch(/UTF-16.*iconv -f utf-16/);
    expect((await relearn(['import', file(new Uint8Array([80, 75, 3, 4, 0, 0])), '--dry-run'])).err).toContain(
      'binary data',
    );
  });

  it('in another encoding is refused with the line that has other bytes', async () => {
    const line = (i: number): string => `${i === 9000 ? 'gr\u00fcn' : 'a colour'},${i % 2}`;
    const path = file(Buffer.from(`colour,label\n${rows(20_000, line)}`, 'latin1'));
    expect((await relearn(['import', path, '--dry-run'])).err).toContain('found other bytes in line 9002.');
  });

  it('with all columns left out is refused with what gives one to the model', async () => {
    const path = file(`id,label\n${rows(30, (i) => `${i},${i % 2}`)}`);
    const { err } = await relearn(['import', path, '--dry-run']);
    expect(err).toMatch(/every column is left out: id, .*Give one to the model by --feature/);
    expect(err).not.toContain('--identifier');
  });

  it('of two gigabytes is refused before it is read', async () => {
    const path = file('a,label\n', 'large.csv');
    truncateSync(path, 2 * 1024 ** 3);
    const { exitCode, err } = await relearn(['import', path, '--dry-run']);
    expect(exitCode).toBe(1);
    expect(err).toMatch(/at most 512 MB, .* has 2,048 MB. Split it/);
  });

  it('that does not exist, or lacks the column that is named, is said so', async () => {
    expect((await relearn(['import', join(folder, 'nowhere.csv'), '--dry-run'])).err).toContain(
      'found none that can be read',
    );
    const path = file(`a,b\n${rows(12, (i) => `${i},${i % 2}`)}`);
    expect((await relearn(['import', path, '--dry-run', '--label', 'c'])).err).toContain('the columns are a, b');
    expect((await relearn(['import', path, '--dry-run', '--subject', 'c'])).err).toContain('Expected a column c');
  });

  it('is sent only where somebody says that the guess is right', async () => {
    const path = file(`a,label\n${rows(30, (i) => `${i % 7},${i % 2}`)}`);
    const nobody = { environment: { RELEARN_URL: 'http://localhost:9', RELEARN_TOKEN: 'x' } };
    const { exitCode, err } = await relearn(['import', path, '--yes'], nobody);
    expect(exitCode).toBe(3);
    expect(err).toContain('does not answer');
  });
});

describe('a guess', () => {
  const people = file(
    `Patient ID;Full Name;Birth date;Postcode;Age;Weight (kg);Smoker;Ward;Note;Seen at;Diagnosis\n${rows(
      60,
      (i) =>
        `P${i % 20};Person ${i};1960-0${(i % 9) + 1}-01;10${i % 10}15;${30 + (i % 40)};${70 + i},5;${i % 3 ? 'yes' : 'no'};${'ABC'[i % 3]};patient ${i} says that it hurts;2026-01-${String((i % 28) + 1).padStart(2, '0')}T10:00:00;${i % 4 ? 'benign' : 'malignant'}`,
    )}`,
    'Clinic Notes.csv',
  );

  it('tells what identifies people, and reads the rest by its kind', async () => {
    const { model, task, schema } = await guess(people);
    expect({ model, task }).toEqual({ model: 'clinic-notes', task: 'tabular-classification' });
    expect(schema.label).toEqual({ type: 'category', classes: ['benign', 'malignant'] });
    expect(schema.fields).toMatchObject({
      Patient_ID: { kind: 'subject' },
      Full_Name: { kind: 'identifier' },
      Birth_date: { kind: 'date' },
      Postcode: { kind: 'zip' },
      Age: { kind: 'age' },
      Weight_kg: { kind: 'feature', type: 'number' },
      Smoker: { type: 'boolean' },
      Ward: { type: 'category', categories: ['A', 'B', 'C'] },
      Note: { type: 'text', deidentified: true },
      Seen_at: { type: 'timestamp', deidentified: true },
    });
  });

  it('is shown with its reasons', async () => {
    const { out } = await relearn(['import', people, '--dry-run']);
    expect(out).toMatch(/60 rows, to be learnt by tabular-classification/);
    expect(out).toMatch(/Full Name +Full_Name +left out +its name says that it identifies a person/);
  });

  it('gives way to what a person says', async () => {
    const { schema } = await guess(people, '--label', 'Weight (kg)', '--feature', 'Full Name', '--identifier', 'Note');
    expect(schema.label).toMatchObject({ type: 'number', tolerance: expect.any(Number) });
    expect(schema.fields.Note).toEqual({ kind: 'identifier' });
    expect(Object.keys(schema.fields)).toContain('Diagnosis');
  });

  it.each([
    ['0 and 1', (i: number) => `${i % 2}`, 'tabular-classification'],
    ['words', (i: number) => ['low', 'middle', 'high'][i % 3] as string, 'tabular-classification'],
    ['many numbers', (i: number) => `${i * 3.7}`, 'tabular-regression'],
    ['a rating of five', (i: number) => `${i % 5}`, 'tabular-classification'],
  ])('of the task is made by labels that are %s', async (_, labelOf, task) => {
    expect((await guess(file(`a,label\n${rows(60, (i) => `${i % 7},${labelOf(i)}`)}`))).task).toBe(task);
  });

  it('takes columns of missing marks, of one value, and of counted rows for what they are', async () => {
    const { schema } = await guess(
      file(`row,empty,same,size,label\n${rows(40, (i) => `${i + 1},NA,7,${i % 4 ? i * 1.5 : '?'},${i % 2}`)}`),
    );
    expect(schema.fields).toEqual({
      row: { kind: 'identifier' },
      empty: { kind: 'identifier' },
      same: { kind: 'feature', type: 'number', required: true },
      size: { kind: 'feature', type: 'number', required: false },
    });
  });

  it.each([
    ['alone', (i: number) => `${i}`],
    ['beside another of that name', (i: number) => `${i * 1.5}`],
  ])('takes a first column without a name for the index that it is, %s', async (_, second) => {
    const header = second(1) === '1' ? ',size,label' : ',index,label';
    const { schema } = await guess(file(`${header}\n${rows(30, (i) => `${i},${i % 7}.5,${i % 2}`)}`));
    expect(Object.values(schema.fields)).toEqual([
      { kind: 'identifier' },
      { kind: 'feature', type: 'number', required: true },
    ]);
  });

  it('takes the delimiter that the first line names', async () => {
    const path = file(`sep=;\na;b;label\n${rows(30, (i) => `${i % 7};x, y, ${i % 3};${i % 2}`)}`);
    expect(Object.keys((await guess(path)).schema.fields)).toEqual(['a', 'b']);
    const ragged = file(`sep=;\na;b;label\n1;2;x\n1;2\n`);
    expect(await guessText(ragged)).toContain('line 4 has 2');
  });

  it('lists classes that are numbers by their size', async () => {
    const { schema } = await guess(file(`a,label\n${rows(60, (i) => `${i % 7},${(i % 12) + 1}`)}`));
    expect(schema.label.classes).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12']);
  });

  it('says in how many rows a column has a value', async () => {
    const path = file(`size,label\n${rows(200, (i) => `${i < 46 ? i * 1.5 : ''},${i % 2}`)}`);
    expect(await guessText(path)).toContain('number a number in 46 of 200 rows');
  });
});
