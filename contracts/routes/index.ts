import * as cases from './cases.ts';
import type { RouteDefinition } from './define-route.ts';
import * as inference from './inference.ts';
import * as models from './models.ts';
import * as monitoring from './monitoring.ts';
import * as rollouts from './rollouts.ts';
import * as training from './training.ts';

/** The one route table. */
export const routes: readonly RouteDefinition[] = [models, cases, training, rollouts, inference, monitoring].flatMap(
  (slice) => Object.values(slice),
);

export { prefix, type RouteDefinition, type Slice, takesKey } from './define-route.ts';
export { cases, inference, models, monitoring, rollouts, training };
