import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../local/paths.ts';
import { markdownOf, markdownTable, type Result } from '../report.ts';
import { drawPlot } from './plot.ts';
import type { Figures } from './pool.ts';
import type { Table } from './tables/cells.ts';

export interface Reported {
  readonly results: readonly Result[];
  readonly figures: Figures;
  readonly tables: readonly Table[];
  readonly seed: number;
  /** Of each rate. */
  readonly runs: number;
}

const introduction = `# Statistics

Made by \`npm run bench:statistics\`, which simulates all of it again.

A rollout asks of live outcomes: is the challenger better, not worse, or worse than the champion? Somebody looks at the
answer all the time, and the first yes decides. A test made for one look is wrong far more often than it says when it is
looked at again and again: each look is another chance to be misled. Relearn decides by **e-values**. Picture a gambler
who starts with 1 and bets against "the challenger is not better" at odds that are fair if that is true. Nobody gets
rich at fair odds: the chance of ever reaching 20 is at most 1 in 20, however often one looks. So an e-value of 20 is
evidence at the 5% level, whenever it comes.

Below, rollouts are simulated in worlds in which the truth is known, and judged by the functions that judge real ones.
Methods of the field see the same draws.

![How often each method promotes what it should not, and how soon it finds a true difference](statistics.svg)
`;

const reading = `## How to read the tables

- Unless a row says otherwise the champion is right in 85% of the outcomes, which are zeros and ones; the rollout ends
  after 20,000 outcomes of both versions; the challenger gets 5% of them, 25% from 4,000 on and 50% from 10,000 on (the
  *ramp*). Differences are in percentage points.
- ± is the Monte-Carlo standard error: the true value lies within two of them in 19 cases of 20.
- **block-bet** is Relearn's engine with its defaults, its reward being a zero or a one: promotion at 5%, rollback at 10%
  with 30% of the capital in reserve, a margin of 2 points, evaluated every 20 outcomes. Each of its processes is read
  off by itself: a rollback does not end a run in which promotions are counted.
- *Naive z-test*: the textbook test, looked at every 100 outcomes. *mSPRT*: mixture sequential probability ratio test
  (Johari, Koomen, Pekelis and Walsh 2017), τ = .03, each arm with its own variance, or pooled. *Asymptotic sequence*:
  the formula that GrowthBook documents for its sequential tests, tuned to 5,000 outcomes (Waudby-Smith et al., arXiv
  2103.06476). *One-sided Gaussian mixture*: Howard et al. 2021. *O'Brien–Fleming*: 20 looks planned beforehand.
  *Universal inference*: Wasserman, Ramdas and Balakrishnan 2020. mSPRT, the asymptotic sequence and the Gaussian mixture
  look at each outcome and are given 50 outcomes of the challenger before their first look. All ask for 5%; mSPRT and
  the asymptotic sequence are two-sided, so 2.5% on each side.
- A method that is wrong more often than it says is not faster by deciding sooner: compare speed only where the error
  holds.
- *Known effect* bets on the true difference alone, which nobody knows: what this kind of evidence could reach at best.
  *One look* is the size at which a one-sided z-test, looked at once, has 80% power, or block-bet's.
- *Ramp by evidence*: 25% once the e-value for "not worse by 5 points" has been 10, 50% once it has been 100. *Ramp
  follows whoever leads* is made to mislead: 50% while the challenger's mean so far is ahead, else 5%.
- *Labels of successes come first*: the delay of a label is exponential with a mean of 300 outcomes for successes and
  3,000 for failures (the other way about where failures come first). Evidence by the *stage at assignment* keeps
  superiority valid; a margin also needs the *age window*: an outcome counts at the age of 15,000, as known then, which
  has 99.4% of the labels or more. A window that has only 98% leaves the arms a little more alike than they are.
- *5 outcomes a user*: a user's own mean is Beta distributed, correlation .2; the unit is the mean of a user's outcomes,
  on 21 points.
- *Pairs*: both versions are scored on the same cases; the worse one alone is right in 2% of them.
`;

const howMade = (runs: number, seed: number): string => {
  const [sizes, slow] = [0.4 * runs, 0.2 * runs].map((some) => Math.ceil(some).toLocaleString('en-US'));
  return `## How to reproduce it

Seed ${seed}; ${runs.toLocaleString('en-US')} rollouts for each rate of the first two tables and for each target on a rate, ${sizes} where
only sizes matter, ${slow} for universal inference:

    npm run bench:statistics -- --seed ${seed} --runs ${runs}

The figures depend on nothing else, neither on the machine nor on the number of threads; only the times of target 16
do.
\`--only 7,15\` simulates what two targets need, \`--runs 500\` is a quick look; neither writes this page.
`;
};

const sections = (tables: readonly Table[]): string =>
  tables.map(({ title, rows }) => `## ${title}\n\n${markdownTable(rows)}\n`).join('\n');

/** Writes docs/statistics.md and docs/statistics.svg. */
export const writePage = async ({ results, figures, tables, seed, runs }: Reported): Promise<void> => {
  writeFileSync(join(root, 'docs/statistics.svg'), `${await drawPlot(figures)}\n`);
  const parts = [
    introduction,
    `## Targets\n\n${markdownOf(results)}\n`,
    sections(tables),
    reading,
    howMade(runs, seed),
  ];
  writeFileSync(join(root, 'docs/statistics.md'), parts.join('\n'));
};
