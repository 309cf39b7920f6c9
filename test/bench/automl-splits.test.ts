import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { python, root } from '../../local/paths.ts';

/** What an expression over `splits.py` is. */
const evaluate = <Value>(expression: string): Value => {
  const program = `import json, splits; print(json.dumps(${expression}))`;
  const options = { cwd: join(root, 'bench/automl/python'), encoding: 'utf8' } as const;
  return JSON.parse(execFileSync(python, ['-c', program], options)) as Value;
};

describe('the test parts of the AutoML bench', () => {
  test('are decided by the table, its rows and its groups, and by time by the latest', () => {
    const [rows, again, others, groups, latest, drawn] = evaluate<
      [boolean[], boolean[], boolean[], boolean[], boolean[], number[]]
    >(
      '[splits.random_test("a", 2000, 0.25), splits.random_test("a", 2000, 0.25), splits.random_test("b", 2000, 0.25),' +
        'splits.grouped_test("a", [row // 4 for row in range(2000)], 0.25),' +
        'splits.latest_test([5, 1, 4, 4, 2, 3, 0, 4], 0.25), splits.drawn_rows("a", 1000, 100)]',
    );

    expect(rows).toEqual(again);
    expect(rows).not.toEqual(others);
    expect(rows.filter(Boolean).length / rows.length).toBeCloseTo(0.25, 1);
    expect(groups.every((isTest, row) => isTest === groups[4 * Math.floor(row / 4)])).toBe(true);
    expect(groups.filter(Boolean).length / groups.length).toBeCloseTo(0.25, 1);
    expect(latest).toEqual([true, false, false, false, false, false, false, false]);
    expect(new Set(drawn).size).toBe(100);
    expect(drawn).toEqual(drawn.toSorted((a, b) => a - b));
  });

  test('are the same on every machine', () => {
    expect(evaluate('[round(splits.place("flight-delays", "row", row), 6) for row in (0, 1, 2)]')).toEqual([
      0.503777, 0.178003, 0.534474,
    ]);
  });
});
