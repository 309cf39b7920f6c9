import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { createRelearn, type Relearn } from '../client/index.ts';
import { SettingsError, UnreachableError } from './errors.ts';

export interface ConnectionOptions {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  /** Where the embedded cloud keeps its state. @default where npm start keeps it by itself */
  readonly state?: string | undefined;
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

/** @returns undefined where no embedded cloud runs. @throws SettingsError where the file is not what one writes */
const readReadyFile = async (file: string): Promise<ReadyFile | undefined> => {
  try {
    return ReadyFile.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SettingsError(`Expected ${file} to be what npm start writes. Start it again.`, { cause: error });
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

const isHttp = (url: string): boolean => ['http:', 'https:'].includes(URL.parse(url)?.protocol ?? '');

/** A header with anything else is refused by `fetch`, whose message would show the token. */
const isToken = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);

const isJson = (type: string): boolean => /^application\/(problem\+)?json\b/i.test(type);

/** Calls the API. @throws UnreachableError where nothing answers, or what answers does not speak JSON */
const ask = async (request: Request): Promise<Response> => {
  const { origin } = new URL(request.url);
  const response = await fetch(request, { signal: AbortSignal.timeout(patienceMilliseconds) }).catch((error: Error) => {
    const { name, message, cause } = error;
    const why = cause instanceof Error ? cause.message || cause.name : message || name;
    throw new UnreachableError(origin, `it does not answer (${why || name})`, { cause: error });
  });
  const type = response.headers.get('content-type') ?? '';
  if (isJson(type)) return response;
  await response.body?.cancel();
  const sent = `${response.status} and ${type || 'nothing'}`;
  throw new UnreachableError(origin, `what answered there sent ${sent} in place of JSON`);
};

const connect = (baseUrl: string, token: string): Relearn => createRelearn({ baseUrl, token, fetch: ask });

/**
 * Opens the API: address and token are taken from the options, else from RELEARN_URL and RELEARN_TOKEN, else both from
 * the embedded cloud that runs, with the state of --state or RELEARN_STATE, whose tokens are sent to no other address.
 *
 * @throws SettingsError
 */
export const openConnection = async (options: ConnectionOptions, sources: ConnectionSources): Promise<Relearn> => {
  const url = options.url ?? sources.environment.RELEARN_URL;
  const token = options.token ?? sources.environment.RELEARN_TOKEN;
  if (url !== undefined && !isHttp(url)) {
    throw new SettingsError('Expected --url or RELEARN_URL to be an address such as http://localhost:4000.');
  }
  if (token !== undefined && !isToken(token)) {
    throw new SettingsError(
      'Expected a token of printable characters without spaces or line breaks. Give it again with RELEARN_TOKEN or --token.',
    );
  }
  if (url !== undefined && token !== undefined) return connect(url, token);
  if (url !== undefined) {
    throw new SettingsError('Expected a token for that address. Give --token, or set RELEARN_TOKEN.');
  }
  const state = options.state ?? sources.environment.RELEARN_STATE;
  const ready = await readReadyFile(state === undefined ? sources.readyFile : join(state, 'ready.json'));
  if (ready === undefined) {
    throw new SettingsError(
      'Expected an address and a token, or an embedded cloud that runs. Run npm start, or give --url and --token, ' +
        'or set RELEARN_URL and RELEARN_TOKEN. Give npm start and this the same --state, if any.',
    );
  }
  return connect(ready.apiUrl, token ?? tokenOf(ready, options));
};
