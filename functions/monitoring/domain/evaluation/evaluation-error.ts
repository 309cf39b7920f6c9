/** Why an evaluation cannot be made, in a sentence for a person. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}
