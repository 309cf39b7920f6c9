import { GateCheck, type GateFinding } from '../../../contracts/versions.ts';
import { artifactLimits } from './artifact-limits.ts';
import { type DiscordantPairs, mcNemarWorse } from './mcnemar.ts';
import type { OnnxFile } from './onnx-file.ts';
import { allowedOperators } from './operators.ts';

/** Largest difference of a probability between Python and the graph. */
const parityTolerance = 1e-4;

interface Content {
  readonly sha256: string;
  readonly bytes: number;
}

const list = (faults: readonly string[], whole: string): string =>
  faults.length === 0 ? whole : faults.map((fault) => fault.replace(/\.$/, '')).join('; ');

export const digestFinding = (claimed: Content, found: Content): GateFinding => ({
  check: GateCheck.Digest,
  passed: claimed.sha256 === found.sha256 && claimed.bytes === found.bytes,
  detail:
    `expected model.onnx of ${claimed.bytes} bytes and SHA-256 ${claimed.sha256}, as model.json says; ` +
    `found ${found.bytes} bytes and ${found.sha256}`,
  numbers: { expectedBytes: claimed.bytes, bytes: found.bytes },
});

/** @param faults - everything that does not fit: archive, model.json, holdout, the graph's inputs and outputs */
export const formatFinding = (faults: readonly string[]): GateFinding => ({
  check: GateCheck.Format,
  passed: faults.length === 0,
  detail: list(faults, "archive, model.json, holdout and the graph's inputs and outputs are as the schema asks"),
});

export const limitsFinding = (file: OnnxFile, bytes: number): GateFinding => {
  const foreign = [...file.operators].filter((operator) => !allowedOperators.has(operator)).sort();
  const faults = [
    ...(bytes > artifactLimits.graphBytes
      ? [`expected at most ${artifactLimits.graphBytes} bytes, found ${bytes}`]
      : []),
    ...(file.nodes > artifactLimits.nodes
      ? [`expected at most ${artifactLimits.nodes} nodes, found ${file.nodes}`]
      : []),
    ...(file.hasExternalData ? ['expected every tensor inside the file, found data in another file'] : []),
    ...(file.hasSubgraphs ? ['expected no loop and no branch, found a graph inside a node'] : []),
    ...(file.hasFunctions ? ['expected standard operators alone, found operators that the file defines'] : []),
    ...(foreign.length > 0 ? [`expected operators of the allow-list, found ${foreign.slice(0, 5).join(', ')}`] : []),
  ];
  return {
    check: GateCheck.Limits,
    passed: faults.length === 0,
    detail: list(
      faults,
      `${bytes} bytes, ${file.nodes} nodes and ${file.operators.size} operators are within the limits`,
    ),
    numbers: { bytes, nodes: file.nodes, operators: file.operators.size },
  };
};

/** @param failed - rows on which the graph threw or gave anything but probabilities */
export const finiteFinding = (failed: number, rows: number): GateFinding => ({
  check: GateCheck.Finite,
  passed: rows > 0 && failed === 0,
  detail:
    rows === 0
      ? 'expected at least 1 case in the holdout to try the graph on, found none. Collect more cases.'
      : `expected probabilities that sum to 1 for all ${rows} cases of the holdout, found none for ${failed}`,
  numbers: { failed, rows },
});

/** @param expected - of the Python classifier [N × C]; @param found - of the graph, in the same order */
export const parityFinding = (expected: Float32Array, found: Float32Array): GateFinding => {
  const largest = expected.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (found[index] ?? Number.NaN))),
    0,
  );
  return {
    check: GateCheck.Parity,
    passed: largest <= parityTolerance,
    detail: `expected probabilities within ${parityTolerance} of Python's, found a difference of ${largest.toPrecision(3)}`,
    // NaN is no JSON.
    numbers: Number.isNaN(largest) ? {} : { difference: largest, tolerance: parityTolerance },
  };
};

/** @param milliseconds - of single predictions, at least one */
export const latencyFinding = (milliseconds: readonly number[], budget: number): GateFinding => {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY;
  return {
    check: GateCheck.Latency,
    passed: p99 <= budget,
    detail: `expected 99% of ${sorted.length} predictions within ${budget} ms, found ${p99.toPrecision(3)} ms`,
    numbers: { p99, budget, predictions: sorted.length },
  };
};

export interface Comparison extends DiscordantPairs {
  readonly champion: string;
  /** Cases that both versions were asked. */
  readonly rows: number;
  readonly championCorrect: number;
  readonly challengerCorrect: number;
}

/** @param comparison - undefined where no version serves yet */
export const notWorseFinding = (comparison: Comparison | undefined, significance: number): GateFinding => {
  if (comparison === undefined) {
    return { check: GateCheck.NotWorse, passed: true, detail: 'there is no champion yet that it could be worse than' };
  }
  const { champion, rows, championCorrect, challengerCorrect, championOnly, challengerOnly } = comparison;
  const pValue = mcNemarWorse(comparison);
  return {
    check: GateCheck.NotWorse,
    passed: pValue > significance,
    detail:
      `expected no evidence, at ${significance}, that it is worse than ${champion} on the ${rows} cases of the holdout; ` +
      `found ${challengerCorrect} right against ${championCorrect}, ${championOnly} only by the champion and ` +
      `${challengerOnly} only by this version, p = ${pValue.toPrecision(3)}`,
    numbers: { pValue, significance, rows, championCorrect, challengerCorrect, championOnly, challengerOnly },
  };
};
