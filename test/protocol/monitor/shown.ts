import { EvidenceKind, type Verdict, type VerdictReason } from '../../../contracts/verdicts.ts';
import { decideRandomised } from '../../../functions/rollouts/domain/randomised/verdict.ts';
import type { RolloutRecord } from '../../../functions/rollouts/domain/record.ts';
import { decide } from '../../../functions/rollouts/domain/verdict.ts';
import type { Deployment } from './deployment.ts';

/** What the stored statistics say; other rules of I8 hold them against the cases and rewards. */
export interface Shown {
  readonly verdict: Verdict | undefined;
  readonly reason: VerdictReason | undefined;
  readonly samples: number;
  readonly minimum: number;
  /** By stage at assignment; randomised evidence only. */
  readonly byStage: Readonly<Record<string, number>>;
}

export const shownBy = ({ paired, randomised, bandits }: Deployment, { id, policy }: RolloutRecord): Shown => {
  const context = { deadlinePassed: false };
  const [pairs, units, rewards] = [paired.get(id), randomised.get(id), bandits.get(id)];
  if (pairs !== undefined) {
    const { verdict, reason, numbers } = decide(pairs.state, pairs.policy, context);
    return { verdict, reason, samples: numbers.pairs, minimum: policy.minimumPairs, byStage: {} };
  }
  if (units !== undefined) {
    const { verdict, reason, numbers } = decideRandomised(units.state, units.policy, context);
    return { verdict, reason, samples: numbers.units, minimum: policy.minimumUnits, byStage: numbers.unitsByStage };
  }
  const samples = Object.values(rewards?.earned ?? {}).reduce((sum, one) => sum + one.units, 0);
  return { verdict: undefined, reason: undefined, samples, minimum: policy.bandit.minimumUnits, byStage: {} };
};

/** Samples as the record has them. */
export const samplesOf = ({ pairs, units, policy }: RolloutRecord): number =>
  policy.evidence === EvidenceKind.Paired ? pairs : Object.values(units).reduce((sum, count) => sum + count, 0);
