import * as z from 'zod';
import { bakeStage, banditStage, holdbackStage, preparing } from './stage-names.ts';
import { EvidenceKind, Hypothesis } from './verdicts.ts';

const percent = z.number().min(0).max(100).multipleOf(0.01);

/** One stage of a rollout; it ends on elapsed time and samples and alarms and verdict. */
export const StagePolicy = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
    weight: percent.meta({ description: "the challenger's share of requests, %; 0 is shadow" }),
    minimumSeconds: z.number().min(0).max(2_592_000).default(3600),
    minimumPairs: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(50)
      .meta({ description: 'cases scored by both versions within this stage; paired evidence only' }),
    minimumUnits: z.int().min(0).max(10_000_000).optional().meta({
      description:
        'units of both arms assigned within this stage whose reward has entered the evidence; randomised evidence only, and not in shadow, which has none. Default: 100',
    }),
    rampEvidence: z.number().min(1).max(1e9).optional().meta({
      description:
        'e-value for "not worse by more than 5 points" without which the stage is not left; randomised evidence only, and not in shadow, which has none',
    }),
  })
  .refine(({ weight, rampEvidence }) => weight > 0 || rampEvidence === undefined, {
    message: 'expected rampEvidence only where requests are split: shadow has no evidence of its own',
    path: ['rampEvidence'],
  });
export type StagePolicy = z.infer<typeof StagePolicy>;

/** Stages that the platform names itself. */
const reservedStages: readonly string[] = ['first', preparing, holdbackStage, bakeStage, banditStage];

export const Stages = z
  .array(StagePolicy)
  .min(1)
  .max(20)
  .refine((stages) => stages.every(({ name }) => !reservedStages.includes(name)), {
    message: `expected no stage to have a name that the platform gives: ${reservedStages.join(', ')}`,
  })
  .refine((stages) => stages.every((stage, index) => index === 0 || stage.weight > (stages[index - 1]?.weight ?? 0)), {
    message: 'expected the weights of the stages to ascend',
  })
  .refine((stages) => new Set(stages.map((stage) => stage.name)).size === stages.length, {
    message: 'expected each stage to have a name of its own',
  });

/** How a challenger comes to all requests. */
export const Strategy = {
  /** Stage by stage, each ended by time, samples, alarms and verdict. */
  Canary: 'canary',
  /** All requests at once, the champion standing by for the bake time. No evidence is asked for. */
  BlueGreen: 'blue-green',
  /** Weights follow the chance of being best (Thompson sampling), over up to four versions. No error is bounded. */
  Bandit: 'bandit',
} as const;
export type Strategy = (typeof Strategy)[keyof typeof Strategy];

/** Share of requests that stays with the champion once the verdict is to promote, so that late harm still shows. */
const Holdback = z.strictObject({
  percent: z.number().min(0).max(50).multipleOf(0.01).default(5),
  minimumSeconds: z.number().min(0).max(31_536_000).default(3600),
});

/** A person says yes before the challenger is promoted. */
const Approval = z.strictObject({
  expiresSeconds: z
    .number()
    .min(1)
    .max(31_536_000)
    .default(604_800)
    .meta({ description: 'after which the rollout expires and the champion stays' }),
});

const guardrailMargin = z.number().gt(0).max(0.5);

/** By how much each may be worse with the challenger; shares of answers. */
const Guardrails = z.strictObject({
  failure: guardrailMargin.default(0.02).meta({ description: 'the challenger threw, timed out or answered malformed' }),
  slow: guardrailMargin.default(0.05).meta({ description: 'slower than slowMilliseconds' }),
});

const Bandit = z.strictObject({
  minimumUnits: z.int().min(1).max(10_000_000).default(500).meta({ description: 'of all arms, before it may end' }),
  stopProbability: z
    .number()
    .gt(0.5)
    .lt(1)
    .default(0.95)
    .meta({ description: 'chance of being best at which a version is promoted' }),
  floorPercent: z.number().min(0).max(20).default(2).meta({ description: 'of requests that each version keeps, %' }),
});

