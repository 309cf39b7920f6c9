import type { Command } from 'commander';
import type { Relearn } from '../client/index.ts';

/** Where a command prints. */
export interface Terminal {
  /** One line, or several, without a line end: what was asked for. */
  print(text: string): void;
  /** The same, of progress and faults, so that what was asked for can be read by a program. */
  tell(text: string): void;
}

/** What a command works with. */
export interface Session extends Terminal {
  readonly api: Relearn;
  /**
   * Prints an answer: as JSON where that was asked for, else as text.
   *
   * @param textOf - without a line end
   */
  show<Answer>(answer: Answer, textOf: (answer: Answer) => string): void;
  /** Resolves after so many milliseconds. */
  pause(milliseconds: number): Promise<void>;
  /** Milliseconds, from any beginning. */
  now(): number;
}

/** Reads the options that every command has, and opens the API. */
export type OpenSession = (command: Command) => Promise<Session>;
