/** The places of cases, subject by subject. */
export interface Subjects {
  readonly count: number;
  /** Places of one subject's cases. @param subject - from 0, below `count` */
  readonly casesOf: (subject: number) => Int32Array;
}

/** @param subjects - of each case; null: a subject of its own */
export const bySubject = (subjects: readonly (string | null)[]): Subjects => {
  const known = new Map<string, number>();
  const numbers = new Int32Array(subjects.length);
  let count = 0;
  for (const [place, name] of subjects.entries()) {
    const number = name === null ? undefined : known.get(name);
    numbers[place] = number ?? count;
    if (number !== undefined) continue;
    if (name !== null) known.set(name, count);
    count += 1;
  }
  const ends = new Int32Array(count + 1);
  for (const number of numbers) ends[number + 1] = (ends[number + 1] as number) + 1;
  for (let number = 0; number < count; number += 1) {
    ends[number + 1] = (ends[number + 1] as number) + (ends[number] as number);
  }
  const next = ends.slice();
  const order = new Int32Array(subjects.length);
  for (const [place, number] of numbers.entries()) {
    order[next[number] as number] = place;
    next[number] = (next[number] as number) + 1;
  }
  return { count, casesOf: (subject) => order.subarray(ends[subject], ends[subject + 1]) };
};
