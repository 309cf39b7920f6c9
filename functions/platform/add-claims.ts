import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';

/**
 * Puts the user's tenant and role, which only administrators can set, into the access token, where API Gateway
 * verifies them with it. A user without them gets a token that opens nothing.
 */
export const handler = async (event: PreTokenGenerationV2TriggerEvent): Promise<PreTokenGenerationV2TriggerEvent> => {
  const { 'custom:tenant': tenant, 'custom:role': role } = event.request.userAttributes;
  if (tenant === undefined || role === undefined) return event;
  return {
    ...event,
    response: {
      ...event.response,
      claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride: { tenant, role } } },
    },
  };
};
