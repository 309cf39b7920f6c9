import type { FieldValue } from '../../contracts/cases.ts';
import type { ModelSchema } from '../../contracts/model.ts';
import type { Signature } from '../../contracts/versions.ts';
import { compileInputReader, type InputReader } from './domain/input-reader.ts';
import { chosenClass } from './domain/probabilities.ts';
import { ArtifactError, InvalidInputError, ModelFailureError } from './model-errors.ts';
import type { OnnxSession, Tensors } from './onnx-session.ts';

/** One answer: a class, chosen by its probability and decision weight, or a number. */
export interface Answer {
  readonly label: string | number;
  /** In the order of the signature's classes; undefined where the answer is a number. */
  readonly probabilities: Float32Array | undefined;
}

/** Of one run: a long text alone is thousands of words in memory. */
export const rowsAtOnce = 512;

type Row = Readonly<Record<string, FieldValue>>;

/** A graph in memory, and the meaning of its columns. */
export class LoadedModel {
  readonly signature: Signature;
  readonly #session: OnnxSession;

  /** @throws ArtifactError where the graph does not fit the signature */
  constructor(signature: Signature, session: OnnxSession) {
    const { numeric, categorical, classes, weights } = signature;
    if (
      numeric.length !== session.numericColumns ||
      categorical.length !== session.categoricalColumns ||
      classes.length !== session.classes ||
      (weights !== undefined && weights.length !== session.classes)
    ) {
      throw new ArtifactError(
        `Expected a graph of ${numeric.length} numeric and ${categorical.length} categorical columns and ` +
          `${classes.length} classes, got ${session.numericColumns}, ${session.categoricalColumns} and ` +
          `${session.classes}. Deploy another version.`,
      );
    }
    this.signature = signature;
    this.#session = session;
  }

  /**
   * Blocks until it is done.
   *
   * @returns the graph's output as it is, row-major: probabilities [N × C], or numbers [N]
   * @throws ModelFailureError as `run` does
   */
  runFlat(tensors: Tensors): Float32Array {
    return this.#session.run(tensors);
  }

  /**
   * Blocks until it is done.
   *
   * @throws ModelFailureError where the version throws, or answers one of the rows with anything but probabilities, or
   *   but a finite number
   */
  run(tensors: Tensors): Answer[] {
    const flat = this.#session.run(tensors);
    const { classes, weights } = this.signature;
    if (classes.length === 0) return Array.from(flat, (label) => ({ label, probabilities: undefined }));
    const answers = new Array<Answer>(tensors.rows);
    for (let row = 0; row < tensors.rows; row += 1) {
      answers[row] = {
        label: classes[chosenClass(flat, row, classes.length, weights)] as string,
        // A view costs as much as the rest of this loop; one row is the whole.
        probabilities: tensors.rows === 1 ? flat : flat.subarray(row * classes.length, (row + 1) * classes.length),
      };
    }
    return answers;
  }

  /**
   * Answers inputs of cases, as the ledger keeps them.
   *
   * @throws ModelFailureError
   * @throws InvalidInputError where a row does not fit the schema
   */
  async predict(rows: readonly Row[], schema: ModelSchema): Promise<Answer[]> {
    const reader = compileInputReader(schema, this.signature);
    const answers: Answer[] = [];
    for (let start = 0; start < rows.length; start += rowsAtOnce) {
      answers.push(...this.run(tensorsOf(rows, start, Math.min(start + rowsAtOnce, rows.length), reader)));
    }
    return answers;
  }

  /** The same, but what one row does to the version costs no other row its answer. */
  async predictEach(rows: readonly Row[], schema: ModelSchema): Promise<(Answer | ModelFailureError)[]> {
    const attempt = async (some: readonly Row[]): Promise<Answer[] | ModelFailureError> => {
      try {
        return await this.predict(some, schema);
      } catch (error) {
        if (error instanceof ModelFailureError) return error;
        throw error;
      }
    };
    const all = await attempt(rows);
    if (!(all instanceof ModelFailureError)) return all;
    const answers: (Answer | ModelFailureError)[] = [];
    for (const row of rows) {
      const one = await attempt([row]);
      answers.push(one instanceof ModelFailureError ? one : (one[0] as Answer));
    }
    return answers;
  }
}

/** Rows from `start` to `end` as the graph takes them. */
const tensorsOf = (rows: readonly Row[], start: number, end: number, reader: InputReader): Tensors => {
  const numeric = new Float32Array((end - start) * reader.numericColumns);
  const categorical = new Array<string>((end - start) * reader.categoricalColumns);
  for (let index = start; index < end; index += 1) {
    const row = rows[index] as Row;
    if (reader.read(row, numeric, categorical, index - start)) continue;
    const faults = reader.faultsOf(row).map(({ pointer, detail }) => `${pointer}: ${detail}`);
    throw new InvalidInputError(`Row ${index} does not fit the schema: ${faults.join('; ')}.`);
  }
  return { rows: end - start, numeric, categorical };
};
