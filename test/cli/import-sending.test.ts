import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModelDeclaration } from '../../contracts/model.ts';
import { type ScriptedApi, startScriptedApi } from './api.ts';
import { relearn } from './command-line.ts';
import { guess, importFile, openFiles, rows, takeCases } from './import-files.ts';

const { file, remove } = openFiles();
let api: ScriptedApi;
beforeAll(async () => {
  api = await startScriptedApi();
});
afterAll(() => {
  api.close();
  remove();
});

const posts = () => api.asked.filter(({ method, path }) => method === 'POST' && path.endsWith('/cases'));
/** Requests that change something. */
const changes = () => api.asked.filter(({ method }) => method !== 'GET');

/** The largest body that the API takes. */
const largestBody = 1_048_576;

const modelOf = (fields: object, label: object = { type: 'category', classes: ['x', 'y'] }) =>
  ModelDeclaration.parse({
    task: 'type' in label && label.type === 'number' ? 'tabular-regression' : 'tabular-classification',
    schema: { fields, label },
  });
const number = { kind: 'feature', type: 'number' } as const;

describe('a file is sent', () => {
  it('in requests that the API takes, however long its rows are', async () => {
    const path = file(`note,label\n${rows(600, (i) => `${'膝 が 痛い です '.repeat(380)}${i},${i % 2}`)}`);
    const cases = takeCases(api);
    expect((await importFile(api, path)).exitCode).toBe(0);
    expect(cases).toHaveLength(600);
    for (const { body } of posts()) expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(largestBody);
    expect(posts().length).toBeLessThan(12);
  });

  it('not at all where one row is larger than a request', async () => {
    const headers = Array.from({ length: 400 }, (_, index) => `${'n'.repeat(50)}${index}`);
    const line = (i: number): string =>
      [...headers.map((_, j) => `it is day ${i * j} ${i === 7 ? 'x'.repeat(2450) : ''}`), i % 2].join(',');
    takeCases(api);
    const { exitCode, err } = await importFile(api, file(`${headers.join(',')},label\n${rows(60, line)}`));
    expect(exitCode).toBe(1);
    expect(err).toMatch(/line 9 has 1,\d{3},\d{3}.*Nothing was sent/);
    expect(changes()).toEqual([]);
  });

  it('again to the fields that its columns became, also where several clean to one name', async () => {
    const path = file(
      `size (cm),size-cm,size_cm,木,水,label\n${rows(30, (i) => `${i % 5}.5,${i % 7}.5,${i % 3}.5,1.${i % 9},2.${i % 9},${i % 2}`)}`,
    );
    const { model: _, ...declared } = await guess(path);
    const first = takeCases(api);
    await importFile(api, path);
    const again = takeCases(api, { model: declared });
    const { exitCode } = await importFile(api, path, '--label', 'label');
    expect(exitCode).toBe(0);
    expect(Object.keys(again[0]?.input ?? {})).toHaveLength(5);
    expect(again).toEqual(first);
  });

  it('with marks that are classes, and without the rows whose marks a person calls missing', async () => {
    const path = file(`a,label\n${rows(120, (i) => `${i % 7},${['mild', 'severe', 'none'][i % 3]}`)}`);
    const cases = takeCases(api);
    await importFile(api, path);
    expect(cases.filter(({ label }) => label === 'none')).toHaveLength(40);
    const fewer = takeCases(api);
    await importFile(api, path, '--missing', 'none');
    expect(fewer).toHaveLength(80);
  });

  it('with slips as missing, and texts cut where they are too long', async () => {
    const path = file(
      `size,note,label\n${rows(60, (i) => `${i === 5 ? 'inf' : i * 1.5},${i === 7 ? 'pain '.repeat(1000) : `it hurts since day ${i}`},${i % 2}`)}`,
    );
    const cases = takeCases(api);
    expect((await importFile(api, path)).exitCode).toBe(0);
    expect(cases[5]?.input.size).toBeNull();
    expect(String(cases[7]?.input.note)).toHaveLength(4000);
  });
});

describe('into a model that exists', () => {
  it('nothing of a bad file is sent', async () => {
    takeCases(api, { model: modelOf({ size: number }) });
    const path = file(`size,label\n${rows(450, (i) => (i === 440 ? '1,x,3' : `${i},x`))}`);
    const { exitCode, err } = await importFile(api, path, '--label', 'label');
    expect(exitCode).toBe(1);
    expect(err).toContain('line 442 has 3');
    expect(changes()).toEqual([]);
  });

  it('nothing is sent where no label is one of its classes', async () => {
    takeCases(api, { model: modelOf({ size: number }) });
    const path = file(`size,ward,label\n${rows(30, (i) => `${i},${'AB'[i % 2]},${'xy'[i % 2]}`)}`);
    const { exitCode, err } = await importFile(api, path, '--label', 'ward');
    expect(exitCode).toBe(1);
    expect(err).toMatch(/column ward to be one of x, y; in all 30 rows they are something else.*--label/);
    expect(changes()).toEqual([]);
  });

  it('one row is enough, and columns that it does not know are named', async () => {
    const cases = takeCases(api, { model: modelOf({ size: number }) });
    const path = file('size,ward,size 2,label\n1.5,A,7,x\n');
    const { exitCode, err } = await importFile(api, path, '--label', 'label');
    expect(exitCode).toBe(0);
    expect(err).toContain('Columns that the model does not know are ignored: ward, size 2.');
    expect(cases).toEqual([expect.objectContaining({ input: { size: 1.5 }, label: 'x' })]);
  });

  it('slips and cut texts are told with their lines', async () => {
    const note = { kind: 'feature', type: 'text', deidentified: true };
    takeCases(api, { model: modelOf({ size: { ...number, required: false }, note }) });
    const line = (i: number): string =>
      `${i === 5 ? 'oops' : i},${i === 7 ? 'pain '.repeat(1000) : `day ${i}`},${'xy'[i % 2]}`;
    const { err } = await importFile(api, file(`size,note,label\n${rows(60, line)}`), '--label', 'label');
    expect(err).toContain('size: line 7 has oops, read as missing');
    expect(err).toContain('note: 1 longer than 4000 characters, the first in line 9, will be cut there');
  });

  it('a mark is sent where it is one of the categories', async () => {
    const alley = { kind: 'feature', type: 'category', categories: ['none', 'paved'], required: false };
    const cases = takeCases(api, { model: modelOf({ alley }) });
    const { err } = await importFile(api, file('alley,label\nnone,x\nNA,y\npaved,x\npaved,NA\n'), '--label', 'label');
    expect(err).toContain('Left out because NA stands for their label: 1 of the rows.');
    expect(cases.map(({ input }) => input.alley)).toEqual(['none', null, 'paved']);
  });

  it('--feature names a column that it knows', async () => {
    takeCases(api, { model: modelOf({ size: number }) });
    const path = file('size,ward,label\n1.5,A,x\n');
    const { err } = await importFile(api, path, '--label', 'label', '--feature', 'ward');
    expect(err).toContain('Expected ward to be a feature of the model');
  });
});

