import { Synthesised } from './synthesised.ts';

/** The stack with the settings that it has by default. */
export const stack = new Synthesised();
