import type { Answer, LoadedModel } from './loaded-model.ts';
import { ModelFailureError } from './model-errors.ts';
import type { Tensors } from './onnx-session.ts';
import type { ServedModel, ServedVersion } from './route-cache.ts';
import type { Serving } from './serving.ts';

type Input = Readonly<Record<string, unknown>>;

/** What the challenger did with a request. */
export interface ChallengerOutcome {
  readonly failed: boolean;
  readonly milliseconds: number;
}

/** Who answered a request, and how. */
export interface AskedOutcome {
  readonly version: string;
  /** Awaited only where the champion has left memory. */
  readonly answer: Answer | Promise<Answer>;
  /** The request was the challenger's, and the champion answered it. */
  readonly fallback: boolean;
  readonly challenger?: ChallengerOutcome;
}

export interface AskOptions {
  readonly serving: Serving;
  /** ms. */
  readonly stopwatch: () => number;
  readonly onError: (what: string, error: unknown) => void;
}

/** Asks the versions of a route. */
export interface AskVersions {
  /** @throws ModelFailureError, ArtifactError */
  champion(tenant: string, served: ServedModel, tensors: Tensors): AskedOutcome;
  /**
   * Asks the challenger, and the champion within the same request where the challenger throws, is not in memory or
   * answers with anything but probabilities.
   *
   * @param tensors - of the input, as the champion takes it
   * @throws ModelFailureError, ArtifactError of the champion
   */
  challenger(tenant: string, served: ServedModel, input: Input, tensors: Tensors): AskedOutcome;
}

export const emptyTensors = ({ reader }: ServedVersion): Tensors & { categorical: string[] } => ({
  rows: 1,
  numeric: new Float32Array(reader.numericColumns),
  categorical: new Array<string>(reader.categoricalColumns),
});

export const openAskVersions = ({ serving, stopwatch, onError }: AskOptions): AskVersions => {
  const askChampion = (tenant: string, { champion }: ServedModel, tensors: Tensors): Answer | Promise<Answer> => {
    const first = (model: LoadedModel): Answer => model.run(tensors)[0] as Answer;
    const model = serving.loaded(tenant, champion.servable);
    return model === undefined ? serving.load(tenant, champion.servable).then(first) : first(model);
  };

  /** @returns no answer where the challenger could give none */
  const tryChallenger = (
    tenant: string,
    { servable, reader }: ServedVersion,
    isBroken: boolean,
    input: Input,
  ): ChallengerOutcome & { readonly answer?: Answer } => {
    const start = stopwatch();
    try {
      const model = serving.loaded(tenant, servable);
      if (model === undefined) return { failed: isBroken, milliseconds: 0 };
      const tensors = emptyTensors({ servable, reader });
      reader.read(input, tensors.numeric, tensors.categorical, 0);
      const [answer] = model.run(tensors) as [Answer];
      return { answer, failed: false, milliseconds: stopwatch() - start };
    } catch (error) {
      if (!(error instanceof ModelFailureError)) onError(`the challenger ${servable.version} failed`, error);
      return { failed: true, milliseconds: stopwatch() - start };
    }
  };

  const champion: AskVersions['champion'] = (tenant, served, tensors) => ({
    version: served.champion.servable.version,
    answer: askChampion(tenant, served, tensors),
    fallback: false,
  });

  return {
    champion,
    challenger: (tenant, served, input, tensors) => {
      const { challenger, challengerIsBroken } = served;
      if (challenger === undefined) return champion(tenant, served, tensors);
      const { answer, ...outcome } = tryChallenger(tenant, challenger, challengerIsBroken, input);
      return answer === undefined
        ? { ...champion(tenant, served, tensors), fallback: true, challenger: outcome }
        : { version: challenger.servable.version, answer, fallback: false, challenger: outcome };
    },
  };
};
