import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Manifest } from '../../contracts/datasets.ts';
import { advance, emptyLedger, withoutCase } from '../../functions/cases/domain/ledger-head.ts';
import { buildManifest, type LedgerFiles, listFiles } from '../../functions/cases/domain/manifest.ts';
import { layoutOf, numbersOf, packsOfPage, segmentsOfPack } from '../../functions/cases/domain/packs.ts';
import { canonicalJson, sha256 } from '../../functions/platform/canonical-json.ts';
import { clinicModel } from './clinic.ts';

const hashOf = (value: unknown) => sha256(canonicalJson(value));
const model = clinicModel();
const row = (label: string, split: 'train' | 'holdout' | 'gold') => ({ label, split });
const head = [[row('benign', 'train'), row('malignant', 'holdout')], [row('malignant', 'train')]].reduce(
  (before, rows) => advance(before, { rows, quarantined: [], holdoutShare: 0.2, at: '2026-03-01T00:00:00.000Z' }),
  emptyLedger,
);
const segment = (sequence: number, cases: number) => ({
  sequence,
  cases,
  key: `tenants/acme/models/clinic/ledger/${sequence}.jsonl.gz`,
  sha256: sha256(String(sequence)),
});
const of = (...segments: ReturnType<typeof segment>[]): LedgerFiles => ({ pages: [], packs: [], segments });
const files = of(segment(1, 2), segment(2, 1));
const build = (given: LedgerFiles, tenant = 'acme') => buildManifest(tenant, model, head, given, [], hashOf);

describe('a manifest', () => {
  it('says what the dataset holds, and is named by its hash', () => {
    const manifest = Manifest.parse(build(files));
    const { id, ...rest } = manifest;
    expect(id).toBe(`ds_${hashOf(rest)}`);
    expect(manifest).toMatchObject({
      formatVersion: 2,
      cut: 2,
      holdoutShare: 0.2,
      schemaHash: hashOf(model.schema),
      counts: { cases: 3, train: 2, holdout: 1, gold: 0, labels: { benign: 1, malignant: 2 } },
    });
  });

  it('is the same for the same cases, and another for any change', () => {
    const { id } = build(files);
    expect(buildManifest('acme', structuredClone(model), head, structuredClone(files), [], hashOf).id).toBe(id);
    expect(build(files, 'other').id).not.toBe(id);
    expect(build(of(segment(1, 2), { ...segment(2, 1), sha256: sha256('altered') })).id).not.toBe(id);
  });

  it.each([
    ['a segment is missing', of(segment(1, 2))],
    ['one is there twice', of(segment(1, 2), segment(1, 2))],
    ['they are out of order', of(segment(2, 1), segment(1, 2))],
    ['one holds more cases than were accepted', of(segment(1, 2), segment(2, 2))],
    ['a pack stands for segments that fill none', { ...files, packs: [{ ...segment(1, 2), number: 1 }], segments: [] }],
  ])('is refused where %s', (_, given) => {
    expect(() => build(given)).toThrow(/Expected 2 segments in order with 3 cases/);
  });

  it('counts what is left where cases were erased, and names those', () => {
    const erased = withoutCase(head, { row: row('malignant', 'train') });
    const manifest = buildManifest('acme', model, erased, files, ['case_1'], hashOf);
    expect(manifest).toMatchObject({
      counts: { cases: 2, train: 1, holdout: 1, labels: { benign: 1, malignant: 1 } },
      tombstones: ['case_1'],
    });
    expect(() => buildManifest('acme', model, erased, files, [], hashOf)).toThrow('Expected 1 tombstones, got 0');
  });

  it("lists its files as SageMaker's manifest file does", () => {
    const prefix = 'tenants/acme/models/clinic/ledger/';
    expect(listFiles('bucket', build(files))).toEqual([
      { prefix: `s3://bucket/${prefix}` },
      '1.jsonl.gz',
      '2.jsonl.gz',
    ]);
  });

  it('of version 1, which knew segments only, is read still', () => {
    const { pages: _, packs: __, ...content } = build(files);
    const { gold: ___, ...counts } = content.counts;
    expect(Manifest.parse({ ...content, formatVersion: 1, counts })).toMatchObject({
      pages: [],
      packs: [],
      segments: files.segments,
      counts: { gold: 0 },
    });
  });
});

describe('the packs of a ledger', () => {
  it('hold each segment once, in order, whatever the cut', () => {
    fc.assert(
      fc.property(fc.nat(40_000), (cut) => {
        const { pages, packs, segments } = layoutOf(cut);
        const packed = [...numbersOf(pages).flatMap((page) => numbersOf(packsOfPage(page))), ...numbersOf(packs)];
        const held = [...packed.flatMap((pack) => numbersOf(segmentsOfPack(pack))), ...numbersOf(segments)];
        expect(held).toEqual(numbersOf({ first: 1, last: cut }));
      }),
      { numRuns: 50 },
    );
  });

  it('are the same once more cases have come, and leave a manifest with few lines', () => {
    const { packs, segments } = layoutOf(39_999);
    expect(layoutOf(40_000)).toMatchObject({ pages: { last: 4 }, packs: { first: 201, last: 200 } });
    expect([packs.last - packs.first + 1, segments.last - segments.first + 1]).toEqual([49, 199]);
  });
});
