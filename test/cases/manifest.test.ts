import { describe, expect, it } from '@jest/globals';
import { Manifest } from '../../contracts/datasets.ts';
import { advance, emptyLedger } from '../../functions/cases/domain/ledger-head.ts';
import { buildManifest, listSegments, type ManifestSegment } from '../../functions/cases/domain/manifest.ts';
import { canonicalJson, sha256 } from '../../functions/platform/canonical-json.ts';
import { clinicModel } from './clinic.ts';

const hashOf = (value: unknown) => sha256(canonicalJson(value));
const model = clinicModel();
const row = (label: string, split: 'train' | 'holdout') => ({ label, split });
const head = [[row('benign', 'train'), row('malignant', 'holdout')], [row('malignant', 'train')]].reduce(
  (before, rows) => advance(before, { rows, quarantined: [], holdoutShare: 0.2, at: '2026-03-01T00:00:00.000Z' }),
  emptyLedger,
);
const segment = (sequence: number, cases: number): ManifestSegment => ({
  sequence,
  cases,
  key: `tenants/acme/models/clinic/ledger/${sequence}.jsonl.gz`,
  sha256: sha256(String(sequence)),
});
const segments = [segment(1, 2), segment(2, 1)];

describe('a manifest', () => {
  it('says what the dataset holds, and is named by its hash', () => {
    const manifest = Manifest.parse(buildManifest('acme', model, head, segments, hashOf));
    const { id, ...rest } = manifest;
    expect(id).toBe(`ds_${hashOf(rest)}`);
    expect(manifest).toMatchObject({
      cut: 2,
      holdoutShare: 0.2,
      schemaHash: hashOf(model.schema),
      counts: { cases: 3, train: 2, holdout: 1, labels: { benign: 1, malignant: 2 } },
    });
  });

  it('is the same for the same cases, and another for any change', () => {
    const id = buildManifest('acme', model, head, segments, hashOf).id;
    expect(buildManifest('acme', structuredClone(model), head, structuredClone(segments), hashOf).id).toBe(id);
    expect(buildManifest('other', model, head, segments, hashOf).id).not.toBe(id);
    const altered = [segment(1, 2), { ...segment(2, 1), sha256: sha256('altered') }];
    expect(buildManifest('acme', model, head, altered, hashOf).id).not.toBe(id);
  });

  it.each([
    ['a segment is missing', [segment(1, 2)]],
    ['one is there twice', [segment(1, 2), segment(1, 2)]],
    ['they are out of order', [segment(2, 1), segment(1, 2)]],
    ['one holds more cases than were accepted', [segment(1, 2), segment(2, 2)]],
  ])('is refused where %s', (_, given) => {
    expect(() => buildManifest('acme', model, head, given, hashOf)).toThrow(
      /Expected 2 segments in order with 3 cases/,
    );
  });

  it("lists its segments as SageMaker's manifest file does", () => {
    const prefix = 'tenants/acme/models/clinic/ledger/';
    expect(listSegments('bucket', prefix, segments)).toEqual([
      { prefix: `s3://bucket/${prefix}` },
      '1.jsonl.gz',
      '2.jsonl.gz',
    ]);
  });
});
