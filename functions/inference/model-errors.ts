/** What a version did in place of answering. */
export type ModelFault = 'threw' | 'malformed';

/** The version threw, or answered malformed: with NaN, another shape, or numbers that do not sum to 1. */
export class ModelFailureError extends Error {
  override readonly name = 'ModelFailureError';
  readonly fault: ModelFault;

  constructor(fault: ModelFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** The artifact is missing, is not the one that the version pins, or is no graph of its signature. */
export class ArtifactError extends Error {
  override readonly name = 'ArtifactError';
}

/** A row does not fit the model's schema. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
}
