import { objectKeys } from '../../../contracts/keys.ts';
import type { Servable } from '../../../contracts/route-item.ts';
import { sha256 } from '../../platform/canonical-json.ts';
import { Problem } from '../../platform/errors.ts';
import type { ObjectStore } from '../../platform/object-store.ts';

/**
 * No traffic goes to a version whose artifact is not the one that it pins.
 *
 * @throws Problem `artifact-missing`
 */
export const verifyArtifact = async (
  objects: Pick<ObjectStore, 'read'>,
  tenant: string,
  { version, digest, bytes }: Servable,
): Promise<void> => {
  const content = await objects.read(objectKeys.artifact(tenant, digest));
  if (content !== undefined && content.length === bytes && sha256(content) === digest) return;
  const found = content === undefined ? 'nothing' : `${content.length} bytes of other content`;
  throw new Problem(
    'artifact-missing',
    `Expected the ${bytes} bytes that ${version} pins by their digest, found ${found}. Deploy another version, or train anew.`,
  );
};
