import { judge, type Result } from '../report.ts';
import type { Cost, Measured } from './measure.ts';

const count = (value: number): string => Math.round(value).toLocaleString('en');

/** A snapshot of a hundred times as many old cases may cost so many times as much: the emulator's own noise. */
const timeGate = 2;
/** Bytes have no noise: what may be left is a line of the training's list for each pack. */
const bytesGate = 1.25;

/** Of what an answer of the API may take, in seconds: a function's processor is slower than those of a laptop. */
const answerSeconds = 30;
const exportGate = 0.6;

const bytesOf = ({ read, written }: Cost): number => read + written;

/** Of the largest size against the smallest, and against what else could be done at the largest. */
export const judgeSizes = (measured: readonly Measured[]): Result[] => {
  const [smallest, largest] = [measured[0], measured.at(-1)];
  if (smallest === undefined || largest === undefined) throw new RangeError('Expected sizes to judge, got none.');
  const times = (largest.oldCases / smallest.oldCases).toFixed(0);
  const unit = 'times';
  return [
    judge(
      { id: 'time.flat', what: `time with ${times} times as many old cases`, unit, bound: 'at most', gate: timeGate },
      largest.packed.milliseconds / smallest.packed.milliseconds,
    ),
    judge(
      {
        id: 'bytes.flat',
        what: `bytes with ${times} times as many old cases`,
        unit,
        bound: 'at most',
        gate: bytesGate,
      },
      bytesOf(largest.packed) / bytesOf(smallest.packed),
    ),
    judge(
      { id: 'time.whole', what: 'as fast as writing the whole dataset again', unit, bound: 'at least', gate: 10 },
      largest.whole.milliseconds / largest.packed.milliseconds,
    ),
    judge(
      { id: 'bytes.whole', what: 'fewer bytes than that', unit, bound: 'at least', gate: 100 },
      bytesOf(largest.whole) / bytesOf(largest.packed),
    ),
    judge(
      {
        id: 'export.time',
        what: `the slower export of ${count(largest.oldCases)} cases, of the ${answerSeconds} s that an answer may take`,
        unit: 'times',
        bound: 'at most',
        gate: exportGate,
      },
      Math.max(...Object.values(largest.exported).map(({ milliseconds }) => milliseconds)) / 1000 / answerSeconds,
    ),
  ];
};

const kilobytes = (bytes: number): string => `${count(bytes / 1024)} KiB`;
const shown = ({ milliseconds, ...cost }: Cost): string[] => [
  `${count(milliseconds)} ms`,
  kilobytes(bytesOf({ milliseconds, ...cost })),
];

/** Each size, its heads first. */
export const rowsOf = (measured: readonly Measured[]): string[][] => [
  [
    'old cases',
    'snapshot',
    'read',
    'written',
    'calls',
    'of the 10,000 case',
    'every segment listed',
    '',
    'all written again',
    '',
    'first pack, per 1,000 cases',
    'export, JSON lines',
    'Parquet',
  ],
  ...measured.map(({ oldCases, packed, everySegment, whole, first, exported }) => [
    count(oldCases),
    `${count(packed.milliseconds)} ms`,
    kilobytes(packed.read),
    kilobytes(packed.written),
    count(packed.calls),
    (packed.milliseconds / (measured[0]?.packed.milliseconds ?? Number.NaN)).toFixed(2),
    ...shown(everySegment),
    ...shown(whole),
    `${count((first.milliseconds / first.newCases) * 1000)} ms`,
    `${count(exported.jsonl.milliseconds)} ms`,
    `${count(exported.parquet.milliseconds)} ms`,
  ]),
];
