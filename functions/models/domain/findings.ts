import { GateCheck, type GateFinding } from '../../../contracts/versions.ts';
import { artifactLimits } from './artifact-limits.ts';
import type { Holdout } from './holdout-predictions.ts';
import type { OnnxFile } from './onnx-file.ts';
import { allowedOperators } from './operators.ts';

/** Largest difference between Python and the graph: of a probability, or of a number over the spread of the numbers. */
const parityTolerance = 1e-4;
/** Of the largest number, what 32-bit floats may lose. */
const rounding = 2 ** -20;

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

/** @param failed - rows on which the graph threw or gave anything but probabilities, or but a finite number */
export const finiteFinding = (
  failed: number,
  { rows, signature }: Pick<Holdout, 'rows' | 'signature'>,
): GateFinding => {
  const answers = signature.classes.length === 0 ? 'a finite number' : 'probabilities that sum to 1';
  return {
    check: GateCheck.Finite,
    passed: rows > 0 && failed === 0,
    detail:
      rows === 0
        ? 'expected at least 1 case in the holdout to try the graph on, found none. Collect more cases.'
        : `expected ${answers} for all ${rows} cases of the holdout, found none for ${failed}`,
    numbers: { failed, rows },
  };
};

const standardDeviation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

/** Probabilities are all of one size; numbers are as large, and as far apart, as their unit makes them. */
const parityToleranceOf = ({ labels, expected }: Pick<Holdout, 'labels' | 'expected'>): number => {
  const numbers = labels.filter((label) => typeof label === 'number');
  if (numbers.length === 0) return parityTolerance;
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const spread = Math.max(standardDeviation(numbers), standardDeviation(Array.from(expected)));
  return parityTolerance * spread + rounding * largest;
};

/** @param found - by the graph for the holdout, in the order of what is expected of it */
export const parityFinding = (holdout: Pick<Holdout, 'labels' | 'expected'>, found: Float32Array): GateFinding => {
  const tolerance = parityToleranceOf(holdout);
  const largest = holdout.expected.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (found[index] ?? Number.NaN))),
    0,
  );
  return {
    check: GateCheck.Parity,
    passed: largest <= tolerance,
    detail: `expected answers within ${tolerance.toPrecision(3)} of Python's, found a difference of ${largest.toPrecision(3)}`,
    // NaN is no JSON.
    numbers: Number.isNaN(largest) ? {} : { difference: largest, tolerance },
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
