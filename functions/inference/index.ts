/** What other slices may use of inference. */
export { type CountBatch, openCountBatch } from './counts/count-batch.ts';
export { type ArmAssignments, openPredictionCounts, type PredictionCounts } from './counts/prediction-counts.ts';
export { fitsSchema } from './domain/signature.ts';
export { openGraph } from './graph.ts';
export type { Answer, LoadedModel } from './loaded-model.ts';
export { ArtifactError, InvalidInputError, ModelFailureError } from './model-errors.ts';
export type { Tensors } from './onnx-session.ts';
export { rolloutOutcomeEntity, rolloutSubjectEntity } from './outcomes/entities.ts';
export { type MinuteDelays, type OutcomeDaySums, type OutcomeSums, openOutcomeSums } from './outcomes/outcome-sums.ts';
export { binAttributes, LabelSource, labelDelayEntity } from './outcomes/sum-entities.ts';
export { openRouteReader, type RouteReader, routeEntity } from './route-store.ts';
export type { Serving } from './serving.ts';
export { openServing } from './stored-artifacts.ts';
