import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientOptions } from '../../local/aws-clients.ts';
import { call, caseOfRow, diagnosis, eventually, startTestCloud, type TestCloud } from './world.ts';

let cloud: TestCloud;
let iam: IAMClient;
let lambda: LambdaClient;
let logs: CloudWatchLogsClient;

interface Statement {
  readonly Action: string | readonly string[];
}

beforeAll(async () => {
  cloud = await startTestCloud();
  iam = new IAMClient(clientOptions(cloud));
  lambda = new LambdaClient(clientOptions(cloud));
  logs = new CloudWatchLogsClient(clientOptions(cloud));
  await call(cloud, cloud.tenants.acme?.operator, 'PUT', '/models/diagnosis', await diagnosis());
}, 600_000);

afterAll(() => cloud.dispose(), 120_000);

/** The role and the log group, by their names, of the function whose name holds `part`. */
const functionOf = async (part: string): Promise<{ role: string; logGroupName: string }> => {
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    const found = Functions.find(({ FunctionName = '' }) => FunctionName.includes(part));
    if (found === undefined) continue;
    const { FunctionName } = found;
    const { Role = '', LoggingConfig } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return { role: Role.slice(Role.lastIndexOf('/') + 1), logGroupName: LoggingConfig?.LogGroup ?? '' };
  }
  throw new Error(`Expected a function whose name holds ${part}.`);
};

/** All that was logged. */
const read = async (logGroupName: string): Promise<string> => {
  const lines: string[] = [];
  for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, { logGroupName })) {
    lines.push(...events.map(({ message = '' }) => message));
  }
  return lines.join('\n');
};

/** Takes every statement that allows `action` out of the role's own policies. @returns what puts them back */
const takeAway = async (role: string, action: string): Promise<() => Promise<void>> => {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: role }));
  const undo: (() => Promise<unknown>)[] = [];
  for (const PolicyName of PolicyNames) {
    const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName }));
    const text = PolicyDocument.startsWith('%') ? decodeURIComponent(PolicyDocument) : PolicyDocument;
    const policy = JSON.parse(text) as { Statement: Statement[] };
    const kept = policy.Statement.map((statement) => ({
      ...statement,
      Action: [statement.Action].flat().filter((allowed) => allowed !== action),
    })).filter(({ Action }) => Action.length > 0);
    if (JSON.stringify(kept).includes(action)) throw new Error(`Expected ${action} to be gone.`);
    const put = (document: string) =>
      iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName, PolicyDocument: document }));
    if (!text.includes(`"${action}"`)) continue;
    await put(JSON.stringify({ ...policy, Statement: kept }));
    undo.push(() => put(text));
  }
  if (undo.length === 0) throw new Error(`Expected ${role} to be allowed ${action}.`);
  return async () => {
    for (const put of undo) await put();
  };
};

describe('a subscription', () => {
  const address = { protocol: 'email', address: 'ops@example.org' };
  const path = '/notifications/subscriptions';
  const [acme, globex] = [() => cloud.tenants.acme?.operator, () => cloud.tenants.globex?.operator];
  const idsOf = async (token?: string): Promise<string[]> =>
    (await call(cloud, token, 'GET', path)).body.items.map(({ id }: { id: string }) => id);

  it('of one address is made, listed and ended by each tenant alone', async () => {
    const mine = await call(cloud, acme(), 'POST', path, { ...address, models: ['diagnosis'] });
    const theirs = await call(cloud, globex(), 'POST', path, address);
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect((await call(cloud, acme(), 'POST', path, address)).status).toBe(409);
    expect([await idsOf(acme()), await idsOf(globex())]).toEqual([[mine.body.id], [theirs.body.id]]);
    const end = async () => (await call(cloud, acme(), 'DELETE', `${path}/${mine.body.id}`)).status;
    expect([await end(), await end()]).toEqual([200, 404]);
    expect([await idsOf(acme()), await idsOf(globex())]).toEqual([[], [theirs.body.id]]);
  }, 180_000);
});

describe('a permission that is taken away', () => {
  const expert = () => cloud.tenants.acme?.expert;
  const send = async (index: number) =>
    call(cloud, expert(), 'POST', '/models/diagnosis/cases', { cases: [await caseOfRow(index)] });
  const statusOf = async (id: string) =>
    (await call(cloud, expert(), 'GET', `/models/diagnosis/cases/${id}`)).body.status;

  it('from the collector stops the loop there; given back, no case is lost', async () => {
    const { role, logGroupName } = await functionOf('CollectCases');
    const giveBack = await takeAway(role, 's3:PutObject');
    const { body } = await send(1);
    const id = body.cases[0].id;
    await eventually(
      () => read(logGroupName),
      (log) => /message failed.*s3:PutObject/.test(log),
    );
    expect(await statusOf(id)).toBe('received');
    await giveBack();
    await eventually(
      () => statusOf(id),
      (status) => status === 'accepted',
      300,
    );
  }, 600_000);

  it('from the door is answered with a problem that tells nothing of the inside', async () => {
    const { role } = await functionOf('CasesApi');
    const giveBack = await takeAway(role, 'sqs:SendMessage');
    const refused = await send(2);
    expect({ status: refused.status, type: refused.type }).toEqual({ status: 500, type: 'application/problem+json' });
    expect(JSON.stringify(refused.body)).not.toMatch(/AccessDenied|sqs:|arn:aws/i);
    await giveBack();
    expect((await send(3)).status).toBe(202);
  }, 180_000);
});
