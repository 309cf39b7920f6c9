import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Recipe } from '../../contracts/model.ts';
import { readDeclaration } from '../../examples/calling-score/declaration.ts';
import { call } from '../../examples/calling-score/generator.ts';
import { peopleOf, uniformOf } from './people.ts';
import { type LabelledInput, trainInTree } from './training-tree.ts';

/** 2,000 people to learn from, and 8,000 more who say how well that went: an accuracy is known to ±0.5 points. */
const learntFrom = 2000;
const heldOut = 8000;

describe('a model of calling-score', () => {
  let folder: string;
  let rows: LabelledInput[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'relearn-calling-score-'));
    const uniform = uniformOf(3);
    rows = peopleOf(2, learntFrom + heldOut).map((input, index) => ({
      input,
      label: call(uniform, input).positive ? 'responds' : 'silent',
      split: index < learntFrom ? 'train' : 'holdout',
    }));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const trainedBy = async (name: string, recipe: Recipe, some: readonly LabelledInput[] = rows) =>
    (await trainInTree(join(folder, name), await readDeclaration(), some, recipe)).metrics.holdout;

  it('is learnt by the network and not by a linear one: at least 15 points more accurate', async () => {
    const { recipe } = await readDeclaration();
    const linear: Recipe = {
      name: 'tabular',
      metric: 'log-loss',
      parameters: { algorithms: ['linear'], folds: 2, trials: 3, ensemble: 'none' },
    };
    const [network, logistic] = await Promise.all([trainedBy('network', recipe), trainedBy('linear', linear)]);
    expect(network.accuracy - logistic.accuracy).toBeGreaterThan(0.15);
    expect(logistic.logLoss - network.logLoss).toBeGreaterThan(0.15);
  }, 60_000);

  it('is better the more people it was learnt from', async () => {
    const { recipe } = await readDeclaration();
    const [few, many] = await Promise.all([
      trainedBy('few', recipe, rows.slice(learntFrom - 300)),
      trainedBy('many', recipe),
    ]);
    expect(many.accuracy - few.accuracy).toBeGreaterThan(0.08);
  }, 60_000);
});
