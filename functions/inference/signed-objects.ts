import type { ArtifactSource } from './artifacts.ts';
import type { SendSigned } from './signed-requests.ts';

/** Artifacts from the data bucket. @param bucket - its URL */
export const openSignedObjects = (send: SendSigned, bucket: string): ArtifactSource => ({
  open: async (key) => {
    const answer = await send({ service: 's3', method: 'GET', url: `${bucket}/${key}` });
    if (answer.statusCode !== 404) return answer;
    answer.resume();
    return undefined;
  },
});
