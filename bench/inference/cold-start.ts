import { spawn } from 'node:child_process';
import type { Log } from '../../local/log.ts';
import { median, pairedDifference, pairedRatio } from '../quantiles.ts';
import { type Goal, judge, type Result } from '../report.ts';
import { scriptFile } from './child.ts';
import { functionEnvironment } from './cloud.ts';
import { graphFile } from './fixtures.ts';
import type { Package } from './package.ts';

const rounds = 9;

const goals = {
  fullStack: {
    id: 'G5.full',
    what: 'process to ready with the trees, against SDK clients and middleware unbundled',
    unit: '×',
    bound: 'at most',
    gate: 0.5,
    stretch: 0.4,
  },
  floor: {
    id: 'G5.floor',
    what: 'the same, beyond onnxruntime and its session alone',
    unit: 'ms',
    bound: 'at most',
    gate: 75,
    stretch: 30,
  },
} as const satisfies Record<string, Goal>;

const scripts = { ours: 'cold-start', 'full-stack': 'cold-start-full-stack', floor: 'cold-start-floor' } as const;
type Variant = keyof typeof scripts;
const variants = Object.keys(scripts) as Variant[];

/** ms from the process's start to its being ready, in the middle of the rounds. */
export interface ColdStartFigures {
  readonly variant: Variant;
  readonly milliseconds: number;
}

const timeStart = (script: string, environment: NodeJS.ProcessEnv): Promise<number> =>
  new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, [script], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
    let milliseconds = Number.NaN;
    child.stdout.once('data', () => {
      milliseconds = performance.now() - start;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 && !Number.isNaN(milliseconds)) resolve(milliseconds);
      else reject(new Error(`${script} ended with ${code} and was never ready.`));
    });
  });

/** G5: a new process each time, in turn. */
export const benchColdStart = async (
  { entry }: Package,
  cloudUrl: string,
  log: Log,
): Promise<{ results: Result[]; figures: ColdStartFigures[] }> => {
  const environment = { ...functionEnvironment(cloudUrl), ENTRY: entry, GRAPH: graphFile('trees') };
  const measured: Record<Variant, number[]> = { ours: [], 'full-stack': [], floor: [] };
  // The first round brings the files into memory.
  for (let round = 0; round <= rounds; round += 1) {
    log(`cold starts, round ${round} of ${rounds}`);
    for (const variant of variants) {
      const milliseconds = await timeStart(scriptFile(scripts[variant]), environment);
      if (round > 0) measured[variant].push(milliseconds);
    }
  }
  return {
    results: [
      judge(goals.fullStack, pairedRatio(measured.ours, measured['full-stack'])),
      judge(goals.floor, pairedDifference(measured.ours, measured.floor)),
    ],
    figures: variants.map((variant) => ({ variant, milliseconds: median(measured[variant]) })),
  };
};
