import { expectAnswer } from '../../client/index.ts';
import type { NewCase } from '../../contracts/cases.ts';
import type { Rollout } from '../../contracts/rollouts.ts';
import type { Row } from '../../examples/diagnosis/rows.ts';
import type { Person } from './people.ts';
import type { Tenant } from './tenant.ts';
import { model, somebody, type World } from './world.ts';

const validators = ['dr.ambon', 'dr.belito', 'dr.corvane', 'dr.delmira'];

/** A case as an expert's system sends it, identifiers and all. */
export const caseOf = (world: World, row: Row, person: Person, predictionId?: string): NewCase => ({
  input: { ...row.features, ...person },
  label: row.label,
  validator: world.random.pick(validators),
  confidence: 0.85 + world.random.below(15) / 100,
  ...(predictionId === undefined ? {} : { predictionId }),
});

/**
 * Cases that must not be trained on, each for another reason, and how each is expected to end.
 * The last two cannot be read safely and are refused; the others are kept in quarantine.
 */
export const badCases = (world: World, row: Row): unknown[] => {
  const good = (): NewCase => caseOf(world, row, somebody(world));
  const { mean_radius: _, ...incomplete } = good().input;
  const unlabelled = good();
  const unvalidated = good();
  delete unvalidated.validator;
  return [
    { ...good(), input: incomplete },
    { ...good(), input: { ...good().input, mean_radius: 'wide' } },
    { ...good(), label: 'undecided' },
    { ...unlabelled, confidence: 0.5 },
    unvalidated,
    { ...good(), input: { ...good().input, homeTelephone: '0' } },
    'no case at all',
  ];
};

/** Sends a batch and counts what came of it at the door. */
export const sendCases = async (world: World, tenant: Tenant, cases: readonly unknown[]): Promise<void> => {
  const receipt = expectAnswer(
    await tenant.expert.POST('/v1/models/{model}/cases', { params: { path: { model } }, body: { cases: [...cases] } }),
  );
  if (tenant.name !== world.acme.name) return;
  world.sent.cases += cases.length;
  world.sent.refused += receipt.refused;
};

/** Waits until every case that was received has been decided. */
export const settle = (world: World): Promise<void> =>
  world.timeline.until('every case to be decided', 60, async () => {
    const statistics = expectAnswer(
      await world.acme.expert.GET('/v1/models/{model}/cases/statistics', { params: { path: { model } } }),
    );
    const expected = world.sent.cases - world.sent.refused;
    return statistics.accepted + statistics.quarantined === expected
      ? { done: undefined }
      : { waiting: `${statistics.accepted + statistics.quarantined} of ${expected} cases decided` };
  });

/** Rows that no training saw, drawn with replacement, each as the case of somebody new. */
const drawHeldBack = (world: World, count: number): NewCase[] =>
  Array.from({ length: count }, () => {
    world.sent.drawn += 1;
    return caseOf(world, world.random.pick(world.rows.heldBack), somebody(world));
  });

const drawnPerBatch = 100;
/** Cases sent and not yet paired, above which the demo waits for the judge. */
const patience = 400;

/** @returns what brings more cases while a rollout runs; counted from now */
export const feedOfCases = (world: World): ((rollout: Rollout) => Promise<void>) => {
  const { acme, sent } = world;
  const drawnBefore = sent.drawn;
  return async ({ pairs }) => {
    if (sent.drawn - drawnBefore - pairs < patience) await sendCases(world, acme, drawHeldBack(world, drawnPerBatch));
  };
};
