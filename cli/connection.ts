import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { createRelearn, type Relearn } from '../client/index.ts';
import { SettingsError, UnreachableError } from './errors.ts';

export interface ConnectionOptions {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly tenant: string;
  readonly role: string;
}

/** Where address and token may come from beside the options. */
export interface ConnectionSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What a running `npm start` writes. */
  readonly readyFile: string;
}

const ReadyFile = z.object({ apiUrl: z.url(), tenants: z.record(z.string(), z.record(z.string(), z.string())) });
type ReadyFile = z.infer<typeof ReadyFile>;

/** An answer takes longer only where nobody works on it. */
const patienceMilliseconds = 60_000;

const readReadyFile = async (file: string): Promise<ReadyFile | undefined> => {
  try {
    return ReadyFile.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
};

const tokenOf = ({ tenants }: ReadyFile, { tenant, role }: ConnectionOptions): string => {
  const token = tenants[tenant]?.[role];
  if (token !== undefined) return token;
  const known = Object.entries(tenants).map(([name, tokens]) => `${name} (${Object.keys(tokens).join(', ')})`);
  throw new SettingsError(
    `Expected a tenant and a role of the embedded cloud, got ${tenant} and ${role}. Give --tenant and --role as one of: ${known.join('; ')}.`,
  );
};

const connect = (baseUrl: string, token: string): Relearn =>
  createRelearn({
    baseUrl,
    token,
    fetch: async (request) => {
      try {
        return await fetch(request, { signal: AbortSignal.timeout(patienceMilliseconds) });
      } catch (error) {
        const { name, message, cause } = error as Error;
        const why = cause instanceof Error ? cause.message || cause.name : message || name;
        throw new UnreachableError(new URL(baseUrl).origin, `it does not answer (${why || name})`, { cause: error });
      }
    },
  });

/**
 * Opens the API: address and token are taken from the options, else from RELEARN_URL and RELEARN_TOKEN, else both from
 * the embedded cloud that runs, whose tokens are sent to no other address.
 *
 * @throws SettingsError
 */
export const openConnection = async (options: ConnectionOptions, sources: ConnectionSources): Promise<Relearn> => {
  const url = options.url ?? sources.environment.RELEARN_URL;
  const token = options.token ?? sources.environment.RELEARN_TOKEN;
  if (url !== undefined && !URL.canParse(url)) {
    throw new SettingsError('Expected --url or RELEARN_URL to be an address such as http://localhost:4000.');
  }
  if (url !== undefined && token !== undefined) return connect(url, token);
  if (url !== undefined) {
    throw new SettingsError('Expected a token for that address. Give --token, or set RELEARN_TOKEN.');
  }
  const ready = await readReadyFile(sources.readyFile);
  if (ready === undefined) {
    throw new SettingsError(
      'Expected an address and a token, or an embedded cloud that runs. Run npm start, or give --url and --token, ' +
        'or set RELEARN_URL and RELEARN_TOKEN.',
    );
  }
  return connect(ready.apiUrl, token ?? tokenOf(ready, options));
};
