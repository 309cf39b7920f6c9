import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expectAnswer } from '../../client/index.ts';
import { objectKeys } from '../../contracts/keys.ts';
import {
  bestValue,
  type Decisions,
  decidesToCall,
  type Estimate,
  estimateDifference,
  estimateValue,
} from '../../examples/calling-score/decisions.ts';
import { drawPerson, trueChance } from '../../examples/calling-score/generator.ts';
import { s3ClientOptions } from '../aws-clients.ts';
import type { Cloud } from '../cloud.ts';
import { seededRandom } from '../demo/random.ts';
import type { Tenant } from '../demo/tenant.ts';

/** What the generator knows: what each way to decide is worth per person, on one large fixed sample. */
export interface Truth {
  readonly people: number;
  /** Of calling exactly where it pays. */
  readonly best: Estimate;
  /** Of calling everybody. */
  readonly everybody: Estimate;
  /** Of a version's decisions. */
  valueOf(version: string): Promise<Estimate>;
  /** Value of the one less that of the other. Both decide about the same people, so it is known better than either. */
  difference(version: string, other: string): Promise<Estimate>;
  /** Gives up what it reads artifacts with. */
  close(): void;
}

const people = 40_000;
const seed = 40_000;

/** Runs a graph over the sample. @returns the score of each person: the probability of `responds` */
const scoresOf = async (graph: Uint8Array, inputs: Float32Array, place: number): Promise<number[]> => {
  const session = await InferenceSession.create(graph);
  const numeric = new Tensor('float32', inputs, [people, inputs.length / people]);
  try {
    const { probabilities } = await session.run({ numeric });
    const values = probabilities?.data as Float32Array;
    const classes = values.length / people;
    return Array.from({ length: people }, (_, row) => values[row * classes + place] ?? Number.NaN);
  } finally {
    await session.release();
  }
};

/**
 * Draws the sample and opens what is known about it. Artifacts are read from the bucket by the emulator's root, because
 * the API gives them to nobody.
 */
export const openTruth = (cloud: Cloud, tenant: Tenant, model: string): Truth => {
  // onnxruntime would report its use to its maker, from its first session on.
  process.env.ORT_DISABLE_TELEMETRY = '1';
  const { next } = seededRandom(seed);
  const sample = Array.from({ length: people }, () => drawPerson(next));
  const chances = sample.map(trueChance);
  const objects = new S3Client(s3ClientOptions(cloud));
  const known = new Map<string, Promise<Decisions>>();

  const examine = async (version: string): Promise<Decisions> => {
    const { artifact, signature } = expectAnswer(
      await tenant.operator.GET('/v1/models/{model}/versions/{version}', { params: { path: { model, version } } }),
    );
    const { Body } = await objects.send(
      new GetObjectCommand({
        Bucket: cloud.outputs.DataBucketName,
        Key: objectKeys.artifact(tenant.name, artifact.digest),
      }),
    );
    const graph = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const inputs = Float32Array.from(
      sample.flatMap((person) => signature.numeric.map((name) => person[name] ?? Number.NaN)),
    );
    const scores = await scoresOf(graph, inputs, signature.classes.indexOf('responds'));
    return scores.map(decidesToCall);
  };

  const know = (version: string): Promise<Decisions> => {
    const found = known.get(version) ?? examine(version);
    known.set(version, found);
    return found;
  };

  return {
    people,
    best: bestValue(chances),
    everybody: estimateValue(
      chances,
      chances.map(() => true),
    ),
    valueOf: async (version) => estimateValue(chances, await know(version)),
    difference: async (version, other) => {
      const [one, two] = await Promise.all([know(version), know(other)]);
      return estimateDifference(chances, one, two);
    },
    close: () => objects.destroy(),
  };
};
