/** Counts and sums are spread over so many items each, so that writers rarely meet; the reader adds them up. */
export const shards = 8;
