import { RolloutPolicy, Strategy } from '../../../contracts/rollout-policy.ts';
import type { NewRollout } from '../../../contracts/rollouts.ts';

/** A member of the request that does not fit, by its JSON pointer. */
export interface PolicyFault {
  readonly pointer: string;
  readonly detail: string;
}

/** What a request says in place of the model's policy, for one rollout alone. */
export type PolicyRequest = Pick<NewRollout, 'version' | 'stages' | 'strategy' | 'bakeSeconds' | 'rivals'>;

/** What of the request leads to a fault of the whole, where that lies in what the model declares. */
const causeOf = (pointer: string, { bakeSeconds }: PolicyRequest): string => {
  if (pointer === '/holdback') return '/stages';
  if (pointer === '/bakeSeconds') return bakeSeconds === undefined ? '/strategy' : pointer;
  return pointer === '/evidence' || pointer === '/maximumUnits' ? '/strategy' : pointer;
};

/**
 * The policy of one rollout: the model's, with what the request says in its place. The whole obeys what a policy obeys,
 * and nothing is taken that the strategy has no use for.
 *
 * @returns the faults where there are any
 */
export const requestedPolicy = (declared: RolloutPolicy, request: PolicyRequest): RolloutPolicy | PolicyFault[] => {
  const { stages, strategy = declared.strategy, bakeSeconds = declared.bakeSeconds } = request;
  const merged = { ...declared, strategy, bakeSeconds, stages: stages ?? declared.stages };
  const faults = [...uselessMembers(request, strategy), ...rivalFaults(request)];
  const parsed = RolloutPolicy.safeParse(merged);
  if (parsed.success && faults.length === 0) return parsed.data;
  const refused = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    pointer: causeOf(`/${path.join('/')}`, request),
    detail: message,
  }));
  return [...faults, ...refused];
};

const uselessMembers = (
  { stages, bakeSeconds, rivals = [] }: PolicyRequest,
  strategy: RolloutPolicy['strategy'],
): PolicyFault[] => {
  const members = [
    { pointer: '/stages', given: stages !== undefined, of: Strategy.Canary },
    { pointer: '/bakeSeconds', given: bakeSeconds !== undefined, of: Strategy.BlueGreen },
    { pointer: '/rivals', given: rivals.length > 0, of: Strategy.Bandit },
  ];
  return members
    .filter(({ given, of }) => given && of !== strategy)
    .map(({ pointer, of }) => ({ pointer, detail: `expected only with the strategy ${of}; this one is ${strategy}` }));
};

const rivalFaults = ({ version, rivals = [] }: PolicyRequest): PolicyFault[] =>
  rivals.flatMap((rival, index) =>
    [version, ...rivals.slice(0, index)].includes(rival)
      ? [{ pointer: `/rivals/${index}`, detail: `expected each version once, got ${rival} again` }]
      : [],
  );
