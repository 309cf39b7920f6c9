/** Rollouts on outcomes split between the arms. */
import type { Entry, OutcomeStudy } from '../analysis.ts';
import { createFeed, entriesOf, type Feed } from '../feed.ts';
import type { Random } from '../random.ts';
import { plannedStage, type Ramp } from '../scenario.ts';
import { meanOf } from '../tally.ts';
import { createWorld } from '../world.ts';
import type { Rollout } from './rollout.ts';

/** Outcomes between two chances to change the stage. */
const STEP = 20;

/** Stage of the outcomes from `position` on, by what is known before them. */
const stageOf = (ramp: Ramp, position: number, feed: Feed): number => {
  switch (ramp) {
    case 'planned':
      return plannedStage(position);
    case 'canary':
      return 0;
    case 'even':
      return 2;
    case 'by-evidence':
      return [10, 100].filter((evidence) => feed.rampEvidence() >= evidence).length;
    case 'by-lead':
      return meanOf(feed.tally.challenger) > meanOf(feed.tally.champion) ? 2 : 0;
  }
};

/** Labels are there at once: outcomes enter as they are drawn, until nothing more is to be decided. */
const createAtOnce = ({ scenario, analyses }: OutcomeStudy): Rollout => {
  const world = createWorld(scenario);
  const feed = createFeed(analyses, scenario);
  const run = (random: Random): void => {
    feed.begin();
    for (let from = 0; from < scenario.horizon && !feed.isDone(); from += STEP) {
      const to = Math.min(from + STEP, scenario.horizon);
      world.draw(random, from, to, stageOf(scenario.ramp, from, feed));
      for (let position = from; position < to; position += 1) feed.enter(world.outcomes, position, position + 1);
    }
  };
  return { stops: feed.stops, run };
};

/** Labels come late: the whole rollout is drawn, then enters each feed in its own order. */
const createDelayed = ({ scenario, analyses }: OutcomeStudy): Rollout => {
  const world = createWorld(scenario);
  const byEntry = Map.groupBy(analyses, ({ entry }) => JSON.stringify(entry ?? { order: 'arrival' }));
  const feeds = [...byEntry].map(([entry, some]): [Entry, Feed] => [JSON.parse(entry), createFeed(some, scenario)]);
  const run = (random: Random): void => {
    for (let from = 0; from < scenario.horizon; from += STEP) world.draw(random, from, from + STEP, plannedStage(from));
    for (const [entry, feed] of feeds) {
      feed.begin();
      const { positions, clocks } = entriesOf(world.outcomes, entry);
      for (let index = 0; index < positions.length && !feed.isDone(); index += 1)
        feed.enter(world.outcomes, positions[index] ?? 0, clocks[index] ?? 0);
    }
  };
  return { stops: feeds.flatMap(([, { stops }]) => stops), run };
};

export const createOutcomeRollout = (study: OutcomeStudy): Rollout =>
  study.scenario.delays ? createDelayed(study) : createAtOnce(study);
