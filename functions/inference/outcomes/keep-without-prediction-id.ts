import type { Idempotency } from '../../platform/idempotency.ts';

interface OutcomeReply {
  readonly body?: { readonly predictionId?: string };
}

/**
 * Answers to outcomes are kept for repeated calls without the predictionId, which holds a keyed hash of a person; the
 * repeated call brings it again.
 */
export const keepWithoutPredictionId = (idempotency: Idempotency): Idempotency => ({
  once: async <Reply>(tenant: string, key: string, request: unknown, work: () => Promise<Reply>): Promise<Reply> => {
    const kept = await idempotency.once(tenant, key, request, async () => {
      const { body: { predictionId: _, ...body } = {}, ...reply } = (await work()) as OutcomeReply;
      return { ...reply, body };
    });
    const { predictionId } = (request as { body: { predictionId: string } }).body;
    return { ...kept, body: { predictionId, ...kept.body } } as Reply;
  },
});
