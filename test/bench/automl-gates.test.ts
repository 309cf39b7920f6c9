import { describe, expect, test } from '@jest/globals';
import { judgeLeaks, leakTable } from '../../bench/automl/leaks.ts';
import { chooseTables, readOptions } from '../../bench/automl/options.ts';
import { autogluon, baseline, ours, type Peer, peers } from '../../bench/automl/peers.ts';
import type { Run } from '../../bench/automl/run.ts';
import { goalOf, judgeSummary, summarise } from '../../bench/automl/summary.ts';
import type { Table } from '../../bench/automl/tables.ts';
import { FindingKind } from '../../contracts/suggestions.ts';

const flaml = peers.find(({ name }) => name === 'flaml') as Peer;
const contestants = [baseline, flaml, autogluon, ours];
const tables = ['a', 'b'].map((name) => ({ name, metric: 'roc-auc' }) as Table);

/** Each contestant's scores on the tables. */
const summaryOf = (scores: Readonly<Record<string, readonly number[]>>, own: Partial<Run> = {}) => {
  const runs = Object.entries(scores).flatMap(([peer, values]) =>
    values.map((score, index): Run => {
      const more = peer === ours.name ? { onnxBytes: 1000, parity: 1e-6, ...own } : {};
      return { table: tables[index]?.name ?? '', peer, score, seconds: 60, crowding: 0, ...more };
    }),
  );
  return summarise(tables, contestants, runs, 1);
};

const passed = (summary: ReturnType<typeof summaryOf>): Record<string, boolean> =>
  Object.fromEntries(judgeSummary(summary).map(({ id, pass }) => [id, pass]));

describe('the gates of the AutoML bench', () => {
  test('hold where only AutoGluon is ahead and nearly all of the way is gone', () => {
    const summary = summaryOf({
      baseline: [0.5, 0.5],
      flaml: [0.8, 0.8],
      autogluon: [0.91, 0.91],
      ours: [0.9, 0.9],
    });

    expect(passed(summary)).toEqual({ 'G13.rank': true, 'G13.way': true, 'G13.onnx': true });
    expect(goalOf(summary)).toMatch(/^Not ahead of AutoGluon/);
  });

  test('fail behind another peer, below nine tenths of the way, and where the file says something else', () => {
    const scores = { baseline: [0.5, 0.5], flaml: [0.9, 0.9], autogluon: [0.6, 0.6], ours: [0.8, 0.8] };

    expect(passed(summaryOf(scores, { parity: 0.01 }))).toEqual({
      'G13.rank': false,
      'G13.way': false,
      'G13.onnx': false,
    });
    expect(goalOf(summaryOf(scores))).toMatch(/^Ahead of AutoGluon/);
  });

  test('fail on a tie: ahead is ahead', () => {
    const scores = { baseline: [0.5, 0.5], flaml: [0.9, 0.8], autogluon: [0.6, 0.6], ours: [0.8, 0.9] };

    expect(passed(summaryOf(scores))).toMatchObject({ 'G13.rank': false });
  });

  test('fail where a column that tells the label is not named, and let a table pass without any', () => {
    const honest = { table: 'a', leaks: {}, columns: 9, named: { dose: FindingKind.Leak } };
    const leaky = { table: 'b', leaks: { result: 'afterwards', row: 'identifier' }, columns: 9 };
    const found = { result: FindingKind.KnownAfterwards, row: FindingKind.Identifier };

    expect(judgeLeaks([honest, { ...leaky, named: found }]).pass).toBe(true);
    expect(judgeLeaks([honest, { ...leaky, named: { row: FindingKind.Identifier } }])).toMatchObject({
      pass: false,
      value: 0.5,
    });
    expect(leakTable([honest, { ...leaky, named: found }]).slice(1)).toEqual([
      ['a', '9', '–', '–', 'dose'],
      ['b', '9', 'result, row', 'result: known-afterwards, row: identifier', '–'],
    ]);
  });

  test('need a run of every peer on every table', () => {
    expect(() => summaryOf({ baseline: [0.5, 0.5], flaml: [0.9], autogluon: [1, 1], ours: [1, 1] })).toThrow(
      'Expected a run of flaml on b; there is none.',
    );
  });
});

describe('the options of the AutoML bench', () => {
  test('choose peers, the baseline always among them, and what is measured anew', () => {
    const resumed = readOptions(['--peers', 'ours,flaml', '--resume']);
    const onlyOurs = readOptions(['--only', 'ours', '--seconds', '30']);

    expect(resumed.peers.map(({ name }) => name)).toEqual(['baseline', 'flaml', 'ours']);
    expect(resumed.peers.some(resumed.anew)).toBe(false);
    expect(onlyOurs.peers.filter(onlyOurs.anew)).toEqual([ours]);
    expect(onlyOurs.allowance).toEqual({ seconds: 30, seed: 1 });
  });

  test.each([
    [['--seconds', '0'], 'Expected --seconds to be 5 to 3600, got 0.'],
    [['--peers', 'nobody'], 'got nobody.'],
    [['--only', 'flaml'], 'Expected --only to be ours, got flaml.'],
  ])('refuse %j', (parameters, message) => {
    expect(() => readOptions(parameters)).toThrow(message);
  });

  test('refuse a table that there is not', () => {
    expect(() => chooseTables(tables, ['c'])).toThrow('Expected --tables to be of a, b; got c.');
  });
});
