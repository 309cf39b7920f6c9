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
  /** Asks the person at the terminal; absent where there is none. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** Whether a person reads at the terminal what is told. */
  readonly watched: boolean;
  /** Resolves after so many milliseconds. */
  pause(milliseconds: number): Promise<void>;
  /** Milliseconds, from any beginning. */
  now(): number;
}

/** What a command works with that asks nothing of the API. */
export type OfflineSession = Omit<Session, 'api'>;

/** Reads the options that every command has. */
export interface OpenSession {
  /** Opens the API too. */
  (command: Command): Promise<Session>;
  offline(command: Command): OfflineSession;
}
