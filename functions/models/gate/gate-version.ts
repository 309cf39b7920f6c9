import type { Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { Manifest } from '../../../contracts/datasets.ts';
import { objectKeys } from '../../../contracts/keys.ts';
import type { GateInput, GateOutput } from '../../../contracts/workflows.ts';
import type { RouteReader, Serving } from '../../inference/index.ts';
import type { ObjectStore } from '../../platform/object-store.ts';
import { formatFinding } from '../domain/findings.ts';
import type { Models } from '../store/models.ts';
import { type Expected, examineIntegrity } from './examine-integrity.ts';
import { type Champion, examineQuality } from './examine-quality.ts';
import { ArchiveError, readArchive, type TrainingOutput } from './read-archive.ts';

type Input = z.infer<typeof GateInput>;

export interface GateOptions {
  readonly models: Pick<Models, 'get'>;
  readonly routes: RouteReader;
  readonly serving: Serving;
  readonly objects: ObjectStore;
  /** ms. */
  readonly stopwatch: () => number;
}

/**
 * The gate: examines what a training delivered, which is made by code that the platform does not trust. The same
 * output gives the same findings, but for the time that was measured; running it again changes nothing.
 */
export const openGate = ({ models, routes, serving, objects, stopwatch }: GateOptions) => {
  const open = async (key: string): Promise<TrainingOutput | string> => {
    try {
      const { Body } = await objects.client.send(new GetObjectCommand({ Bucket: objects.bucket, Key: key }));
      return await readArchive(Body as Readable);
    } catch (error) {
      // The training service stores no archive of an empty folder.
      if (error instanceof NoSuchKey) return 'Expected the archive of a model, found none: the program wrote nothing.';
      if (error instanceof ArchiveError) return error.message;
      throw error;
    }
  };
  const countsOf = async (key: string): Promise<Manifest['counts']> => {
    const content = await objects.read(key);
    if (content === undefined) throw new Error(`Expected the dataset's manifest at ${key}, found no object.`);
    return Manifest.parse(JSON.parse(new TextDecoder().decode(content))).counts;
  };
  const championOf = async (tenant: string, model: string): Promise<Champion | undefined> => {
    const route = await routes.get(tenant, model);
    if (route === undefined) return undefined;
    return { version: route.champion.version, model: await serving.load(tenant, route.champion) };
  };

  return async ({ tenant, model: name, snapshot, trained }: Input): Promise<GateOutput> => {
    const model = await models.get(tenant, name);
    if (model === undefined) throw new Error(`Expected a model ${name}, found none.`);
    const output = await open(trained.artifactKey);
    if (typeof output === 'string') return { passed: false, integrity: false, findings: [formatFinding([output])] };
    const { holdout: holdoutCases, gold: goldCases } = await countsOf(snapshot.manifestKey);
    const expected: Expected = { schema: model.schema, dataset: snapshot.dataset, holdoutCases, goldCases };
    const { findings, sidecar, whole } = examineIntegrity(output, expected);
    if (whole === undefined) {
      return { passed: false, integrity: false, findings, ...(sidecar === undefined ? {} : { sidecar }) };
    }
    const quality = examineQuality(
      { ...whole, slices: model.slices },
      await championOf(tenant, name),
      model.policies.gate,
      stopwatch,
    );
    await objects.writeOnce(objectKeys.artifact(tenant, whole.digest), output.graph, 'application/octet-stream');
    await objects.writeOnce(
      objectKeys.holdoutPredictions(tenant, whole.digest),
      output.predictions,
      'application/x-ndjson',
    );
    await objects.writeOnce(objectKeys.sidecar(tenant, whole.digest), output.sidecar, 'application/json');
    return {
      passed: quality.every(({ passed }) => passed),
      integrity: true,
      findings: [...findings, ...quality],
      artifact: { digest: whole.digest, bytes: output.graph.length },
      ...(sidecar === undefined ? {} : { sidecar }),
    };
  };
};
