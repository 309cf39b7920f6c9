import { objectKeys } from '../../contracts/keys.ts';
import type { Servable } from '../../contracts/route-item.ts';
import { type ArtifactSource, withArtifact } from './artifacts.ts';
import { LoadedModel } from './loaded-model.ts';
import { ModelFailureError } from './model-errors.ts';
import { type OnnxSession, openOnnxSession } from './onnx-session.ts';

/** Versions in memory, by tenant and digest; what was used longest ago leaves first. */
export interface Serving {
  /**
   * @returns the version, from memory where it is there, else from the tenant's own objects, verified
   * @throws ArtifactError
   */
  load(tenant: string, servable: Servable): Promise<LoadedModel>;
  /** @returns the version where it is in memory; begins no load */
  loaded(tenant: string, servable: Servable): LoadedModel | undefined;
}

export interface ServingOptions {
  /** Of onnxruntime, within one prediction. @default 1 */
  readonly threads?: number;
  /** Of artifacts to keep; the one loaded last stays, however large. @default 128 MiB */
  readonly maximumBytes?: number;
}

interface Kept {
  readonly session: OnnxSession;
  readonly bytes: number;
}

/** A first prediction costs more than the others: it is made on an empty row, whose answer nobody sees. */
const warmUp = (session: OnnxSession): void => {
  try {
    session.run({
      rows: 1,
      numeric: new Float32Array(session.numericColumns),
      categorical: new Array<string>(session.categoricalColumns).fill(''),
    });
  } catch (error) {
    // A version that fails is found out by the requests that it fails.
    if (!(error instanceof ModelFailureError)) throw error;
  }
};

export const openServingFrom = (
  source: ArtifactSource,
  { threads = 1, maximumBytes = 128 * 2 ** 20 }: ServingOptions = {},
): Serving => {
  /** By object key, which begins with the tenant; in the order of their use. */
  const kept = new Map<string, Kept>();
  const opening = new Map<string, Promise<OnnxSession>>();
  let bytes = 0;
  let lastUsed: Kept | undefined;

  const keep = (key: string, entry: Kept): void => {
    kept.set(key, entry);
    bytes += entry.bytes;
    for (const [oldest, other] of kept) {
      if (bytes <= maximumBytes || oldest === key) return;
      kept.delete(oldest);
      bytes -= other.bytes;
    }
  };
  const open = async (key: string, tenant: string, servable: Servable): Promise<OnnxSession> => {
    const session = await withArtifact(source, tenant, servable, (artifact) => openOnnxSession(artifact, threads));
    warmUp(session);
    keep(key, { session, bytes: servable.bytes });
    return session;
  };
  const loaded: Serving['loaded'] = (tenant, servable) => {
    const key = objectKeys.artifact(tenant, servable.digest);
    const entry = kept.get(key);
    if (entry === undefined) return undefined;
    if (entry !== lastUsed) {
      kept.delete(key);
      kept.set(key, entry);
      lastUsed = entry;
    }
    return new LoadedModel(servable.signature, entry.session);
  };
  return {
    loaded,
    load: async (tenant, servable) => {
      const present = loaded(tenant, servable);
      if (present !== undefined) return present;
      const key = objectKeys.artifact(tenant, servable.digest);
      const begun = opening.get(key) ?? open(key, tenant, servable).finally(() => opening.delete(key));
      opening.set(key, begun);
      return new LoadedModel(servable.signature, await begun);
    },
  };
};
