import * as z from 'zod';

const largest = 1e30;
const smallest = 1e-30;

/** A measured number: within what the table can hold, and far beyond what a float32 tells apart from 0 or infinity. */
export const Measure = z
  .number()
  .min(-largest)
  .max(largest)
  .refine((value) => value === 0 || Math.abs(value) >= smallest, `expected 0, or a size of at least ${smallest}`);
