/** Object keys of the data bucket. Every one begins with the tenant. */
const ofModel = (tenant: string, model: string): string => `tenants/${tenant}/models/${model}`;
/** Sorted as text they are in the order of their numbers. */
const numbered = (number: number): string => String(number).padStart(12, '0');

export const objectKeys = {
  /** The prefix of all segments, and of the packs and pages made of them. */
  ledger: (tenant: string, model: string): string => `${ofModel(tenant, model)}/ledger/`,
  segment: (tenant: string, model: string, sequence: number, content: string): string =>
    `${objectKeys.ledger(tenant, model)}${numbered(sequence)}-${content.slice(0, 16)}.jsonl.gz`,
  /** Named by its number alone, because its content follows from it: a list of packs needs no reading. */
  pack: (tenant: string, model: string, number: number): string =>
    `${objectKeys.ledger(tenant, model)}packs/${numbered(number)}.jsonl.gz`,
  packPage: (tenant: string, model: string, number: number): string =>
    `${objectKeys.ledger(tenant, model)}pages/${numbered(number)}.json`,
  manifest: (tenant: string, model: string, dataset: string): string =>
    `${ofModel(tenant, model)}/datasets/${dataset}/manifest.json`,
  segmentList: (tenant: string, model: string, dataset: string): string =>
    `${ofModel(tenant, model)}/datasets/${dataset}/segments.manifest`,
  datasetExport: (tenant: string, model: string, dataset: string, format: string): string =>
    `${ofModel(tenant, model)}/datasets/${dataset}/cases.${format}`,
  trainingOutput: (tenant: string, model: string): string => `${ofModel(tenant, model)}/training-output`,
  /** Where the program of a job keeps what it needs to go on after a stop. */
  checkpoints: (tenant: string, model: string, job: string): string =>
    `${ofModel(tenant, model)}/training-checkpoints/${job}`,
  artifact: (tenant: string, digest: string): string => `tenants/${tenant}/artifacts/sha256/${digest}`,
  holdoutPredictions: (tenant: string, digest: string): string => `tenants/${tenant}/artifacts/holdout/${digest}.jsonl`,
  /** `model.json` as the training wrote it, by the digest of its `model.onnx`. */
  sidecar: (tenant: string, digest: string): string => `tenants/${tenant}/artifacts/sidecar/${digest}/model.json`,
  audit: (tenant: string, number: number): string => `tenants/${tenant}/audit/${numbered(number)}.json`,
} as const;
