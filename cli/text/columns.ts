/** How a column is set: numbers to the right. */
export type Side = 'left' | 'right';

/**
 * Sets rows in columns as wide as their widest cell, two spaces apart.
 *
 * @param sides - of each column; left where there is none
 */
export const columns = (rows: readonly (readonly string[])[], sides: readonly Side[] = []): string => {
  const count = Math.max(0, ...rows.map(({ length }) => length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const set = (cell: string, column: number): string =>
    sides[column] === 'right' ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return rows.map((cells) => cells.map(set).join('  ').trimEnd()).join('\n');
};
