/** `npm run test:mutants [-- seed [part of a name]]`: seeds known defects one by one, and shows that the protocol check finds each by the rule that it breaks. */
import { buildCheck, type Edit } from '../protocol/build.ts';
import type { Report } from '../protocol/check.ts';
import { runCheck } from '../protocol/workers.ts';
import { mutants } from './mutants.ts';
import { Verdict, verdictOf } from './verdict.ts';

/** Sequences after which a defect counts as missed. */
const mostSequences = 4000;
/** Sequences that the code as it is has to pass. */
const soundSequences = 600;
const [seed = '1', part = ''] = process.argv.slice(2);
const chosen = mutants.filter(({ name }) => name.includes(part));

const trial = async (edits: readonly Edit[], sequences: number): Promise<Report & { readonly seconds: number }> => {
  const started = performance.now();
  const report = await runCheck(await buildCheck(edits), { sequences, workers: 2, seed: Number(seed) });
  return { ...report, seconds: (performance.now() - started) / 1000 };
};

const columns = (cells: readonly (string | number)[]): string => {
  const [verdict = '', seconds = '', sequences = '', steps = '', ...rest] = cells.map(String);
  return [verdict.padEnd(10), seconds.padStart(7), sequences.padStart(9), steps.padStart(5), ...rest].join('  ');
};

console.log(columns(['', 'seconds', 'sequences', 'steps', 'defect, its rule, and what the check said']));
let caught = 0;
for (const mutant of chosen) {
  const { seconds, ...report } = await trial(mutant.edits, mostSequences);
  const { counterexample, sequences } = report;
  const verdict = verdictOf(mutant, report);
  if (verdict === Verdict.Caught) caught += 1;
  console.log(columns([verdict, seconds.toFixed(1), sequences, counterexample?.steps.length ?? '-', mutant.name]));
  console.log(columns(['', '', '', '', `  breaks ${mutant.rules.join(', or ')}`]));
  if (counterexample !== undefined) console.log(columns(['', '', '', '', `  ${counterexample.message}`]));
}
const sound = await trial([], soundSequences);
const unmutated = sound.counterexample === undefined ? 'passes' : `FAILS: ${sound.counterexample.message}`;
console.log(`The code as it is ${unmutated}: ${sound.sequences} sequences in ${sound.seconds.toFixed(1)} s.`);
console.log(`${caught} of ${chosen.length} defects caught by their own rules.`);
process.exitCode = chosen.length > 0 && caught === chosen.length && sound.counterexample === undefined ? 0 : 1;
