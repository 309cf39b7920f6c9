import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AttachRolePolicyCommand, CreatePolicyCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { account, clientOptions, type EmulatorAddress } from '../../../local/aws-clients.ts';
import { python } from '../../../local/paths.ts';

type Statement = { readonly Effect: 'Allow' | 'Deny'; readonly Action: string | string[]; readonly Resource: string };

/** Creates a role that `service` may assume, with one policy of `statements`; returns its ARN. */
export async function createRole(
  address: EmulatorAddress,
  name: string,
  service: string,
  statements: readonly Statement[],
): Promise<string> {
  const iam = new IAMClient(clientOptions(address));
  const trust = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' };
  const document = (Statement: readonly unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: document([trust]) }));
  if (statements.length > 0) {
    const policy = new CreatePolicyCommand({ PolicyName: name, PolicyDocument: document(statements) });
    const { Policy } = await iam.send(policy);
    await iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn: Policy?.Arn }));
  }
  return `arn:aws:iam::${account}:role/${name}`;
}

/** Creates a function from a TypeScript file, bundled as the stack bundles its own. */
export async function createFunction(
  address: EmulatorAddress,
  name: string,
  role: string,
  file: string,
  environment: Readonly<Record<string, string>> = {},
) {
  await new LambdaClient(clientOptions(address)).send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: role,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 20,
      Environment: { Variables: environment },
      Code: { ZipFile: await bundle(file) },
    }),
  );
}

/** Calls a function and gives its answer, and its error where it failed. */
export async function invoke(address: EmulatorAddress, name: string, event: unknown) {
  const answer = await new LambdaClient(clientOptions(address)).send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }),
  );
  const payload = JSON.parse(answer.Payload?.transformToString() ?? 'null');
  return answer.FunctionError ? { failed: true as const, ...payload } : { failed: false as const, payload };
}

async function bundle(file: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'relearn-bundle-'));
  try {
    await build({
      entryPoints: [file],
      outfile: join(folder, 'index.mjs'),
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      minify: true,
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    const archive = join(folder, 'code.zip');
    await promisify(execFile)(python, ['-m', 'zipfile', '-c', archive, join(folder, 'index.mjs')]);
    return await readFile(archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
