import { expect, test } from '@jest/globals';
import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { handler } from '../../functions/platform/add-claims.ts';

const eventOf = (userAttributes: Record<string, string>) =>
  ({
    version: '2',
    triggerSource: 'TokenGeneration_Authentication',
    request: { userAttributes, groupConfiguration: {} },
    response: { claimsAndScopeOverrideDetails: {} },
  }) as unknown as PreTokenGenerationV2TriggerEvent;

test('the access token carries tenant and role', async () => {
  const answered = await handler(eventOf({ sub: 'u-1', 'custom:tenant': 'acme', 'custom:role': 'expert' }));
  expect(answered.response.claimsAndScopeOverrideDetails).toEqual({
    accessTokenGeneration: { claimsToAddOrOverride: { tenant: 'acme', role: 'expert' } },
  });
});

test.each([{}, { 'custom:tenant': 'acme' }, { 'custom:role': 'admin' }])(
  'a user with %j gets a token without claims, which opens nothing',
  async (attributes) => {
    const answered = await handler(eventOf(attributes));
    expect(answered.response.claimsAndScopeOverrideDetails).toEqual({});
  },
);
