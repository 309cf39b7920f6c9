import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../local/paths.ts';
import { machine, markdownOf, markdownTable, type Result } from '../report.ts';
import { type Examined, leakTable } from './leaks.ts';
import { ours } from './peers.ts';
import { drawPlot } from './plot.ts';
import { threads } from './processors.ts';
import type { Allowance } from './run.ts';
import type { Summary } from './summary.ts';
import { artifactTable, catalogueTable, scoreTable, sourceTable, standingTable } from './text.ts';

export interface Reported {
  readonly summary: Summary;
  readonly examined: readonly Examined[];
  readonly results: readonly Result[];
  readonly goal: string | undefined;
  readonly allowance: Allowance;
}

const bold = (text: string): string => `**${text}**`;

const mostCrowded = ({ lines }: Summary): number =>
  Math.max(...lines.flatMap(({ peer, runs }) => (peer.usesItsSeconds ? runs.map(({ crowding }) => crowding) : [])));

const pageOf = ({ summary, examined, results, goal, allowance }: Reported): string => {
  const { tables, lines } = summary;
  const own = lines.find(({ peer }) => peer === ours);
  return `# AutoML

Made by \`npm run bench:automl\`, which measures all of it again.

The recipe \`tabular\` and libraries of the field learn ${tables.length} real tables, each in ${allowance.seconds} s on
${threads} processors. Test parts were fixed beforehand.

![How far each gets from the baseline to the best, on average and table by table](automl.svg)

${markdownTable(standingTable(summary))}

${goal ?? ''}

${markdownOf(results)}

Read on ${machine()}; others had at most ${(100 * mostCrowded(summary)).toFixed(0)}% of the processors
during a run that uses its seconds.

## Table by table

ROC AUC is better high, log loss and RMSE low; the best is bold.

${markdownTable(scoreTable(summary, bold))}

What Relearn made of them: every winner is one ONNX file with the preprocessing inside, and that file is what was scored.
Parity is the largest difference between it and the fitted model on held-out rows, of probabilities, or of numbers by the
standard deviation of the labels.

${markdownTable(artifactTable(tables, own?.runs ?? []))}

## The tables

All of them ship inside packages of PyPI; nothing is downloaded at the time of the run, and none is made up.

${markdownTable(catalogueTable(tables))}

${markdownTable(sourceTable(tables))}

Texts are cut at 4,000 characters. \`bench/automl/python/catalogue\` reads and cleans them.

## Leaks

\`leaking.py\` there has variants whose label leaks, by an identifier or a column known only afterwards. The suggestions
look at all of these tables and at the training parts of those above, at about 10,000 cases of each as the platform does:
\`leak\`, \`known-afterwards\` and \`identifier\` are what they name a column as. Tables without either are not listed.

${markdownTable(leakTable(examined))}

## How it was read

- Each run is a process of its own on the same ${threads} processors, with threads that wait passively. Seconds are the
  whole process: starting, reading, learning, exporting, predicting. Plain models take the time that they take.
- The **way** on a table is (score − baseline) ÷ (best − baseline), the baseline being the majority or the mean; 0 for a
  failure, and down to −1 for worse than the baseline. Ranks are among all, the baseline too; who failed is last.
- Logarithms are taken of probabilities of at least 0.00001.
- **Logistic or ridge**: medians, missing indicators, standardised, one column a category, TF-IDF of words. **Random
  forest**, **XGBoost**, **LightGBM**: defaults; categories as they take them, the 300 most frequent words by TF-IDF.
- **FLAML** and **AutoGluon** get the data frame as it is with moments as moments and prepare it themselves. AutoGluon
  runs without torch, so without its networks, and with the preset named in \`peers/autogluon.py\`.
- **Relearn** is the training program as SageMaker runs it, on a tree with a manifest and ledger segments; it learns for
  7 s less, because it reads, loads libraries and explains the model besides. It alone is told
  of subjects (folds never divide them), order (folds go forward in time) and texts. A category beyond the 1,000 most
  frequent of a field is missing, as its schemas allow no more. Scores are of \`model.onnx\` in onnxruntime.
- The way's interval and the lead over another come from 10,000 draws of tables with replacement.
`;
};

/** Writes docs/automl.md and docs/automl.svg. */
export const writePage = async (reported: Reported): Promise<void> => {
  const plot = await drawPlot(reported.summary, reported.allowance.seed);
  writeFileSync(join(root, 'docs/automl.svg'), `${plot}\n`);
  writeFileSync(join(root, 'docs/automl.md'), pageOf(reported));
};
