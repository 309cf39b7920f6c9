const mebibyte = 2 ** 20;

/** What the output of a training may at most be: it is read by a function of 1 GB, and served by smaller ones. */
export const artifactLimits = {
  /** Entries of the archive. */
  entries: 32,
  /** Of the unpacked archive. */
  archiveBytes: 256 * mebibyte,
  /** Of `model.onnx`. */
  graphBytes: 64 * mebibyte,
  /** Of `model.json`. */
  sidecarBytes: 4 * mebibyte,
  /** Of what is taken from it: that travels through the state machine, which takes 256 KiB in all. */
  describedBytes: mebibyte / 8,
  /** Of `holdout-predictions.jsonl`, and of `gold-predictions.jsonl`. */
  predictionsBytes: 128 * mebibyte,
  /** Of the graph: a schema has 1000 fields at most, each of which takes a few. */
  nodes: 4000,
} as const;
