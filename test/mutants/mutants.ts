import { ending } from './ending.ts';
import { evidence } from './evidence.ts';
import type { Mutant } from './mutant.ts';
import { serving } from './serving.ts';
import { shipped } from './shipped.ts';

export const mutants: readonly Mutant[] = [...shipped, ...serving, ...evidence, ...ending];
