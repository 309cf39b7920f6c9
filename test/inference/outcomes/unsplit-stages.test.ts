import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { RolloutPolicy } from '../../../contracts/rollout-policy.ts';
import { bakeStage, banditStage, holdbackStage, preparing } from '../../../contracts/stage-names.ts';
import { logger } from '../../../functions/platform/telemetry.ts';
import { startOutcomes, type World } from './world.ts';

jest.setTimeout(60_000);

let world: World;

beforeAll(async () => {
  logger.setLogLevel('SILENT');
  world = await startOutcomes();
}, 120_000);
afterAll(() => world?.services.dispose());

const u = 'z'.repeat(43);
const policy = {
  evidence: 'randomised',
  stages: [
    { name: 'shadow', weight: 0 },
    { name: 'half', weight: 50 },
    { name: 'most', weight: 99.99 },
    { name: 'all', weight: 100 },
  ],
};

/** What an outcome of a prediction of this stage becomes. */
const sendFrom = async (stage: string) => {
  const begun = await world.begin({}, { record: { policy: RolloutPolicy.parse(policy) } });
  const { evidence } = await begun.send(await begun.assigned({ s: stage, u, a: 'challenger' }), 1);
  return { evidence, outcomes: (await begun.evidence()).length, subjects: (await begun.subjects()).length };
};

test.each([preparing, 'shadow', 'all', bakeStage])(
  'stage %s has requests of one arm alone: no outcome is evidence',
  async (stage) => {
    expect(await sendFrom(stage)).toEqual({ evidence: 'none', outcomes: 0, subjects: 0 });
  },
);

test.each(['half', 'most', holdbackStage, banditStage])(
  'stage %s has requests of both arms: outcomes are evidence',
  async (stage) => {
    expect(await sendFrom(stage)).toEqual({ evidence: 'counts', outcomes: 1, subjects: 1 });
  },
);
