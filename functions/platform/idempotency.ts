import { Entity } from 'electrodb';
import { canonicalJson, sha256 } from './canonical-json.ts';
import type { Clock } from './clock.ts';
import { isConditionFailure, Problem } from './errors.ts';
import { partition, type Table } from './table.ts';

const keptSeconds = 86_400;
/** After which an answer that never came is taken for a crash, and the call may be made again. */
const claimMilliseconds = 30_000;

const entityOf = (table: Table) =>
  new Entity(
    {
      model: { entity: 'idempotency', version: '1', service: 'relearn' },
      attributes: {
        tenant: { type: 'string', required: true },
        key: { type: 'string', required: true },
        request: { type: 'string', required: true },
        claimedAt: { type: 'number', required: true },
        reply: { type: 'any' },
        ttl: { type: 'number', required: true },
      },
      indexes: {
        byKey: {
          pk: partition.ofTenant('idempotency'),
          sk: { field: 'sk', composite: ['key'], template: 'key#${key}', casing: 'none' },
        },
      },
    },
    { client: table.client, table: table.table },
  );

/** Makes a repeated call answer as the first one did, for a day. */
export interface Idempotency {
  /**
   * @param key - the caller's Idempotency-Key
   * @param request - what was asked; another request under the same key is refused
   * @throws Problem `idempotency-mismatch`, or `conflict` while the first call is still at work
   */
  once<Reply>(tenant: string, key: string, request: unknown, work: () => Promise<Reply>): Promise<Reply>;
}

export const openIdempotency = (table: Table, clock: Clock): Idempotency => {
  const entity = entityOf(table);
  return {
    once: async (tenant, key, request, work) => {
      const id = sha256(key);
      const now = clock.now();
      const claim = {
        request: sha256(canonicalJson(request)),
        claimedAt: now,
        ttl: Math.floor(now / 1000) + keptSeconds,
      };
      try {
        await entity
          .put({ tenant, key: id, ...claim })
          .where(
            ({ claimedAt, reply }, { notExists, lt }) =>
              `${notExists(claimedAt)} OR (${notExists(reply)} AND ${lt(claimedAt, now - claimMilliseconds)})`,
          )
          .go();
      } catch (error) {
        if (!isConditionFailure((error as Error).cause ?? error)) throw error;
        const { data } = await entity.get({ tenant, key: id }).go({ consistent: true });
        if (data?.request !== claim.request) {
          throw new Problem(
            'idempotency-mismatch',
            'Expected a new Idempotency-Key for a new request. Choose another key.',
          );
        }
        if (data.reply === undefined) {
          throw new Problem(
            'conflict',
            'The first call with this Idempotency-Key is still at work. Ask again in a moment.',
          );
        }
        return data.reply;
      }
      try {
        const reply = await work();
        await entity.patch({ tenant, key: id }).set({ reply }).go();
        return reply;
      } catch (error) {
        // A call that failed is not an answer to keep: the key is free again.
        await entity.delete({ tenant, key: id }).go();
        throw error;
      }
    },
  };
};
