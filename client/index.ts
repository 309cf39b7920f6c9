import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './api.ts';

export { expectAnswer, ForeignAnswerError, ProblemError } from './answers.ts';

export interface RelearnOptions {
  /** Where the API is: the stack's output, or `http://localhost:PORT`. A path of `/v1` at its end is left out. */
  readonly baseUrl: string;
  /** An access token, or what gives one for each call. */
  readonly token: string | (() => string | Promise<string>);
  /** @default the platform's own */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** What the API takes and gives, by its name in the OpenAPI document. */
export type Schemas = components['schemas'];

/** Every operation of the API by its path and method; paths, bodies and answers are typed. */
export type Relearn = Client<paths>;

/**
 * Opens the API.
 *
 * @example
 * const relearn = createRelearn({ baseUrl: 'http://localhost:4000', token });
 * const { data, error } = await relearn.POST('/v1/models/{model}/predictions', {
 *   params: { path: { model: 'diagnosis' } },
 *   body: { input: { mean_radius: 14.2 } },
 * });
 */
export const createRelearn = ({ baseUrl, token, fetch }: RelearnOptions): Relearn => {
  const client = createClient<paths>({
    baseUrl: baseUrl.replace(/\/+(v1\/*)?$/, ''),
    ...(fetch === undefined ? {} : { fetch }),
  });
  client.use({
    onRequest: async ({ request }) => {
      request.headers.set('authorization', `Bearer ${typeof token === 'string' ? token : await token()}`);
      return request;
    },
  });
  return client;
};
