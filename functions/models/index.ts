/** What other slices may use of the registry. */
export { readHoldout } from './domain/holdout-predictions.ts';
export { type Models, openModels } from './store/models.ts';
export { openVersions, orderOf, toServable, type Versions, versionEntity } from './store/versions.ts';
