import type { TrainingLimits } from '../../../contracts/training-limits.ts';
import type { Models } from '../../models/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Budget } from '../domain/budget.ts';
import type { RunPlace } from '../services/run-request.ts';
import type { TaskTokens } from '../services/task-tokens.ts';
import type { TrainingService } from '../services/training-service.ts';
import type { WarmStart } from '../services/warm-start.ts';
import type { Capacity } from '../store/capacity.ts';
import type { TrainingStore } from '../store/training-store.ts';

/** What everything needs that brings jobs to the training service, and their ends back. */
export interface RunDependencies {
  readonly store: TrainingStore;
  readonly capacity: Capacity;
  readonly budget: Pick<Budget, 'charge'>;
  readonly models: Pick<Models, 'get'>;
  readonly warmStart: WarmStart;
  readonly service: TrainingService;
  readonly tokens: TaskTokens;
  readonly place: RunPlace;
  readonly limits: TrainingLimits;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}
