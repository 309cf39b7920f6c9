/** Where each kind of object lies in the data bucket, for any tenant and model; the keys of contracts/keys.ts. */
export const objectPrefixes = {
  ledger: 'tenants/*/models/*/ledger/*',
  datasets: 'tenants/*/models/*/datasets/*',
  trainingOutput: 'tenants/*/models/*/training-output/*',
  checkpoints: 'tenants/*/models/*/training-checkpoints/*',
  artifacts: 'tenants/*/artifacts/sha256/*',
  holdoutPredictions: 'tenants/*/artifacts/holdout/*',
  sidecars: 'tenants/*/artifacts/sidecar/*',
} as const;
export type ObjectKind = keyof typeof objectPrefixes;
