/** What the command line ends with; scripts may rely on it. */
export const ExitCode = {
  Done: 0,
  /**
   * The platform refused, a file cannot be used, its cases still wait to be examined, the training or evaluation failed,
   * or the drill did not roll back.
   */
  Refused: 1,
  /** The command line is wrong, or it names no address or no token. */
  Usage: 2,
  /** Nothing answers at the address. */
  Unreachable: 3,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
