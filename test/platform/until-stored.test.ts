import { describe, expect, test } from '@jest/globals';
import { ConflictError, isConditionFailure } from '../../functions/platform/errors.ts';
import { isStored, untilStored } from '../../functions/platform/until-stored.ts';

const named = (name: string, cause?: unknown) => Object.assign(new Error('x', { cause }), { name });

describe('storing what was read', () => {
  test('is tried again until nobody came between', async () => {
    let calls = 0;
    const attempt = async () => {
      calls += 1;
      return calls < 3 ? undefined : 'stored';
    };
    expect(await untilStored('the thing', attempt)).toBe('stored');
    expect(calls).toBe(3);
  });

  test('is given up in the end, with what was meant to be stored', async () => {
    const stored = untilStored('the thing', async () => undefined);
    await expect(stored).rejects.toThrow(ConflictError);
    await expect(stored).rejects.toThrow('Expected the thing to stay as it was read');
  });

  test('is not tried again after an error', async () => {
    let calls = 0;
    const attempt = async () => {
      calls += 1;
      throw new Error('broken');
    };
    await expect(untilStored('the thing', attempt)).rejects.toThrow('broken');
    expect(calls).toBe(1);
  });
});

describe('a transaction', () => {
  const item = (code: string) => ({ rejected: code !== 'None', code });

  test('is stored unless it was cancelled', () => {
    expect(isStored({ canceled: false, data: [item('None')] })).toBe(true);
  });

  test.each(['ConditionalCheckFailed', 'TransactionConflict'])('cancelled by another writer is not: %s', (code) => {
    expect(isStored({ canceled: true, data: [item('None'), item(code)] })).toBe(false);
  });

  test('cancelled for another reason fails, even where another writer came too', () => {
    const data = [item('ConditionalCheckFailed'), item('ThrottlingError')];
    expect(() => isStored({ canceled: true, data })).toThrow('ThrottlingError');
  });
});

describe('another writer', () => {
  test.each(['ConditionalCheckFailedException', 'TransactionConflictException'])('is known by %s', (name) => {
    expect(isConditionFailure(named(name))).toBe(true);
    expect(isConditionFailure(named('ElectroError', named(name)))).toBe(true);
  });

  test.each([named('ThrottlingException'), named('ElectroError', named('ValidationException')), 'text', undefined])(
    'is not seen in another failure',
    (error) => {
      expect(isConditionFailure(error)).toBe(false);
    },
  );
});
