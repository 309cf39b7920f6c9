import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ExitCode } from '../../cli/exit-codes.ts';
import { relearn } from './command-line.ts';

describe('a wrong command line', () => {
  it.each<[string, string[], RegExp]>([
    ['an unknown command', ['promote', 'diagnosis'], /unknown command/],
    ['a missing model', ['plan'], /missing required argument 'model'/],
    ['a missing reason', ['rollback', 'diagnosis'], /--reason/],
    ['a share above 1', ['plan', 'diagnosis', '--margin', '2'], /Expected a share from 0 to 1.*got 2/],
    ['a share that is no number', ['plan', 'diagnosis', '--accuracy', 'high'], /got high/],
    ['a negative rate', ['plan', 'diagnosis', '--labels-per-day=-1'], /Expected a number from 0, got -1/],
    ['a difference beyond 1', ['plan', 'diagnosis', '--difference=-3'], /from -1 to 1.*got -3/],
    ['half a rollout', ['rollouts', 'list', 'diagnosis', '--limit', '0.5'], /whole number from 1 to 100, got 0\.5/],
    ['more rollouts than a page has', ['rollouts', 'list', 'diagnosis', '--limit', '101'], /from 1 to 100, got 101/],
    ['half a second', ['drill', 'diagnosis', '--seconds', '0.5'], /whole number from 1, got 0\.5/],
    ['an unknown strategy', ['deploy', 'diagnosis', 'v1.0.0', '--reason', 'x', '--strategy', 'hope'], /canary/],
    ['a budget of nothing', ['train', 'diagnosis', '--seconds', '0'], /whole number from 1, got 0/],
    ['an unknown metric', ['train', 'diagnosis', '--metric', 'luck'], /roc-auc/],
    ['a negative seed', ['train', 'diagnosis', '--seed=-1'], /from 0 to 2147483647, got -1/],
    ['a parameter without a name', ['train', 'diagnosis', '--parameter', '=5'], /Expected name=value.*got =5/],
    ['one version to compare', ['compare', 'diagnosis', 'v1.0.0'], /missing required argument 'versions'/],
    ['an unknown part', ['evaluate', 'diagnosis', 'v1.0.0', '--part', 'best'], /holdout, gold, all/],
    ['no input to explain', ['explain', 'diagnosis'], /--input/],
    ['two datasets', ['suggest', 'diagnosis', '--cut', '--dataset', 'ds_1'], /cannot be used with/],
    ['an unknown option', ['current', 'diagnosis', '--colour'], /unknown option/],
  ])('with %s ends with 2 and says what was expected', async (_, args, said) => {
    const { exitCode, out, err } = await relearn(args);
    expect({ exitCode, out }).toEqual({ exitCode: ExitCode.Usage, out: '' });
    expect(err).toMatch(said);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('asks for an address and a token where neither is known', async () => {
    expect(await relearn(['current', 'diagnosis'])).toMatchObject({
      exitCode: ExitCode.Usage,
      err: expect.stringMatching(/npm start.*RELEARN_TOKEN/s),
    });
  });

  it('asks for a token where only an address is given', async () => {
    const { exitCode, err } = await relearn(['current', 'diagnosis', '--url', 'http://localhost:4000']);
    expect({ exitCode, err }).toEqual({ exitCode: ExitCode.Usage, err: expect.stringMatching(/--token/) });
  });

  it.each(['localhost', 'ftp://localhost'])('refuses %s, which is no address of an API', async (url) => {
    const { exitCode, err } = await relearn(['current', 'diagnosis', '--url', url, '--token', 't']);
    expect({ exitCode, err }).toEqual({ exitCode: ExitCode.Usage, err: expect.stringMatching(/an address such as/) });
  });

  it.each(['se\ncret', 'se cret', 'secret\n', 'sécret', ''])(
    'refuses the token %j without showing it',
    async (token) => {
      const environment = { RELEARN_URL: 'http://localhost:4000', RELEARN_TOKEN: token };
      expect(await relearn(['current', 'diagnosis'], { environment })).toEqual({
        exitCode: ExitCode.Usage,
        out: '',
        err: 'Expected a token of printable characters without spaces or line breaks. Give it again with RELEARN_TOKEN or --token.',
      });
    },
  );
});

it('--help tells the commands and the exit codes, and ends with 0', async () => {
  const { exitCode, out } = await relearn(['--help']);
  expect(exitCode).toBe(ExitCode.Done);
  for (const command of [
    ...['import', 'suggest', 'train', 'jobs', 'decisions', 'evaluate', 'compare', 'explain'],
    ...['plan', 'deploy', 'rollouts', 'approve', 'decline', 'rollback', 'drill', 'maturity'],
  ]) {
    expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  }
  expect(out).toMatch(/Exit codes: 0 done; 1 refused.*3 nothing answers/s);
});

describe('an address', () => {
  let folder: string;
  let server: Server;
  let url: string;
  const seen: { path: string; authorization: string | undefined }[] = [];
  const badGateway = { status: 502, type: 'text/html', body: '<h1>Bad Gateway</h1>' };
  let answer = badGateway;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'relearn-cli-'));
    server = createServer((request, response) => {
      seen.push({ path: request.url ?? '', authorization: request.headers.authorization });
      response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    answer = badGateway;
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  it('where nothing listens ends with 3', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const ran = await relearn(['current', 'diagnosis', '--url', `http://127.0.0.1:${port}`, '--token', 't']);
    expect(ran).toMatchObject({ exitCode: ExitCode.Unreachable, out: '' });
    expect(ran.err).toMatch(/Expected the API at http:\/\/127\.0\.0\.1:\d+: it does not answer/);
    expect(ran.err).not.toMatch(/\n\s+at /);
  });

  it.each([
    ['a gateway', badGateway, /sent 502 and text\/html in place of JSON/],
    ['a page', { status: 200, type: 'text/html; charset=utf-8', body: '<h1>Welcome</h1>' }, /sent 200 and text\/html/],
    ['another API', { status: 404, type: 'application/json', body: '{"message":"Not Found"}' }, /with 404 is another/],
  ])('where %s answers ends with 3', async (_, other, said) => {
    answer = other;
    const environment = { RELEARN_URL: url, RELEARN_TOKEN: 'from-the-environment' };
    const ran = await relearn(['current', 'diagnosis'], { environment });
    expect(ran).toMatchObject({ exitCode: ExitCode.Unreachable, out: '', err: expect.stringMatching(said) });
    expect(ran.err).toContain(`Expected the API at ${url}: what answered there`);
    expect(seen.at(-1)).toEqual({
      path: '/v1/models/diagnosis/current',
      authorization: 'Bearer from-the-environment',
    });
  });

  it('where the API refuses ends with 1, in the words of the problem', async () => {
    const problem = {
      type: 'urn:relearn:problem:invalid-request',
      title: 'The request does not fit the API',
      status: 400,
      detail: 'Expected a page.',
      errors: [{ pointer: '/cursor', detail: 'expected a cursor' }],
    };
    answer = { status: 400, type: 'application/problem+json', body: JSON.stringify(problem) };
    const environment = { RELEARN_URL: url, RELEARN_TOKEN: 't' };
    expect(await relearn(['current', 'diagnosis'], { environment })).toEqual({
      exitCode: ExitCode.Refused,
      out: '',
      err: 'The request does not fit the API. Expected a page.\n  /cursor: expected a cursor',
    });
  });

  it('gives the pages of a list, each by the cursor of the page before', async () => {
    answer = { status: 200, type: 'application/json', body: '{"items":[],"nextCursor":"bmV4dA"}' };
    const environment = { RELEARN_URL: url, RELEARN_TOKEN: 't' };
    const { exitCode } = await relearn(['rollouts', 'list', 'diagnosis', '--cursor', 'Zmlyc3Q'], { environment });
    expect({ exitCode, path: seen.at(-1)?.path }).toEqual({
      exitCode: ExitCode.Done,
      path: '/v1/models/diagnosis/rollouts?limit=20&cursor=Zmlyc3Q',
    });
  });

  it('is taken from the embedded cloud that runs, with the token of the tenant and role', async () => {
    const readyFile = join(folder, 'ready.json');
    await writeFile(readyFile, JSON.stringify({ apiUrl: url, tenants: { acme: { operator: 'o', expert: 'e' } } }));
    await relearn(['current', 'diagnosis', '--role', 'expert'], { readyFile });
    expect(seen.at(-1)?.authorization).toBe('Bearer e');
    const ran = await relearn(['current', 'diagnosis', '--tenant', 'nobody'], { readyFile });
    expect(ran).toMatchObject({ exitCode: ExitCode.Usage, err: expect.stringMatching(/acme \(operator, expert\)/) });
  });

  it('is found in the state folder that npm start was given', async () => {
    const state = await mkdtemp(join(folder, 'state-'));
    await writeFile(join(state, 'ready.json'), JSON.stringify({ apiUrl: url, tenants: { acme: { operator: 'o' } } }));
    await relearn(['--state', state, 'current', 'diagnosis']);
    expect(seen.at(-1)?.authorization).toBe('Bearer o');
    await relearn(['current', 'one'], { environment: { RELEARN_STATE: state } });
    expect(seen.at(-1)?.path).toContain('/one');
    expect((await relearn(['current', 'diagnosis'])).err).toContain('the same --state');
  });

  it.each(['{"apiUrl":', '{"apiUrl":"here"}'])('is not taken from %s, which is no ready file', async (content) => {
    const readyFile = join(folder, 'broken.json');
    await writeFile(readyFile, content);
    expect(await relearn(['current', 'diagnosis'], { readyFile })).toEqual({
      exitCode: ExitCode.Usage,
      out: '',
      err: `Expected ${readyFile} to be what npm start writes. Start it again.`,
    });
  });
});
