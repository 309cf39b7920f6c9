/** What is stored of a model's deployment, read from the raw items: the stores are under test, and are not asked. */
import type { RandomisedBlock } from '../../../contracts/rollouts.ts';
import type { Route } from '../../../contracts/route-item.ts';
import type { RolloutRecord } from '../../../functions/rollouts/domain/record.ts';
import type { BanditStatistics } from '../../../functions/rollouts/store/bandit-store.ts';
import type { Statistics } from '../../../functions/rollouts/store/evidence-store.ts';
import type { RandomisedStatistics } from '../../../functions/rollouts/store/randomised-store.ts';
import type { Item } from '../dynamodb/expressions.ts';

interface StoredVersion {
  readonly status: string;
  /** Its last. */
  readonly rollout: string | undefined;
}

/** Everything but the route by name or by the id of its rollout. */
export interface Deployment {
  readonly route: Route | undefined;
  readonly rollouts: ReadonlyMap<string, RolloutRecord>;
  readonly versions: ReadonlyMap<string, StoredVersion>;
  readonly paired: ReadonlyMap<string, Statistics>;
  readonly randomised: ReadonlyMap<string, RandomisedStatistics>;
  readonly bandits: ReadonlyMap<string, BanditStatistics>;
  /** The log of randomised evidence, in its order. */
  readonly blocks: ReadonlyMap<string, readonly RandomisedBlock[]>;
}

const nothing: Deployment = {
  route: undefined,
  rollouts: new Map(),
  versions: new Map(),
  paired: new Map(),
  randomised: new Map(),
  bandits: new Map(),
  blocks: new Map(),
};

const keys = ['tenant', 'model', 'rollout', 'pk', 'sk', '__edb_e__', '__edb_v__'];

/** The attributes that are no part of the key. */
const content = (item: Item): unknown =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !keys.includes(name)));

const withRoute = ({ rollout, ...item }: Item): Route =>
  ({ ...(content(item) as object), ...(rollout === undefined ? {} : { rollout }) }) as Route;

/** The deployment after an item was written. */
const withItem = (before: Deployment, item: Item): Deployment => {
  const [kind = '', id = ''] = String(item.sk).split('#');
  const put = <Kept>(map: ReadonlyMap<string, Kept>, key: string, value: unknown) =>
    new Map([...map, [key, value as Kept]]);
  switch (kind) {
    case 'route':
      return { ...before, route: withRoute(item) };
    case 'rollout':
      return { ...before, rollouts: put(before.rollouts, id, item.record) };
    case 'rollout-statistics':
      return { ...before, paired: put(before.paired, id, content(item)) };
    case 'rollout-randomised':
      return { ...before, randomised: put(before.randomised, id, content(item)) };
    case 'rollout-bandit':
      return { ...before, bandits: put(before.bandits, id, content(item)) };
    case 'rollout-randomised-block':
      return { ...before, blocks: put(before.blocks, id, [...(before.blocks.get(id) ?? []), item.block]) };
    case 'version': {
      const { status, rollout, record } = item;
      return { ...before, versions: put(before.versions, String((record as Item).version), { status, rollout }) };
    }
    default:
      return before;
  }
};

/** The deployments of all models, kept up with what is written. */
export class Deployments {
  private readonly models = new Map<string, Deployment>();

  of(model: string): Deployment {
    return this.models.get(model) ?? nothing;
  }

  /** Takes what one command wrote. @returns the models that it changed, before and after */
  write(items: readonly Item[]): { model: string; before: Deployment; after: Deployment }[] {
    const changed = Map.groupBy(items, ({ pk }) => /^tenant#[^#]+#model#(.+)$/.exec(String(pk))?.[1]);
    return [...changed].flatMap(([model, written]) => {
      if (model === undefined) return [];
      const before = this.of(model);
      const after = written.reduce(withItem, before);
      this.models.set(model, after);
      return [{ model, before, after }];
    });
  }
}
