import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { environments } from '../../contracts/environment.ts';
import { ConfigurationError, readConfig } from '../../functions/platform/config.ts';

const names = Object.keys(environments['cases/api'].shape);
let before: NodeJS.ProcessEnv;

beforeEach(() => {
  before = { ...process.env };
  for (const name of names) delete process.env[name];
});

afterEach(() => {
  for (const name of names) delete process.env[name];
  Object.assign(process.env, before);
});

describe('the environment of a function', () => {
  test('is read by its schema, and nothing else of it is taken', () => {
    Object.assign(process.env, {
      CODE_VERSION: '1',
      TABLE_NAME: 'table',
      BUCKET_NAME: 'bucket',
      HMAC_KEY_ID: 'key',
      COLLECT_QUEUE_URL: 'https://sqs.example/queue',
    });
    expect(readConfig('cases/api')).toEqual({
      CODE_VERSION: '1',
      TABLE_NAME: 'table',
      BUCKET_NAME: 'bucket',
      HMAC_KEY_ID: 'key',
      COLLECT_QUEUE_URL: 'https://sqs.example/queue',
    });
  });

  test('that does not fit is refused with every fault, and without the values that came', () => {
    Object.assign(process.env, { CODE_VERSION: '1', TABLE_NAME: '', COLLECT_QUEUE_URL: 'a secret that is no URL' });
    const read = () => readConfig('cases/api');
    expect(read).toThrow(ConfigurationError);
    for (const name of ['cases/api', 'TABLE_NAME', 'BUCKET_NAME', 'HMAC_KEY_ID', 'COLLECT_QUEUE_URL']) {
      expect(read).toThrow(name);
    }
    expect(read).not.toThrow('a secret');
  });
});
