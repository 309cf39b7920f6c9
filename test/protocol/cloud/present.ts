import type { Command } from '../dynamodb/memory-table.ts';

/** The cloud of the sequence that runs now. Stores are opened once, and call whichever it is. */
interface Cloud {
  /** Milliseconds since 1970. */
  now(): number;
  pause(milliseconds: number): Promise<void>;
  command(command: Command): Promise<object>;
  /** Takes a line that a function printed. */
  print(line: string): void;
}

let cloud: Cloud | undefined;

export const enter = (next: Cloud): void => {
  cloud = next;
};

export const present = (): Cloud => {
  if (cloud === undefined) throw new Error('Expected a cloud to have been entered before it is called.');
  return cloud;
};
