import { type ProblemCode, type ProblemDocument, problems } from '../../contracts/problems.ts';

/** A fault in the caller's request or in the state it met, answered as problem+json. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly extension: Readonly<Record<string, unknown>>;

  /**
   * @param detail - what was expected, what came, what to do next; never a value that a person wrote
   * @param extension - further members of the document, such as `errors` or the job that is running
   */
  constructor(code: ProblemCode, detail: string, extension: Readonly<Record<string, unknown>> = {}) {
    super(detail);
    this.code = code;
    this.extension = extension;
  }
}

/** The document of RFC 9457 that answers a problem. */
export const problemDocument = (problem: Problem, instance?: string): ProblemDocument => ({
  type: `urn:relearn:problem:${problem.code}`,
  ...problems[problem.code],
  detail: problem.message,
  ...(instance === undefined ? {} : { instance }),
  ...problem.extension,
});

/** Foreign and unknown things are answered alike, so that nobody learns what other tenants have. */
export const notFound = (what: string): Problem =>
  new Problem('not-found', `Expected ${what} that exists in your tenant, and found none. Check its name or id.`);

/** A stored item was changed by another between reading and writing; the caller reads again. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

/** Another writer won a condition on stored state, or is about to. ElectroDB wraps what DynamoDB said. */
export const isConditionFailure = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'ConditionalCheckFailedException' ||
    error.name === 'TransactionConflictException' ||
    isConditionFailure(error.cause));
