/** What does not fit. */
export interface Fault {
  /** Its place below what was looked at. */
  readonly path: readonly PropertyKey[];
  /** What was expected; never the value that came. */
  readonly message: string;
}
