import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { AwsClient } from 'aws4fetch';
import type { FunctionName } from '../../contracts/environment.ts';
import { type Bundle, bundleFunctions } from '../../infra/platform/bundles.ts';
import { copyNativeRuntime } from '../../infra/platform/native-runtime.ts';
import { python, root } from '../../local/paths.ts';
import type { TestServices } from '../support/services.ts';
import { createRole } from './machines.ts';

const names = [
  'rollouts/begin-rollout',
  'rollouts/judge-rollout',
  'rollouts/end-rollout',
  'rollouts/on-alarm',
] as const satisfies FunctionName[];

/** The functions of the rollout machine, by their ARNs. */
export type Functions = Readonly<Record<(typeof names)[number], string>>;

/** Without compression, which would take longer than all the rest. */
const pack = `
import sys, zipfile
from pathlib import Path
with zipfile.ZipFile(sys.argv[1], 'w') as archive:
    for file in Path('.').rglob('*'):
        if file.suffix != '.zip':
            archive.write(file)
`;

const archiveOf = async ({ code, native }: Bundle): Promise<Uint8Array> => {
  const folder = await mkdtemp(join(tmpdir(), 'relearn-bundle-'));
  try {
    await writeFile(join(folder, 'index.mjs'), code);
    if (native) copyNativeRuntime(root, folder);
    const archive = join(folder, 'code.zip');
    await promisify(execFile)(python, ['-c', pack, archive], { cwd: folder });
    return await readFile(archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Deploys the functions as the stack bundles them. */
export const deployFunctions = async ({ tableName, bucketName }: TestServices): Promise<Functions> => {
  const Role = await createRole('functions', 'lambda.amazonaws.com', [
    'dynamodb:*',
    's3:GetObject',
    'cloudwatch:DescribeAlarms',
    'logs:*',
  ]);
  const bundles = await bundleFunctions();
  const lambda = new LambdaClient({});
  const deployed = await Promise.all(
    names.map(async (name) => {
      const bundle = bundles.get(name);
      if (bundle === undefined) throw new Error(`the stack bundles ${name}`);
      const { FunctionArn = '' } = await lambda.send(
        new CreateFunctionCommand({
          FunctionName: name.replace('/', '-'),
          Role,
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Timeout: 60,
          Environment: { Variables: { TABLE_NAME: tableName, BUCKET_NAME: bucketName, CODE_VERSION: 'test' } },
          Code: { ZipFile: await archiveOf(bundle) },
        }),
      );
      return [name, FunctionArn] as const;
    }),
  );
  return Object.fromEntries(deployed) as Functions;
};

/** Calls SNS, for which the project needs no client otherwise. */
const callSns = async (parameters: Record<string, string>): Promise<string> => {
  const client = new AwsClient({ accessKeyId: 'test', secretAccessKey: 'test', region: 'us-east-1', service: 'sns' });
  const body = new URLSearchParams({ ...parameters, Version: '2010-03-31' }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await client.fetch(process.env.AWS_ENDPOINT_URL ?? '', { method: 'POST', body, headers });
  const text = await response.text();
  if (!response.ok) throw new Error(`SNS answered ${response.status}: ${text}`);
  return text;
};

/** @returns the topic's ARN */
export const createTopic = async (name: string): Promise<string> =>
  /<TopicArn>(.+)<\/TopicArn>/.exec(await callSns({ Action: 'CreateTopic', Name: name }))?.[1] ?? '';

export const subscribe = async (topic: string, functionArn: string): Promise<void> => {
  await callSns({ Action: 'Subscribe', TopicArn: topic, Protocol: 'lambda', Endpoint: functionArn });
};
