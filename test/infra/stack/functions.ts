import { describe, expect, test } from '@jest/globals';
import { environments, type FunctionName } from '../../../contracts/environment.ts';
import { settlingSeconds } from '../../../contracts/outcome-timing.ts';
import { stack } from '../support/stack.ts';
import { flat } from '../support/synthesised.ts';

const entries = Object.keys(environments) as FunctionName[];

/** What each function is given. */
export const describeFunctions = (): void => {
  describe('functions', () => {
    test('are those of the contract', () => {
      const deployed = stack.all('AWS::Lambda::Function').map(({ properties }) => properties.Description);
      expect(deployed.sort()).toEqual([...entries].sort());
    });

    test.each(entries)('%s runs on Node 24, is traced, and has its own role and its own encrypted logs', (entry) => {
      const { properties } = stack.functionOf(entry);
      expect(properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['x86_64'],
        TracingConfig: { Mode: 'Active' },
      });
      const sharing = stack
        .all('AWS::Lambda::Function')
        .filter((other) => flat(other.properties.Role) === flat(properties.Role));
      expect(sharing).toHaveLength(1);
      const logs = stack.one('AWS::Logs::LogGroup', properties.LoggingConfig.LogGroup.Ref).properties;
      expect(logs.RetentionInDays).toBe(90);
      expect(logs.KmsKeyId).toBeDefined();
    });

    test.each(entries)('%s gets the variables that it reads, and no others', (entry) => {
      const read = Object.keys(environments[entry].shape).filter((name) => !name.startsWith('AWS_'));
      const given = Object.keys(stack.functionOf(entry).properties.Environment.Variables);
      expect(given.sort()).toEqual([...new Set([...read, 'CODE_VERSION', 'ORT_DISABLE_TELEMETRY'])].sort());
    });

    test('that store outcomes have ended before the judge takes a prediction for settled', () => {
      const { Timeout } = stack.functionOf('inference/api').properties;
      expect(Timeout).toBeLessThan(settlingSeconds);
    });

    test('that are handed events without waiting park those that fail', () => {
      const asynchronous = stack
        .all('AWS::Lambda::Permission')
        .filter(({ properties }) => /events|sns|logs/.test(flat(properties.Principal)))
        .map(({ properties }) => flat(properties.FunctionName));
      expect(asynchronous.length).toBeGreaterThan(5);
      for (const name of asynchronous) {
        const id = name.replace(/^<|\.Arn>$/g, '');
        expect(stack.one('AWS::Lambda::Function', id).properties.DeadLetterConfig).toBeDefined();
      }
    });
  });
};
