/** What other slices may use of inference. */
export { fitsSchema } from './domain/signature.ts';
export { openGraph } from './graph.ts';
export type { Answer, LoadedModel } from './loaded-model.ts';
export { ArtifactError, InvalidInputError, ModelFailureError } from './model-errors.ts';
export type { Tensors } from './onnx-session.ts';
export { type Outcomes, type OutcomeTotals, openOutcomes } from './outcome-store.ts';
export { openRouteReader, type RouteReader, routeEntity } from './route-store.ts';
export type { Serving } from './serving.ts';
export { openServing } from './stored-artifacts.ts';
