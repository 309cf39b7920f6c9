import { judge, type Result } from '../report.ts';
import { autogluon, baseline, ours, type Peer } from './peers.ts';
import { type Run, wasDisturbed } from './run.ts';
import { type Interval, mean, overTables, type Place, placesOf, type Standing, standingOf } from './standings.ts';
import type { Table } from './tables.ts';

/** A peer, its runs and places table by table, and what they come to. */
export interface Line extends Standing {
  readonly peer: Peer;
  readonly runs: readonly Run[];
  readonly places: readonly Place[];
  /** On average over the tables. */
  readonly seconds: number;
}

/** How far one is ahead of another: table by table, so that what is hard about a table is in neither. */
interface Lead {
  readonly other: Peer;
  /** Ranks by which it is ahead on average. */
  readonly ranks: Interval;
  readonly way: Interval;
}

export interface Summary {
  readonly tables: readonly Table[];
  readonly lines: readonly Line[];
  readonly leads: readonly Lead[];
}

const higherIsBetter = ({ metric }: Table): boolean => metric === 'roc-auc';

/**
 * @param runs - one of each peer on each table
 * @throws Error where one is missing
 */
export const summarise = (
  tables: readonly Table[],
  peers: readonly Peer[],
  runs: readonly Run[],
  seed: number,
): Summary => {
  const grid = peers.map((peer) =>
    tables.map((table) => {
      const run = runs.find((one) => one.table === table.name && one.peer === peer.name);
      if (run === undefined) throw new Error(`Expected a run of ${peer.name} on ${table.name}; there is none.`);
      return run;
    }),
  );
  const start = peers.indexOf(baseline);
  const placesByTable = tables.map((table, column) => {
    const scores = grid.map((row) => row[column]?.score);
    return placesOf(scores, start, higherIsBetter(table));
  });
  const lines = peers.map((peer, row) => {
    const places = placesByTable.map((places) => places[row] as Place);
    const ran = grid[row] ?? [];
    return { peer, runs: ran, places, seconds: mean(ran.map(({ seconds }) => seconds)), ...standingOf(places) };
  });
  return { tables, lines, leads: leadsOf(lines, seed) };
};

const leadsOf = (lines: readonly Line[], seed: number): Lead[] => {
  const own = lines.find(({ peer }) => peer === ours);
  if (own === undefined) return [];
  const over = (line: Line, read: (place: Place) => number, sign: 1 | -1): Interval =>
    overTables(
      own.places.map((place, table) => sign * (read(place) - read(line.places[table] as Place))),
      seed,
    );
  return lines
    .filter((line) => line !== own)
    .map((line) => ({
      other: line.peer,
      ranks: over(line, ({ rank }) => rank, -1),
      way: over(line, ({ way }) => way, 1),
    }));
};

/** Half a rank on one of twenty tables is the least lead there is. */
const leastLead = 0.025;
const leastWay = 0.9;
/** Largest difference of a prediction, relative to the labels' spread for numbers, that the platform accepts. */
const mostParity = 1e-4;

const isOneFile = ({ onnxBytes, parity }: Run): boolean =>
  onnxBytes !== undefined && parity !== undefined && parity <= mostParity;

export const judgeSummary = ({ lines, leads }: Summary): Result[] => {
  const own = lines.find(({ peer }) => peer === ours);
  const nearest = leads
    .filter(({ other }) => other !== autogluon)
    .toSorted((a, b) => a.ranks.value - b.ranks.value)
    .at(0);
  if (own === undefined || nearest === undefined) return [];
  const rank = judge(
    {
      id: 'G13.rank',
      what: `average rank ahead of ${nearest.other.title}, the nearest but AutoGluon`,
      unit: 'ranks',
      bound: 'at least',
      gate: leastLead,
    },
    nearest.ranks.value,
  );
  const way = judge(
    { id: 'G13.way', what: 'of the way from baseline to best', unit: '', bound: 'at least', gate: leastWay },
    own.way,
  );
  const files = judge(
    { id: 'G13.onnx', what: 'tables whose winner is one ONNX file in parity', unit: '', bound: 'at least', gate: 1 },
    own.runs.filter(isOneFile).length / own.runs.length,
  );
  return [rank, way, files];
};

/** A sentence where the machine was too busy for the figures to mean what they say. */
export const warningOf = ({ lines }: Summary): string | undefined => {
  const disturbed = lines.flatMap(({ peer, runs }) => runs.filter((run) => wasDisturbed(peer, run)));
  return disturbed.length === 0
    ? undefined
    : `${disturbed.length} results were read while the machine was overloaded: run again with --resume, which repeats those.`;
};

/** The goal beyond the gates, in a sentence; undefined where AutoGluon did not take part. */
export const goalOf = ({ leads }: Summary): string | undefined => {
  const lead = leads.find(({ other }) => other === autogluon);
  if (lead === undefined) return undefined;
  const { ranks, way } = lead;
  const shown = ({ value, low, high }: Interval): string =>
    `${value.toFixed(2)} (95% of draws of tables: ${low.toFixed(2)} to ${high.toFixed(2)})`;
  const reached = ranks.value > 0 ? 'Ahead of' : 'Not ahead of';
  return `${reached} ${autogluon.title}: by ${shown(ranks)} ranks and by ${shown(way)} of the way.`;
};
