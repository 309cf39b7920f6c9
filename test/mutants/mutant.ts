import type { Edit } from '../protocol/build.ts';
import type { Rule } from '../protocol/monitor/rules.ts';

/** A defect that the protocol check has to find. */
export interface Mutant {
  readonly name: string;
  /** That it breaks: one of them has to be among those that the check names. */
  readonly rules: readonly Rule[];
  readonly edits: readonly Edit[];
}

export const domain = 'functions/rollouts/domain';
export const operations = 'functions/rollouts/operations';
export const store = 'functions/rollouts/store';
export const platform = 'functions/platform';

export const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace });
