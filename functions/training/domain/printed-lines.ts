import * as z from 'zod';
import { Progress } from '../../../contracts/training.ts';
import type { Printed } from './present-job.ts';

/** A line of a log, with its time in milliseconds since 1970. */
export interface LogLine {
  readonly at: number;
  readonly text: string;
}

/** Lines that the API shows. */
const shownLines = 50;

/** What a program says beyond the contract is left out. */
const Shown = z.object(Progress.shape);

const progressOf = ({ at, text }: LogLine): Progress | undefined => {
  try {
    const { event, ...members } = JSON.parse(text) as Record<string, unknown>;
    if (event !== 'progress') return undefined;
    return Shown.safeParse({ ...members, at: new Date(at).toISOString() }).data;
  } catch {
    return undefined;
  }
};

/** Reads what a training program printed, the oldest line first: its last progress, and its last lines. */
export const readPrinted = (lines: readonly LogLine[]): Printed => ({
  progress: lines.map(progressOf).findLast((progress) => progress !== undefined),
  lines: lines.slice(-shownLines).map(({ text }) => text),
});
