import type { Command } from 'commander';
import { pageSize } from '../arguments.ts';

export interface PageOptions {
  readonly limit: number;
  readonly cursor?: string;
}

/** Gives a command that lists something the options of a page. */
export const paged = (command: Command): Command =>
  command
    .option('--limit <number>', 'how many at most, up to 100', pageSize, 20)
    .option('--cursor <text>', 'where to go on: as the page before it said');
