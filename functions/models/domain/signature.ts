import type { Sidecar, Signature } from '../../../contracts/versions.ts';

/** How the graph beside a `model.json` is fed and read. */
export const signatureOf = ({ inputs, classes, decisionWeights }: Sidecar): Signature => ({
  ...inputs,
  classes,
  ...(decisionWeights ? { weights: decisionWeights } : {}),
});
