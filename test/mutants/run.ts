/** `npm run test:mutants [-- seed [part of a name]]`: seeds known defects one by one, and shows that the protocol check finds each. */
import { buildCheck, type Edit } from '../protocol/build.ts';
import type { Report } from '../protocol/check.ts';
import { runCheck } from '../protocol/workers.ts';
import { mutants } from './mutants.ts';

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
  const [verdict = '', rule = '', seconds = '', sequences = '', steps = '', ...rest] = cells.map(String);
  return [
    verdict.padEnd(7),
    rule.padEnd(4),
    seconds.padStart(7),
    sequences.padStart(9),
    steps.padStart(5),
    ...rest,
  ].join('  ');
};

console.log(columns(['', 'rule', 'seconds', 'sequences', 'steps', 'defect, and what the check said']));
let missed = 0;
for (const { name, rule, edits } of chosen) {
  const { counterexample, sequences, seconds } = await trial(edits, mostSequences);
  if (counterexample === undefined) missed += 1;
  const verdict = counterexample === undefined ? 'MISSED' : 'caught';
  const steps = counterexample?.steps.length ?? '-';
  console.log(columns([verdict, rule, seconds.toFixed(1), sequences, steps, name]));
  if (counterexample !== undefined) console.log(columns(['', '', '', '', '', `  ${counterexample.message}`]));
}
const sound = await trial([], soundSequences);
const unmutated = sound.counterexample === undefined ? 'passes' : `FAILS: ${sound.counterexample.message}`;
console.log(`The code as it is ${unmutated}: ${sound.sequences} sequences in ${sound.seconds.toFixed(1)} s.`);
console.log(`${chosen.length - missed} of ${chosen.length} defects caught.`);
process.exitCode = chosen.length > 0 && missed === 0 && sound.counterexample === undefined ? 0 : 1;
