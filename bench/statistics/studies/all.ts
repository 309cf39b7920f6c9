import type { Study } from '../analysis.ts';
import { studiesOf } from '../targets.ts';
import { alarmStudies } from './alarms.ts';
import { errorStudies } from './errors.ts';
import { powerStudies } from './power.ts';
import { robustnessStudies } from './robustness.ts';

/** Runs of each rate that the targets ask for. */
export const fullRuns = 10_000;
/** As shares of them: runs of a size, and of universal inference, which takes long. */
const sizeShare = 0.4;
const slowShare = 0.2;

/** @param runs - of a rate; the others in proportion */
export const allStudies = (runs: number): Study[] => {
  const [sizeRuns, slowRuns] = [Math.ceil(runs * sizeShare), Math.ceil(runs * slowShare)];
  return [
    ...errorStudies(runs, slowRuns),
    ...robustnessStudies(runs),
    ...powerStudies(runs, sizeRuns, slowRuns),
    ...alarmStudies(runs, sizeRuns),
  ];
};

/**
 * @param only - numbers of targets and names of studies; all studies where it is empty
 * @throws Error naming what is neither
 */
export const chooseStudies = (runs: number, only: readonly string[]): Study[] => {
  const studies = allStudies(runs);
  if (only.length === 0) return studies;
  const wanted = new Set(only.flatMap((id) => [id, ...studiesOf(id)]));
  const unknown = only.filter((id) => studiesOf(id).length === 0 && !studies.some(({ name }) => name === id));
  if (unknown.length > 0)
    throw new Error(
      `Expected --only to hold numbers of simulated targets (1 to 15) or names of worlds, got ${unknown.join(', ')}. ` +
        `The worlds: ${studies.map(({ name }) => `"${name}"`).join(', ')}.`,
    );
  return studies.filter(({ name }) => wanted.has(name));
};
