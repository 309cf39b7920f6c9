/** Object keys of the data bucket. Every one begins with the tenant. */
const ofModel = (tenant: string, model: string): string => `tenants/${tenant}/models/${model}`;

export const objectKeys = {
  /** The prefix of all segments. */
  ledger: (tenant: string, model: string): string => `${ofModel(tenant, model)}/ledger/`,
  segment: (tenant: string, model: string, sequence: number, content: string): string =>
    `${objectKeys.ledger(tenant, model)}${String(sequence).padStart(12, '0')}-${content.slice(0, 16)}.jsonl.gz`,
  manifest: (tenant: string, model: string, dataset: string): string =>
    `${ofModel(tenant, model)}/datasets/${dataset}/manifest.json`,
  segmentList: (tenant: string, model: string, dataset: string): string =>
    `${ofModel(tenant, model)}/datasets/${dataset}/segments.manifest`,
  datasetExport: (tenant: string, model: string, dataset: string): string =>
    `${ofModel(tenant, model)}/datasets/${dataset}/cases.jsonl`,
  trainingOutput: (tenant: string, model: string): string => `${ofModel(tenant, model)}/training-output`,
  artifact: (tenant: string, digest: string): string => `tenants/${tenant}/artifacts/sha256/${digest}`,
  holdoutPredictions: (tenant: string, digest: string): string => `tenants/${tenant}/artifacts/holdout/${digest}.jsonl`,
  audit: (tenant: string, number: number): string => `tenants/${tenant}/audit/${String(number).padStart(12, '0')}.json`,
} as const;
