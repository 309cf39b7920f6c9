/** `npm run test:mutants`: seeds known defects one by one, and shows that the protocol check finds each. */
import { buildCheck, type Edit } from '../protocol/build.ts';
import type { Report } from '../protocol/check.ts';
import { runCheck } from '../protocol/workers.ts';
import { mutants } from './mutants.ts';

/** Sequences after which a defect counts as missed. */
const mostSequences = 4000;
/** Sequences that the code as it is has to pass. */
const soundSequences = 600;
const seed = Number(process.argv[2] ?? 1);

const trial = async (edits: readonly Edit[], sequences: number): Promise<Report & { readonly seconds: number }> => {
  const started = performance.now();
  const report = await runCheck(await buildCheck(edits), { sequences, workers: 2, seed });
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
for (const { name, rule, edits } of mutants.filter(({ name }) => name.includes(process.argv[3] ?? ''))) {
  const { counterexample, sequences, seconds } = await trial(edits, mostSequences);
  if (counterexample === undefined) missed += 1;
  const verdict = counterexample === undefined ? 'MISSED' : 'caught';
  const steps = counterexample?.steps.length ?? '-';
  console.log(columns([verdict, rule, seconds.toFixed(1), sequences, steps, name]));
  if (counterexample !== undefined)
    console.log(columns(['', '', '', '', '', `  ${counterexample.message.split('\n')[0]}`]));
}
const sound = await trial([], soundSequences);
const unmutated = sound.counterexample === undefined ? 'passes' : `FAILS: ${sound.counterexample.message}`;
console.log(`The code as it is ${unmutated}: ${sound.sequences} sequences in ${sound.seconds.toFixed(1)} s.`);
console.log(`${mutants.length - missed} of ${mutants.length} defects caught.`);
process.exitCode = missed === 0 && sound.counterexample === undefined ? 0 : 1;
