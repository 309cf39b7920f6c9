import type { Model, ModelDeclaration } from '../../../contracts/model.ts';
import { AuditAction } from '../../../contracts/monitoring.ts';
import type { RouteReader } from '../../inference/index.ts';
import type { AuditTrail } from '../../platform/audit.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import type { Clock } from '../../platform/clock.ts';
import { Problem } from '../../platform/errors.ts';
import { untilStored } from '../../platform/until-stored.ts';
import type { LedgerRevision } from '../store/ledger-revision.ts';
import type { Models } from '../store/models.ts';
import { changedMembers, fixedMembers, modelOf, noticesOf } from './declaration.ts';

interface Dependencies {
  readonly models: Pick<Models, 'get' | 'ledger' | 'save'>;
  readonly routes: RouteReader;
  readonly audit: Pick<AuditTrail, 'next'>;
  readonly clock: Clock;
}

interface Request {
  readonly tenant: string;
  readonly name: string;
  readonly declaration: ModelDeclaration;
  readonly actor: string;
}

interface Declared {
  readonly model: Model;
  readonly created: boolean;
  /** What the operator should know about it. */
  readonly notices: readonly string[];
}

const assertUnused = (name: string, fixed: readonly string[], { accepted }: LedgerRevision): void => {
  if (accepted === 0) return;
  const cases = accepted === 1 ? '1 case was' : `${accepted} cases were`;
  throw new Problem(
    'schema-in-use',
    `Expected the ${fixed.join(' and ')} of ${name} to stay: ${cases} accepted by it. Register a model of another name for the new ${fixed.join(' and ')}; description, recipe and policies can change.`,
    { acceptedCases: accepted },
  );
};

/**
 * Registers a model, or changes its declaration; the same declaration again changes nothing. Model, directory and audit
 * are stored in one transaction, and a new schema only where the ledger that was read still stands.
 *
 * @throws Problem `schema-in-use` where cases were accepted by the task or schema that would change
 */
export const declareModel = (
  { models, routes, audit, clock }: Dependencies,
  { tenant, name, declaration, actor }: Request,
): Promise<Declared> =>
  untilStored(`the model ${name}`, async () => {
    const before = await models.get(tenant, name);
    const changed = before === undefined ? [] : changedMembers(before, declaration, canonicalJson);
    if (before !== undefined && changed.length === 0) return { model: before, created: false, notices: [] };

    const fixed = fixedMembers(changed);
    const ledger = fixed.length === 0 ? undefined : await models.ledger(tenant, name);
    if (ledger !== undefined) assertUnused(name, fixed, ledger);

    const model = modelOf(name, declaration, before, clock.now());
    const { reason, notices } = tell(before, declaration, changed, (await routes.get(tenant, name))?.rollout);
    const entries = await audit.next(tenant, [
      {
        action: before === undefined ? AuditAction.ModelRegistered : AuditAction.ModelChanged,
        actor,
        model: name,
        subjectOfAction: name,
        reason,
      },
    ]);
    const stored = await models.save(tenant, model, before, { audit: entries, ledger });
    return stored ? { model, created: before === undefined, notices } : undefined;
  });

/** What the audit and the operator are told of it. */
const tell = (
  before: ModelDeclaration | undefined,
  after: ModelDeclaration,
  changed: readonly string[],
  rollout: string | undefined,
): { reason: string; notices: readonly string[] } => {
  if (before === undefined) return { reason: `declared for ${after.task}`, notices: [] };
  const notices = noticesOf(before, after, rollout, canonicalJson);
  return { reason: [`declared anew: ${changed.join(', ')}`, ...notices].join('. '), notices };
};
