import { afterAll, describe, expect, it } from '@jest/globals';
import { relearn } from './command-line.ts';
import { guess, guessText, openFiles, rows } from './import-files.ts';

const { file, remove } = openFiles();
afterAll(remove);

describe('the name of a field', () => {
  const width = 64;
  const table = (headers: readonly string[]): string =>
    file(`${headers.join(',')},target\n${rows(30, (i) => `${headers.map((_, j) => (i * j) % 7).join(',')},${i % 2}`)}`);
  const numbers = Array.from({ length: width }, (_, index) => index);

  it.each([
    ['are numbers', numbers.map(String)],
    [
      'are of another alphabet',
      numbers.map((index) => `列${'一二三四五六七八'[index % 8]}${'甲乙丙丁戊己庚辛'[index >> 3]}`),
    ],
    ['differ in signs alone', numbers.map((index) => `size ${'%'.repeat(index + 1)}`)],
    ['are long', numbers.map((index) => `${'a'.repeat(80)} ${index}`)],
  ])('is its own where headers %s', async (_, headers) => {
    expect(Object.keys((await guess(table(headers))).schema.fields)).toHaveLength(width);
  });

  it('is never one that another column has by itself', async () => {
    const { schema } = await guess(table(['木', '水', 'field_2', 'field', '1']));
    expect(Object.keys(schema.fields)).toEqual(['field', 'field_3', 'field_2', 'field_4', 'field_1']);
  });
});

describe('a column of numbers with a slip', () => {
  const sizes = (slip: string, count = 1): string =>
    file(`size,label\n${rows(200, (i) => `${i > 54 && i <= 54 + count ? slip : i * 1.5},${i % 2}`)}`);

  it.each(['oops', 'inf', '1e400', 'Infinity'])('stays one, and %s is told with its line', async (slip) => {
    const { schema } = await guess(sizes(slip));
    expect(schema.fields.size).toEqual({ kind: 'feature', type: 'number', required: false });
    expect(await guessText(sizes(slip))).toContain(`a number in 199 of 200 rows; line 57 has ${slip}, read as missing`);
  });

  it('is left out with the true reason where there are many', async () => {
    const path = file(
      `size,ward,label\n${rows(200, (i) => `${i > 54 && i <= 80 ? `s${i}` : i * 1.5},${'AB'[i % 2]},${i % 2}`)}`,
    );
    expect(await guessText(path)).toContain('size left out a number in 174 of 200 rows; line 57 has s55');
  });

  it('keeps what is as frequent as its numbers for a class', async () => {
    const { schema } = await guess(file(`stage,label\n${rows(210, (i) => `${i % 21 ? i % 21 : 'X'},${i % 2}`)}`));
    expect(schema.fields.stage).toMatchObject({ type: 'category', categories: expect.arrayContaining(['X', '20']) });
  });

  it('leaves out the rows where it is the label', async () => {
    const path = file(`a,price\n${rows(60, (i) => `${i % 7},${i === 9 ? '1e400' : i * 2.5}`)}`);
    const { schema, task } = await guess(path);
    expect(task).toBe('tabular-regression');
    expect(schema.label.tolerance).toBeGreaterThan(0);
    expect(await guessText(path)).toContain('line 11 has 1e400, which is no number; 1 row without one is left out');
  });

  it('says why signs of a currency make no numbers', async () => {
    const path = file(`a,cost,label\n${rows(60, (i) => `${i % 7},$${i}.50,${i % 2}`)}`);
    expect(await guessText(path)).toContain('no numbers, because line 2 has $0.50');
  });
});

describe('a text with a long cell', () => {
  it('stays one, and says where it is cut', async () => {
    const note = (i: number): string => (i === 7 ? 'pain '.repeat(1000) : `it hurts since day ${i}`);
    const path = file(`note,label\n${rows(60, (i) => `${note(i)},${i % 2}`)}`);
    expect((await guess(path)).schema.fields.note).toMatchObject({ type: 'text' });
    expect(await guessText(path)).toContain('1 longer than 4000 characters, the first in line 9, will be cut there');
  });
});

describe('a column that a person calls a feature', () => {
  const path = file(
    `number,code,empty,ward,label\n${rows(1200, (i) => `${i},c${i},,${'AB'[i % 2]},${i % 3}`)}`,
    'told.csv',
  );

  it('is one, whatever was guessed', async () => {
    const { schema } = await guess(path, '--feature', 'number', '--feature', 'code');
    expect(schema.fields).toMatchObject({ number: { type: 'number' }, code: { type: 'text' } });
  });

  it('is refused with the reason where it cannot be', async () => {
    const { exitCode, err } = await relearn(['import', path, '--dry-run', '--feature', 'empty']);
    expect(exitCode).toBe(1);
    expect(err).toContain('empty cannot: it has no value in any row');
    const both = await relearn(['import', path, '--dry-run', '--feature', 'code', '--identifier', 'code']);
    expect(both.err).toContain('it is in --feature and in another');
  });
});

describe('marks such as none', () => {
  const severity = (mark: string, count: number): string =>
    file(`a,label\n${rows(120, (i) => `${i % 7},${i < count ? mark : ['mild', 'severe'][i % 2]}`)}`, `${count}.csv`);

  it.each(['none', 'NA', 'missing', '-', '?', 'null'])('are a class where %s is as frequent as one', async (mark) => {
    const path = severity(mark, 40);
    expect((await guess(path)).schema.label.classes).toEqual(['mild', 'severe', mark].sort());
    const said = await guessText(path);
    expect(said).toContain(`40 rows say ${mark}, taken as a class; --missing ${mark} leaves them out`);
    expect((await guess(path, '--missing', mark)).schema.label.classes).toEqual(['mild', 'severe']);
  });

  it('are no label where they are rare, unless a person says so', async () => {
    const path = severity('?', 2);
    expect((await guess(path)).schema.label.classes).toEqual(['mild', 'severe']);
    expect(await guessText(path)).toContain("2 rows say ?, taken for no label; --missing '' takes it as a class");
    expect((await guess(path, '--missing', '')).schema.label.classes).toEqual(['?', 'mild', 'severe']);
  });

  it('are decided one by one: to name one as missing makes no class of another', async () => {
    const label = (i: number): string => (i < 2 ? '?' : (['mild', 'severe', 'none'][i % 3] as string));
    const path = file(`a,label\n${rows(120, (i) => `${i % 7},${label(i)}`)}`);
    expect((await guess(path, '--missing', 'none')).schema.label.classes).toEqual(['mild', 'severe']);
  });

  it('are classes among numbers where a person says so', async () => {
    const path = file(`a,label\n${rows(120, (i) => `${i % 7},${[0, 1, 'none'][i % 3]}`)}`);
    expect((await guess(path)).schema.label.classes).toEqual(['0', '1']);
    expect(await guessText(path)).toContain("40 rows say none, taken for no label; --missing '' takes it as a class");
    expect((await guess(path, '--missing', '')).schema.label.classes).toEqual(['0', '1', 'none']);
  });

  it('are a category of a feature by the same rule, and missing among numbers', async () => {
    const path = file(
      `alley,size,label\n${rows(120, (i) => `${i % 3 ? 'NA' : ['gravel', 'paved'][i % 2]},${i % 3 ? 'NA' : i},${i % 2}`)}`,
    );
    expect((await guess(path)).schema.fields).toEqual({
      alley: { kind: 'feature', type: 'category', categories: ['NA', 'gravel', 'paved'], required: false },
      size: { kind: 'feature', type: 'number', required: false },
    });
    expect(await guessText(path)).toContain('80 rows say NA, taken as one of them');
  });
});
