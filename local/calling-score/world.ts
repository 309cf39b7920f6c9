import type { Observed } from '../demo/world.ts';
import type { App } from './app.ts';
import type { Crowd } from './crowd.ts';
import type { Truth } from './truth.ts';

/** The name under which the tenant registers the model. */
export const model = 'calling-score';

/** What the chapters of the run share. */
export interface World extends Observed {
  readonly app: App;
  /** The people who come, and what becomes of them. */
  readonly crowd: Crowd;
  /** What the generator knows and the platform does not. */
  readonly truth: Truth;
}
