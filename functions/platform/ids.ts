import { monotonicFactory } from 'ulid';

/** Makes ids that sort by the time of their making, also within one millisecond of one process. */
const ulid = monotonicFactory();

export const newId = (prefix: 'case' | 'job' | 'rol' | 'col' | 'evl' | 'sbn' | 'sub' | 'val', now: number): string =>
  `${prefix}_${ulid(now)}`;
