import type { Dataset, Manifest } from '../../../contracts/datasets.ts';
import { objectKeys } from '../../../contracts/keys.ts';
import type { Model } from '../../../contracts/model.ts';
import type { LedgerHead } from './ledger-head.ts';
import { countOf, layoutOf, numbersOf, type Range } from './packs.ts';

/** The objects that hold the cases of a ledger up to a segment. */
export type LedgerFiles = Pick<Manifest, 'pages' | 'packs' | 'segments'>;

/** The hash of a value's canonical JSON: SHA-256, hexadecimal. */
export type HashOf = (value: unknown) => string;

const isRange = (numbers: readonly number[], range: Range): boolean =>
  numbers.length === countOf(range) && numbers.every((number, index) => number === range.first + index);

const checkFiles = ({ pages, packs, segments }: LedgerFiles, { sequence, accepted, erased }: LedgerHead): void => {
  const layout = layoutOf(sequence);
  const cases = [...pages, ...packs, ...segments].reduce((sum, file) => sum + file.cases, 0);
  const isWhole =
    pages.length === countOf(layout.pages) &&
    isRange(
      packs.map(({ number }) => number),
      layout.packs,
    ) &&
    isRange(
      segments.map((segment) => segment.sequence),
      layout.segments,
    );
  if (isWhole && cases === accepted + erased) return;
  throw new RangeError(
    `Expected ${sequence} segments in order with ${accepted + erased} cases, got ${pages.length} pages, ` +
      `${packs.length} packs and ${segments.length} segments with ${cases}. Read the ledger again.`,
  );
};

/**
 * The manifest of all cases accepted so far. The same cases give the same manifest and id, whoever cuts it and when.
 *
 * @param files - of the ledger up to the head, in order
 * @param tombstones - ids of the erased cases, in order
 * @throws RangeError where the files or tombstones are not those that the head counts
 */
export const buildManifest = (
  tenant: string,
  model: Pick<Model, 'name' | 'task' | 'schema' | 'policies'>,
  head: LedgerHead,
  files: LedgerFiles,
  tombstones: readonly string[],
  hashOf: HashOf,
): Manifest => {
  checkFiles(files, head);
  if (tombstones.length !== head.erased) {
    throw new RangeError(`Expected ${head.erased} tombstones, got ${tombstones.length}. Read the ledger again.`);
  }
  const content: Omit<Manifest, 'id'> = {
    formatVersion: 2,
    tenant,
    model: model.name,
    task: model.task,
    schema: model.schema,
    schemaHash: hashOf(model.schema),
    cut: head.sequence,
    ...files,
    holdoutShare: head.holdoutShare ?? model.policies.holdoutShare,
    counts: {
      cases: head.accepted,
      train: head.accepted - head.holdout - head.gold,
      holdout: head.holdout,
      gold: head.gold,
      labels: { ...head.labels },
    },
    tombstones: [...tombstones],
  };
  return { ...content, id: `ds_${hashOf(content)}` };
};

/** What the platform tells of a dataset. */
export const describeDataset = (manifest: Manifest, createdAt: string): Dataset => ({
  id: manifest.id,
  model: manifest.model,
  createdAt,
  cut: manifest.cut,
  segments: manifest.cut,
  schemaHash: manifest.schemaHash,
  ...manifest.counts,
  erased: manifest.tombstones.length,
});

/**
 * SageMaker's list of the objects that a manifest needs: the common prefix, then what follows it. It knows no list of
 * lists, so each pack has its line; their names follow from their numbers.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
 */
export const listFiles = (bucket: string, { tenant, model, cut, pages, segments }: Manifest): unknown[] => {
  const prefix = objectKeys.ledger(tenant, model);
  const packs = numbersOf({ first: 1, last: layoutOf(cut).packs.last });
  const keys = [
    ...pages.map(({ key }) => key),
    ...packs.map((number) => objectKeys.pack(tenant, model, number)),
    ...segments.map(({ key }) => key),
  ];
  return [{ prefix: `s3://${bucket}/${prefix}` }, ...keys.map((key) => key.slice(prefix.length))];
};
