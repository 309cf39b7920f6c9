import type { AlarmReport } from '../domain/alarm-health.ts';
import type { Evidence } from '../domain/changes.ts';
import type { Judgement } from '../domain/stages.ts';
import type { EvidenceBasis } from '../store/evidence-items.ts';

/** The evidence of a rollout, counted and ready to be judged. */
export interface Weighed {
  /** Whether there may be more to count at once. */
  readonly backlog: boolean;
  readonly basis: EvidenceBasis;
  readonly counted: Evidence;
  readonly judge: (alarms: AlarmReport) => Judgement;
}
