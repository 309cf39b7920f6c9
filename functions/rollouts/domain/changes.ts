/**
 * What happens to a model's deployment, each as one change, which is stored whole or not at all:
 *
 *     serveFirst
 *     beginRollout ─▶ enterStage … reweigh … requestApproval ─▶ approve ─▶ promote
 *                           └─────────────────────┴─────────────┴────────▶ rollBack | expire | decline
 *     breakDrill ─▶ rollBack withAlarm ─▶ completeDrill
 *     restorePrevious
 */
export { enterStage, reweigh } from './changes/advance.ts';
export { approve, decline, requestApproval } from './changes/approval.ts';
export { beginRollout, type NewRecord, serveFirst } from './changes/begin.ts';
export {
  type Change,
  type Evidence,
  type Occasion,
  RolloutEndedError,
  type VersionMove,
} from './changes/change.ts';
export { breakDrill, completeDrill, withAlarm } from './changes/drill.ts';
export { expire, promote, restorePrevious, rollBack } from './changes/end.ts';