export const RolloutPolicy = z
  .strictObject({
    evidence: z
      .enum(EvidenceKind)
      .default(EvidenceKind.Paired)
      .meta({ description: 'paired: validated cases decide; randomised: rewards of live answers decide' }),
    strategy: z.enum(Strategy).default(Strategy.Canary),
    bakeSeconds: z
      .number()
      .min(0)
      .max(2_592_000)
      .default(3600)
      .meta({ description: 'blue-green only: how long the champion stands by' }),
    bandit: Bandit.prefault({}),
    holdback: Holdback.optional().meta({
      description:
        'Default: 5% for an hour where the last stage leaves room for it, none otherwise. percent 0 switches it off.',
    }),
    approval: Approval.optional().meta({ description: 'absent: nobody is asked' }),
    guardrails: Guardrails.prefault({}),
    slowMilliseconds: z
      .number()
      .gt(0)
      .max(60_000)
      .default(100)
      .meta({ description: 'an answer slower than this is slow' }),
    timeoutMilliseconds: z
      .number()
      .min(10)
      .max(10_000)
      .default(1000)
      .meta({ description: 'after which the champion answers in place of the challenger' }),
    drillEveryDays: z
      .number()
      .min(1)
      .max(366)
      .optional()
      .meta({ description: 'how often a rollback is rehearsed, without traffic; absent: only by hand' }),
    minimumUnits: z.int().min(1).max(10_000_000).default(200).meta({ description: 'randomised evidence only' }),
    maximumUnits: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(20_000)
      .meta({ description: 'of both arms, after which the rollout expires; randomised evidence only' }),
    hypothesis: z
      .enum(Hypothesis)
      .default(Hypothesis.NonInferiority)
      .meta({ description: 'what a promotion must show: not worse by more than the margin, or better' }),
    margin: z.number().gt(0).max(0.5).default(0.02).meta({ description: 'accuracy that may be given up, share' }),
    promotionAlpha: z
      .number()
      .min(1e-9)
      .lt(0.5)
      .default(0.05)
      .meta({ description: 'chance of promoting a version that is worse by the margin' }),
    rollbackAlpha: z
      .number()
      .min(1e-9)
      .lt(0.5)
      .default(0.1)
      .meta({ description: 'chance of rolling back a version that is not' }),
    minimumPairs: z.int().min(1).max(10_000_000).default(100),
    maximumPairs: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(20_000)
      .meta({ description: 'after which the rollout expires and the champion stays' }),
    maximumSeconds: z.number().min(1).max(31_536_000).default(2_592_000),
    tickSeconds: z.int().min(1).max(86_400).default(300).meta({ description: 'how often the rollout is judged' }),
    stages: Stages.default([
      { name: 'shadow', weight: 0, minimumSeconds: 3600, minimumPairs: 50 },
      { name: 'canary-5', weight: 5, minimumSeconds: 3600, minimumPairs: 50 },
      { name: 'canary-25', weight: 25, minimumSeconds: 3600, minimumPairs: 50 },
      { name: 'canary-50', weight: 50, minimumSeconds: 3600, minimumPairs: 50 },
    ]),
  })
  .refine(({ minimumPairs, maximumPairs }) => minimumPairs <= maximumPairs, {
    message: 'expected minimumPairs to be at most maximumPairs',
    path: ['maximumPairs'],
  })
  .refine(({ minimumUnits, maximumUnits }) => minimumUnits <= maximumUnits, {
    message: 'expected minimumUnits to be at most maximumUnits',
    path: ['maximumUnits'],
  })
  .refine(({ strategy, bandit, maximumUnits }) => strategy !== Strategy.Bandit || bandit.minimumUnits <= maximumUnits, {
    message: 'expected maximumUnits to be at least bandit.minimumUnits; with fewer it ends without a winner',
    path: ['maximumUnits'],
  })
  .refine(
    ({ strategy, bakeSeconds, tickSeconds, maximumSeconds }) =>
      strategy !== Strategy.BlueGreen || bakeSeconds + 2 * tickSeconds <= maximumSeconds,
    {
      message: 'expected bakeSeconds and two ticks to be at most maximumSeconds; else the rollout expires first',
      path: ['bakeSeconds'],
    },
  )
  .refine(
    ({ stages, holdback }) => (stages.at(-1)?.weight ?? 0) < 100 - (holdback?.percent ?? 0) || !holdback?.percent,
    {
      message: 'expected the last stage to be below 100% less the holdback; lower it, or set the holdback to percent 0',
      path: ['holdback'],
    },
  )
  .refine(
    ({ stages, evidence }) =>
      evidence === EvidenceKind.Randomised || stages.every(({ rampEvidence }) => rampEvidence === undefined),
    {
      message: 'expected rampEvidence only where the evidence is randomised',
      path: ['stages'],
    },
  )
  .refine(({ strategy, evidence }) => strategy !== Strategy.Bandit || evidence === EvidenceKind.Randomised, {
    message: 'expected the evidence to be randomised: a bandit learns from rewards',
    path: ['evidence'],
  });
export type RolloutPolicy = z.infer<typeof RolloutPolicy>;

/** What stays with the champion after the last stage, where the policy says nothing. */
export const defaultHoldback = Holdback.parse({});

/**
 * The challenger's share in the holdback, %; undefined where that is switched off, or where the last stage leaves no room
 * for it.
 */
export const holdbackWeight = ({
  stages,
  holdback = defaultHoldback,
}: {
  readonly stages: readonly Pick<StagePolicy, 'weight'>[];
  readonly holdback?: Pick<z.infer<typeof Holdback>, 'percent'> | undefined;
}): number | undefined => {
  const weight = Math.round((100 - holdback.percent) * 100) / 100;
  return holdback.percent > 0 && (stages.at(-1)?.weight ?? 0) < weight ? weight : undefined;
};
