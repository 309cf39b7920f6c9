import type { LabelValue } from '../../../contracts/cases.ts';
import type { Model } from '../../../contracts/model.ts';
import type { Servable } from '../../../contracts/route-item.ts';
import { type Answer, ArtifactError, ModelFailureError, type Serving } from '../../inference/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { PlacedRow } from '../domain/pairable-cases.ts';
import { ChallengerFault, type ScoredCase } from '../domain/pairs.ts';

/** A case as both versions answered it. */
interface PlacedCase extends ScoredCase {
  readonly segment: number;
}

interface ScoredCases {
  readonly cases: readonly PlacedCase[];
  /** Of the challenger for one case, the mean of all; at most what a single request would take. */
  readonly milliseconds: number;
}

interface Dependencies {
  readonly serving: Pick<Serving, 'load'>;
  readonly clock: Clock;
}

type Given = Answer | ModelFailureError;

/**
 * The class whose probability is a model's score: the policy's, else the first of the label.
 *
 * @returns undefined where numbers are predicted: each is its own score
 */
export const scoreClassOf = ({
  schema: { label },
  policies,
}: Pick<Model, 'schema' | 'policies'>): string | undefined =>
  label.type === 'category' ? (policies.outcomes.score ?? label.classes[0]) : undefined;

/**
 * Asks both versions for their answers to cases.
 *
 * @throws ArtifactError where the champion cannot be loaded
 */
export const scoreCases = async (
  { serving, clock }: Dependencies,
  tenant: string,
  model: Model,
  { base, challenger }: { readonly base: Servable; readonly challenger: Servable },
  cases: readonly PlacedRow[],
): Promise<ScoredCases> => {
  const inputs = cases.map(({ row }) => row.input);
  const ask = async (servable: Servable): Promise<{ given: Given[]; milliseconds: number }> => {
    const version = await serving.load(tenant, servable);
    const start = clock.now();
    const given = await version.predictEach(inputs, model.schema);
    return { given, milliseconds: (clock.now() - start) / Math.max(1, inputs.length) };
  };
  const champion = await ask(base);
  const challenging = await ask(challenger).catch((error: unknown) => {
    // A challenger that cannot be loaded fails on every case; a champion that cannot be is the platform's fault.
    if (!(error instanceof ArtifactError)) throw error;
    const failure = new ModelFailureError('threw', error.message);
    return { given: inputs.map((): Given => failure), milliseconds: 0 };
  });
  const scoreClass = scoreClassOf(model);
  const scored = cases.map(({ segment, row }, index) => ({
    segment,
    label: row.label,
    champion: labelOf(champion.given[index]),
    ...read(challenging.given[index], challenger.signature.classes, scoreClass),
  }));
  return { cases: scored, milliseconds: challenging.milliseconds };
};

const labelOf = (given: Given | undefined): LabelValue | undefined =>
  given instanceof ModelFailureError ? undefined : given?.label;

const read = (
  given: Given | undefined,
  classes: readonly string[],
  scoreClass: string | undefined,
): Pick<ScoredCase, 'challenger' | 'fault' | 'score'> => {
  if (given instanceof ModelFailureError) {
    const fault = given.fault === 'malformed' ? ChallengerFault.Malformed : ChallengerFault.Threw;
    return { challenger: undefined, fault };
  }
  const score = scoreClass === undefined ? given?.label : given?.probabilities?.[classes.indexOf(scoreClass)];
  return { challenger: given?.label, ...(typeof score === 'number' ? { score } : {}) };
};
