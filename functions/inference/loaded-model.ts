import type { FieldValue } from '../../contracts/cases.ts';
import type { ModelSchema } from '../../contracts/model.ts';
import type { Signature } from '../../contracts/versions.ts';
import { compileInputReader, type InputReader } from './domain/input-reader.ts';
import { likeliest } from './domain/probabilities.ts';
import { ArtifactError, InvalidInputError, ModelFailureError } from './model-errors.ts';
import type { OnnxSession, Tensors } from './onnx-session.ts';

/** One answer: probabilities in the order of the signature's classes, and the class with the largest. */
export interface Answer {
  readonly label: string;
  readonly probabilities: Float32Array;
}

type Row = Readonly<Record<string, FieldValue>>;

/** A graph in memory, and the meaning of its columns. */
export class LoadedModel {
  readonly signature: Signature;
  readonly #session: OnnxSession;

  /** @throws ArtifactError where the graph does not fit the signature */
  constructor(signature: Signature, session: OnnxSession) {
    const { numeric, categorical, classes } = signature;
    if (
      numeric.length !== session.numericColumns ||
      categorical.length !== session.categoricalColumns ||
      classes.length !== session.classes
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
   * @throws ModelFailureError where the version throws, or answers one of the rows with anything but probabilities
   */
  run(tensors: Tensors): Answer[] {
    const flat = this.#session.run(tensors);
    const { classes } = this.signature;
    const answers = new Array<Answer>(tensors.rows);
    for (let row = 0; row < tensors.rows; row += 1) {
      answers[row] = {
        label: classes[likeliest(flat, row, classes.length)] as string,
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
    return rows.length === 0 ? [] : this.run(tensorsOf(rows, compileInputReader(schema, this.signature)));
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

const tensorsOf = (rows: readonly Row[], reader: InputReader): Tensors => {
  const numeric = new Float32Array(rows.length * reader.numericColumns);
  const categorical = new Array<string>(rows.length * reader.categoricalColumns);
  for (const [index, row] of rows.entries()) {
    if (reader.read(row, numeric, categorical, index)) continue;
    const faults = reader.faultsOf(row).map(({ pointer, detail }) => `${pointer}: ${detail}`);
    throw new InvalidInputError(`Row ${index} does not fit the schema: ${faults.join('; ')}.`);
  }
  return { rows: rows.length, numeric, categorical };
};
