import * as z from 'zod';
import { Progress } from '../../../contracts/training.ts';

/** Lines that the API shows. */
const shownLines = 50;

/** A line that the training program printed. */
export interface OutputLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

const ProgressLine = Progress.omit({ at: true }).extend({ event: z.literal('progress') });

const progressIn = ({ at, text }: OutputLine): Progress | undefined => {
  if (!text.includes('"progress"')) return undefined;
  try {
    const { event: _, ...progress } = ProgressLine.parse(JSON.parse(text));
    return { ...progress, at: new Date(at).toISOString() };
  } catch {
    return undefined;
  }
};

/** How far a training program says it is, and the last lines of what it printed. */
export const readOutput = (lines: readonly OutputLine[]): { progress?: Progress; logs: string[] } => {
  const last = lines.findLast((line) => progressIn(line) !== undefined);
  const progress = last && progressIn(last);
  const logs = lines.slice(-shownLines).map(({ text }) => text);
  return progress === undefined ? { logs } : { progress, logs };
};
