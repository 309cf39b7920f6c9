import type { Row } from '../../examples/diagnosis/rows.ts';
import { drawPerson, type Person } from './people.ts';
import type { Random } from './random.ts';
import type { Tenant } from './tenant.ts';
import type { Timeline } from './timeline.ts';
import type { Traffic } from './traffic.ts';

/** The name under which every tenant registers the model. */
export const model = 'diagnosis';

/** Whose model is followed, and where its progress is told. */
export interface Observed {
  /** The name under which the tenant registered it. */
  readonly model: string;
  readonly acme: Tenant;
  readonly timeline: Timeline;
}

/** What the chapters of the demo share. */
export interface World extends Observed {
  readonly globex: Tenant;
  readonly random: Random;
  readonly traffic: Traffic;
  /** Rows for the first training, for the second, and those that no training sees. */
  readonly rows: { readonly first: readonly Row[]; readonly second: readonly Row[]; readonly heldBack: readonly Row[] };
  /** Everybody whose identifiers were sent. */
  readonly people: Person[];
  readonly sent: { cases: number; refused: number; drawn: number };
}

/** Draws somebody new and remembers whom to look for behind the door. */
export const somebody = (world: Pick<World, 'random' | 'people'>): Person => {
  const person = drawPerson(world.random, world.people.length);
  world.people.push(person);
  return person;
};

/** How many rows each part of the demo takes of the 569. */
export const rowCounts = { first: 60, second: 240 } as const;

/** Deals the rows, in an order that the seed decides. */
export const dealRows = (rows: readonly Row[], random: Random): World['rows'] => {
  const shuffled = random.shuffle(rows);
  const { first, second } = rowCounts;
  return {
    first: shuffled.slice(0, first),
    second: shuffled.slice(first, first + second),
    heldBack: shuffled.slice(first + second),
  };
};
