import type { Signature } from '../../contracts/versions.ts';
import { LoadedModel } from './loaded-model.ts';
import { openOnnxSession } from './onnx-session.ts';

/**
 * Opens a graph that is no version yet, for the gate.
 *
 * @throws ArtifactError where onnxruntime refuses it, or it does not fit the signature
 */
export const openGraph = (graph: Uint8Array, signature: Signature): LoadedModel =>
  new LoadedModel(signature, openOnnxSession(graph, 1));
