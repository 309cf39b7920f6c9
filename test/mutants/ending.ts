import { Rule } from '../protocol/monitor/rules.ts';
import { domain, edit, type Mutant, operations, platform, store } from './mutant.ts';

/** Of I9 and I11: each end comes once, and comes. */
export const ending: readonly Mutant[] = [
  {
    name: 'rollback by hand is not idempotent',
    rules: [Rule.Idempotent],
    edits: [
      edit(
        `${operations}/roll-back.ts`,
        'const route = await expectRoute(store, tenant, model);\n    if (!isServed(route, from)) {',
        'const route = await expectRoute(store, tenant, model);\n    if (!isServed(route, from) && route.previous.length === 0) {',
      ),
    ],
  },
  {
    name: 'reconciliation starts a second machine',
    rules: [Rule.OneMachine],
    edits: [edit(`${operations}/reconcile-rollouts.ts`, 'if (state === AttemptState.Running) return false;', '')],
  },
  {
    name: 'a promotion is not audited',
    rules: [Rule.EndsOnce],
    edits: [
      edit(
        `${domain}/changes/end.ts`,
        'audit: [entryOf(AuditAction.RolloutEnded, next, occasion, reason, numbers)],',
        'audit: [],',
      ),
    ],
  },
  {
    name: 'the audit goes on after an old end, over what was written since',
    rules: [Rule.OneChain],
    edits: [
      edit(`${platform}/audit.ts`, 'consistent: true,', 'consistent: false,'),
      edit(`${store}/commit-change.ts`, 'on.audit.create(', 'on.audit.put('),
    ],
  },
  {
    name: 'what a person answered is lost with the next change',
    rules: [Rule.AnsweredOnce],
    edits: [
      edit(
        `${domain}/changes/change.ts`,
        'const { waitsFor: _, ...rest } = rollout;',
        'const { waitsFor: _, approval: __, ...rest } = rollout;',
      ),
    ],
  },
  {
    name: 'a drill is noted as the last rollout of its version',
    rules: [Rule.Drill],
    edits: [edit(`${domain}/changes/begin.ts`, 'versions: isDrill ? [] : challengersOf', 'versions: challengersOf')],
  },
  {
    name: 'reconciliation takes a stale index for the truth',
    rules: [Rule.Recovery],
    edits: [
      edit(
        `${operations}/reconcile-rollouts.ts`,
        'if (state === AttemptState.Absent) {\n    await machine.start(input);\n    return true;\n  }\n',
        'if (state === AttemptState.Absent) return false;\n',
      ),
    ],
  },
  {
    name: 'what cannot be judged further keeps its challenger, without its alarms',
    rules: [Rule.Guarded],
    edits: [
      edit(
        `${operations}/end-or-close.ts`,
        "await endRollout(dependencies, key, 'rollouts:end', (",
        "await ((..._: unknown[]) => closeRollout(dependencies.store, key))(dependencies, key, 'rollouts:end', (",
      ),
    ],
  },
  {
    name: 'what has ended is ended again where it is to be closed',
    rules: [Rule.Recovery],
    edits: [edit(`${operations}/end-or-close.ts`, 'if (alarmsDeleted) {', 'if (!alarmsDeleted) {')],
  },
  {
    name: 'a change that can never be stored is tried for ever',
    rules: [Rule.FunctionsEnd],
    edits: [
      edit(`${platform}/until-stored.ts`, 'count <= attempts', 'count > 0'),
      edit(
        `${store}/commit-change.ts`,
        'on.rollouts\n              .put(item)\n              .where(({ revision }, { eq }) => eq(revision, item.revision - 1))\n',
        'on.rollouts\n              .put(item)\n              .where(({ revision }, { eq }) => eq(revision, item.revision))\n',
      ),
    ],
  },
  {
    name: 'a transaction that meets another one fails as if it could never be stored',
    rules: [Rule.ExpectedErrors],
    edits: [
      edit(
        `${platform}/until-stored.ts`,
        "['ConditionalCheckFailed', 'TransactionConflict']",
        "['ConditionalCheckFailed']",
      ),
    ],
  },
];
