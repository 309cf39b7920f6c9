import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ObjectStore, openObjectStore } from '../../functions/platform/object-store.ts';
import { startTestServices, type TestServices } from '../support/services.ts';

let services: TestServices;
let objects: ObjectStore;

beforeAll(async () => {
  services = await startTestServices();
  objects = openObjectStore(services.bucketName);
}, 120_000);

afterAll(async () => {
  await services?.dispose();
});

const text = async (key: string): Promise<string | undefined> => {
  const bytes = await objects.read(key);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
};

describe('the object store', () => {
  test('gives back bytes as they were written', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await objects.writeOnce('bytes', bytes, 'application/octet-stream');
    expect(Buffer.from((await objects.read('bytes')) ?? [])).toEqual(Buffer.from(bytes));
  });

  test('knows no object that nobody wrote', async () => {
    expect(await objects.read('nothing')).toBeUndefined();
  });

  test('keeps what was written first', async () => {
    await objects.writeOnce('once', 'first', 'text/plain');
    await objects.writeOnce('once', 'second', 'text/plain');
    expect(await text('once')).toBe('first');
  });

  test('fails where the bucket is not there, rather than find nothing', async () => {
    const elsewhere = openObjectStore('no-such-bucket');
    await expect(elsewhere.read('once')).rejects.toThrow();
    await expect(elsewhere.writeOnce('once', 'first', 'text/plain')).rejects.toThrow();
  });
});