describe('rows that are kept out', () => {
  const ward = { kind: 'feature', type: 'category', categories: ['A', 'B'] };
  const path = () =>
    file(
      `size,ward,label\n${rows(60, (i) => `${i === 4 ? '' : i},${i % 20 === 6 ? 'C' : 'A'},${i === 9 ? 'z' : 'xy'[i % 2]}`)}`,
    );

  it('are told with their lines and columns before they are sent', async () => {
    takeCases(api, { model: modelOf({ size: number, ward }) });
    const { err } = await importFile(api, path(), '--label', 'label');
    expect(err).toContain('will be kept out: 3 unknown-category: line 8 (ward), line 28 (ward), line 48 (ward)');
    expect(err).toContain('will be kept out: 1 missing-feature: line 6 (size)');
    expect(err).toContain('will be kept out: 1 unknown-label: line 11 (label)');
    expect(err).not.toContain('C,');
  });

  it('are listed for this file, also those that only the platform can tell', async () => {
    const reasonsOf = ({ input }: { input: Readonly<Record<string, unknown>> }, index: number): string[] => {
      if (input.ward === 'C') return ['unknown-category'];
      return index === 30 || index === 31 ? ['duplicate'] : [];
    };
    takeCases(api, { model: modelOf({ size: number, ward }), reasonsOf });
    const wards = file(`size,ward,label\n${rows(60, (i) => `${i},${i === 6 ? 'C' : 'A'},${'xy'[i % 2]}`)}`);
    const { out } = await importFile(api, wards, '--label', 'label', '--json');
    expect(JSON.parse(out).keptOut).toEqual([
      { reason: 'unknown-category', rows: 1, first: [{ line: 8, column: 'ward' }] },
      { reason: 'duplicate', rows: 2, first: [{ line: 32 }, { line: 33 }] },
    ]);
    takeCases(api, { model: modelOf({ size: number, ward }), reasonsOf });
    const told = await importFile(api, wards, '--label', 'label');
    expect(told.out).toContain(
      'kept out of this file:\n  1 unknown-category: line 8 (ward)\n  2 duplicate: line 32, line 33',
    );
  });

  it('stop a file of which nothing is left', async () => {
    takeCases(api, { model: modelOf({ size: number, ward }) });
    const wards = file(`size,ward,label\n${rows(30, (i) => `${i},Z,${'xy'[i % 2]}`)}`);
    const { exitCode, err } = await importFile(api, wards, '--label', 'label');
    expect(exitCode).toBe(1);
    expect(err).toMatch(/all 30 would be kept out: 30 unknown-category: line 2 \(ward\).*Nothing was sent/);
    expect(changes()).toEqual([]);
  });
});

describe('an import that does not come to its end', () => {
  const path = () => file(`size,label\n${rows(450, (i) => `${i * 1.5},${'xy'[i % 2]}`)}`);

  it('says how many cases wait, and does not end as if all were well', async () => {
    takeCases(api, { pending: 37 });
    let time = 0;
    const clock = {
      now: () => time,
      pause: async (milliseconds: number) => {
        time += milliseconds;
      },
    };
    const { exitCode, out, err } = await relearn(['import', path(), '--yes'], {
      environment: api.environment,
      ...clock,
    });
    expect(exitCode).toBe(1);
    expect(out).toContain('37 cases still wait to be examined');
    expect(err).toContain('37 still wait');
  });

  it('says how many cases were received, and that a repeat does not double them', async () => {
    let sent = 0;
    api.answer(({ method, path: asked, body }) => {
      const answer = { accepted: 0, quarantined: 0, pending: 0, reasons: {} };
      if (asked.endsWith('/statistics')) return { body: answer };
      if (method === 'GET') return { status: 404, body: { title: 'Not found', status: 404, detail: 'None.' } };
      if (method === 'PUT') return { body };
      sent += 1;
      if (sent > 1) return { status: 503, body: { title: 'Away', status: 503, detail: 'Later.' } };
      return { status: 202, body: { received: 200, refused: 0, cases: [], refusals: [] } };
    });
    const { exitCode, err } = await importFile(api, path());
    expect(exitCode).toBe(1);
    expect(err).toContain('200 cases had been received. Run it again with --label; no case is accepted twice.');
  });
});
