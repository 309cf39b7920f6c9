import { createHmac } from 'node:crypto';
import { Entity } from 'electrodb';
import { daySeconds } from '../../contracts/durations.ts';
import { canonicalJson, sha256 } from './canonical-json.ts';
import type { Clock } from './clock.ts';
import { isConditionFailure, Problem } from './errors.ts';
import { partition, type Table } from './table.ts';

const keptSeconds = daySeconds;
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

/** Lets a write go that another call, which took over the claim, has made pointless. */
const unlessTakenOver = async (write: Promise<unknown>): Promise<void> => {
  try {
    await write;
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
  }
};

export const openIdempotency = (table: Table, clock: Clock): Idempotency => {
  const entity = entityOf(table);

  /** @returns whether the work is this call's to do */
  const claim = async (tenant: string, key: string, request: string, now: number): Promise<boolean> => {
    const seconds = Math.floor(now / 1000);
    try {
      await entity
        .put({ tenant, key, request, claimedAt: now, ttl: seconds + keptSeconds })
        .where(
          ({ claimedAt, reply, ttl }, { notExists, lt }) =>
            // DynamoDB deletes what has expired within days, not at once.
            `${notExists(claimedAt)} OR ${lt(ttl, seconds)} OR (${notExists(reply)} AND ${lt(claimedAt, now - claimMilliseconds)})`,
        )
        .go();
      return true;
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return false;
    }
  };

  const recall = async (tenant: string, key: string, request: string): Promise<unknown> => {
    const { data } = await entity.get({ tenant, key }).go({ consistent: true });
    if (data !== null && data.request !== request) {
      throw new Problem(
        'idempotency-mismatch',
        'Expected a new Idempotency-Key for a new request. Choose another key.',
      );
    }
    if (data?.reply === undefined) {
      throw new Problem(
        'conflict',
        'The first call with this Idempotency-Key is still at work. Ask again in a moment.',
      );
    }
    return data.reply;
  };

  return {
    once: async <Reply>(tenant: string, callersKey: string, asked: unknown, work: () => Promise<Reply>) => {
      const key = sha256(callersKey);
      // Keyed, because a request may hold what identifies a person; the caller's key itself is not stored.
      const request = createHmac('sha256', callersKey).update(canonicalJson(asked)).digest('hex');
      const now = clock.now();
      if (!(await claim(tenant, key, request, now))) return (await recall(tenant, key, request)) as Reply;
      try {
        const reply = await work();
        await unlessTakenOver(
          entity
            .patch({ tenant, key })
            .set({ reply })
            .where(({ claimedAt }, { eq }) => eq(claimedAt, now))
            .go(),
        );
        return reply;
      } catch (error) {
        // A call that failed is not an answer to keep: the key is free again.
        await unlessTakenOver(
          entity
            .delete({ tenant, key })
            .where(({ claimedAt }, { eq }) => eq(claimedAt, now))
            .go(),
        );
        throw error;
      }
    },
  };
};
