import * as z from 'zod';
import { VersionName } from './identifiers.ts';
import { NewPrediction } from './inference.ts';

export const NewExplanation = z
  .strictObject({
    input: NewPrediction.shape.input,
    version: VersionName.optional().meta({ description: 'whose answer is explained. Default: the champion' }),
    class: z.string().max(100).optional().meta({
      description: 'whose probability is explained. Default: the class that is the answer',
    }),
    top: z.int().min(1).optional().meta({
      description: 'how many fields are named, those that contribute most; the others are summed up. Default: all',
    }),
  })
  .meta({ id: 'NewExplanation' });

const Contribution = z.strictObject({
  field: z.string(),
  contribution: z.number().meta({
    description: 'to the probability, or to the number in its unit; above 0: the value of the field made it larger',
  }),
  standardError: z.number().min(0).meta({ description: 'of the contribution, which is an estimate' }),
});

/** Base and all contributions, the rest's included, sum to the answer. */
export const Explanation = z
  .strictObject({
    version: VersionName,
    label: z.union([z.string(), z.number()]).meta({ description: 'the class, or the number, that is the answer' }),
    class: z.string().optional().meta({
      description: 'whose probability is explained; absent where a number is predicted',
    }),
    answer: z.number().meta({ description: 'what is explained: that probability, or the number' }),
    base: z.number().meta({ description: 'what the answer would be on average, of fields as they are in general' }),
    contributions: z.array(Contribution).meta({ description: 'the largest first, whichever way they point' }),
    rest: z
      .strictObject({ fields: z.int().min(1), contribution: z.number() })
      .optional()
      .meta({ description: 'of the fields that are not named' }),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof Explanation>;
