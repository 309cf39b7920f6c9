/** Lengths of time that code counts in. A day of UTC has no other: POSIX time knows no leap seconds. */

export const minuteMilliseconds = 60_000;

export const daySeconds = 86_400;
export const dayMilliseconds = 86_400_000;
