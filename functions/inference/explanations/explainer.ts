import { seeded } from '../../../contracts/seeded.ts';
import type { Signature } from '../../../contracts/versions.ts';
import { type Background, type DrawnInputs, drawInputs } from '../domain/explanations/background.ts';
import { type Attribution, attribute, planWalks, type Walks } from '../domain/explanations/shapley.ts';
import { type LoadedModel, rowsAtOnce } from '../loaded-model.ts';
import type { Tensors } from '../onnx-session.ts';

/** About so many inputs a version is asked for one explanation: some ten milliseconds of 300 trees. */
const inputsAsked = 4096;
const [fewestDraws, mostDraws] = [16, 128];

/** A power of two: a background has sixteen values of a field, and each is to be drawn as often. */
const drawsFor = (fields: number): number => {
  const affordable = 2 ** Math.floor(Math.log2(inputsAsked / (2 * fields)));
  return Math.min(mostDraws, Math.max(fewestDraws, affordable));
};

/** What is prepared once to explain answers of one version. The same input always gets the same explanation. */
export class Explainer {
  /** In the order of the contributions. */
  readonly fields: readonly string[];
  readonly #walks: Walks;
  readonly #drawn: DrawnInputs;

  /** @param seed - of the draws and of the orders */
  constructor(signature: Signature, background: Background, seed: number) {
    const random = seeded(seed);
    this.fields = [...signature.numeric, ...signature.categorical];
    const draws = drawsFor(this.fields.length);
    this.#drawn = drawInputs(signature, background, draws, random);
    this.#walks = planWalks(this.fields.length, draws, random);
  }

  /** Inputs that the version is asked for one explanation. */
  get inputs(): number {
    return this.#walks.rows;
  }

  /**
   * Blocks until it is done.
   *
   * @param input - one row
   * @param output - column of the graph's output whose number is explained
   * @param answer - that number, of the input
   * @throws ModelFailureError
   */
  explain(model: LoadedModel, input: Tensors, output: number, answer: number): Attribution {
    const { rows } = this.#walks;
    const columns = Math.max(1, model.signature.classes.length);
    const answers = new Float64Array(rows);
    for (let start = 0; start < rows; start += rowsAtOnce) {
      const end = Math.min(rows, start + rowsAtOnce);
      const flat = model.runFlat(this.#mix(input, start, end));
      for (let row = start; row < end; row += 1) answers[row] = flat[(row - start) * columns + output] as number;
    }
    return attribute(this.#walks, answers, answer);
  }

  /** Inputs of the walks, from `start` to `end`. */
  #mix(input: Tensors, start: number, end: number): Tensors {
    const { own, draws, fields } = this.#walks;
    const [k, m] = [input.numeric.length, input.categorical.length];
    const numeric = new Float32Array((end - start) * k);
    const categorical = new Array<string>((end - start) * m);
    for (let row = start; row < end; row += 1) {
      const [draw, mask] = [draws[row] as number, row * fields];
      for (let column = 0; column < k; column += 1) {
        numeric[(row - start) * k + column] = (
          own[mask + column] === 1 ? input.numeric[column] : this.#drawn.numeric[draw * k + column]
        ) as number;
      }
      for (let column = 0; column < m; column += 1) {
        categorical[(row - start) * m + column] = (
          own[mask + k + column] === 1 ? input.categorical[column] : this.#drawn.categorical[draw * m + column]
        ) as string;
      }
    }
    return { rows: end - start, numeric, categorical };
  }
}
