/** Takes the place of `node:timers/promises` in the code under test: a pause is a point where others go on. */
import { present } from './present.ts';

export const setTimeout = (milliseconds: number): Promise<void> => present().pause(milliseconds);
