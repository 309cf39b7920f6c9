import type { Analysis, Entry } from './analysis.ts';
import { type BlockBetMonitor, createBlockBetMonitor } from './methods/block-bet.ts';
import { createPeerMonitor, type Monitor, type Stop } from './monitor.ts';
import type { Scenario } from './scenario.ts';
import { addTo, emptyTally, type Tally } from './tally.ts';
import type { Outcomes } from './world.ts';

/** All monitors that see the outcomes in one order. */
export interface Feed {
  readonly tally: Tally;
  readonly stops: readonly Stop[];
  readonly begin: () => void;
  readonly enter: (outcomes: Outcomes, position: number, clock: number) => void;
  readonly isDone: () => boolean;
  /** Largest e-value so far for "not worse by 5 points"; 1 without a block-bet among the monitors. */
  readonly rampEvidence: () => number;
}

export const createFeed = (analyses: readonly Analysis[], scenario: Scenario): Feed => {
  const blockBets: BlockBetMonitor[] = [];
  const monitors = analyses.map((analysis): Monitor => {
    if (analysis.test !== 'block-bet') return createPeerMonitor(analysis, scenario);
    const monitor = createBlockBetMonitor(analysis);
    blockBets.push(monitor);
    return monitor;
  });
  const tally = emptyTally();
  return {
    tally,
    stops: monitors.flatMap(({ stops }) => stops),
    begin: () => {
      Object.assign(tally, emptyTally());
      for (const monitor of monitors) monitor.begin();
    },
    enter: (outcomes, position, clock) => {
      const arm = outcomes.challenger[position] === 1 ? tally.challenger : tally.champion;
      addTo(arm, outcomes.value[position] ?? Number.NaN);
      for (const monitor of monitors) if (!monitor.isDone()) monitor.observe(outcomes, position, tally, clock);
    },
    isDone: () => monitors.every(({ isDone }) => isDone()),
    rampEvidence: () => blockBets[0]?.rampEvidence() ?? 1,
  };
};

/** The outcomes of a whole rollout in the order in which they enter the evidence. */
export interface Entries {
  readonly positions: Int32Array;
  /** Outcomes predicted until each of them enters, in the same order. */
  readonly clocks: Int32Array;
}

/** Whole ticks of the clock until each outcome enters; −1 for what never does. */
const clocksOf = ({ delay }: Outcomes, entry: Entry): Int32Array => {
  const clocks = new Int32Array(delay.length);
  for (let position = 0; position < delay.length; position += 1) {
    const wait = delay[position] as number;
    if (entry.order === 'arrival') clocks[position] = Math.ceil(position + 1 + wait);
    else clocks[position] = wait <= entry.window ? position + 1 + entry.window : -1;
  }
  return clocks;
};

/** Sorts by counting, because it is done for each simulated rollout. */
export const entriesOf = (outcomes: Outcomes, entry: Entry): Entries => {
  const clockOf = clocksOf(outcomes, entry);
  const starts = new Int32Array(clockOf.reduce((latest, clock) => Math.max(latest, clock), 0) + 2);
  for (const clock of clockOf) if (clock >= 0) starts[clock + 1] = (starts[clock + 1] ?? 0) + 1;
  for (let clock = 1; clock < starts.length; clock += 1)
    starts[clock] = (starts[clock] ?? 0) + (starts[clock - 1] ?? 0);
  const count = starts.at(-1) ?? 0;
  const [positions, clocks] = [new Int32Array(count), new Int32Array(count)];
  for (const [position, clock] of clockOf.entries()) {
    if (clock < 0) continue;
    const place = starts[clock] ?? 0;
    starts[clock] = place + 1;
    positions[place] = position;
    clocks[place] = clock;
  }
  return { positions, clocks };
};
