import { maximumTextCharacters } from '../../../contracts/feature-values.ts';
import type { Sidecar } from '../../../contracts/versions.ts';
import { artifactLimits } from './artifact-limits.ts';

const mostBackgroundValues = 1000;
const mostEntries = 30;

const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

/** Metrics of slices are the one part that grows with the data: they stay behind where they are too many. */
const withoutSlices = (sidecar: Sidecar): Sidecar => {
  const { slices: _, ...metrics } = sidecar.metrics;
  return { ...sidecar, metrics };
};

/** What travels with a version. The background stays beside the artifact, where explanations find it. */
export const describe = ({ background: _, leaderboard, ...rest }: Sidecar): Sidecar => {
  const sidecar = { ...rest, ...(leaderboard === undefined ? {} : { leaderboard: leaderboard.slice(0, mostEntries) }) };
  return bytesOf(sidecar) > artifactLimits.describedBytes ? withoutSlices(sidecar) : sidecar;
};

const isValueOf = (numeric: boolean, value: number | string | null): boolean => {
  if (value === null) return true;
  return numeric ? typeof value === 'number' : typeof value === 'string' && value.length <= maximumTextCharacters;
};

/** @returns what of a sidecar cannot be used, in words */
export const sidecarFaults = (sidecar: Sidecar): string[] => {
  const { inputs, background = {} } = sidecar;
  const names = [...inputs.numeric, ...inputs.categorical];
  const faulty = Object.entries(background).filter(([name, values]) => {
    const numeric = inputs.numeric.includes(name);
    const fits = names.includes(name) && values.length > 0 && values.length <= mostBackgroundValues;
    return !fits || !values.every((value) => isValueOf(numeric, value));
  });
  const bytes = bytesOf(describe(sidecar));
  return [
    ...(faulty.length === 0
      ? []
      : [
          `expected a background of 1 to ${mostBackgroundValues} values of each input's kind, found others for ` +
            `${faulty.length} fields`,
        ]),
    ...(bytes <= artifactLimits.describedBytes
      ? []
      : [`expected at most ${artifactLimits.describedBytes} bytes of metrics in model.json, found ${bytes}`]),
  ];
};
