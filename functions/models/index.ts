/** What other slices may use of the registry. */
export { type Models, openModels } from './store/models.ts';
export { openVersions, orderOf, toServable, type Versions, versionEntity } from './store/versions.ts';
