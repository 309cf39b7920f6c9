import { join } from 'node:path';
import type { EmulatorAddress } from './aws-clients.ts';
import { deploy, type Outputs } from './deploy.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { startFrontServer } from './front-server.ts';
import type { Log } from './log.ts';
import { onPortsOrAny, requireFree } from './ports.ts';
import { type SageMaker, startSageMaker } from './sagemaker/endpoint.ts';
import { defaultTrainingSettings, type TrainingSettings } from './sagemaker/settings.ts';
import { prepareCertificates } from './set-up/certificates.ts';
import { preparePython } from './set-up/python-environment.ts';
import { type Started, stopAll } from './stop-all.ts';
import { prepareTenants, type Tokens } from './tenants.ts';

export type CloudOptions = {
  /** Everything that the cloud keeps is below it; where it holds a state, the cloud goes on from there. */
  readonly stateFolder: string;
  readonly log: Log;
  /** Port of the API. @default 4000, or any free one where that is taken */
  readonly port?: number;
  /** How training jobs run. @default as `defaultTrainingSettings` */
  readonly training?: Partial<TrainingSettings>;
  /** Gives the start up, and leaves nothing running. @default never */
  readonly signal?: AbortSignal;
};

/** The embedded cloud with the stack deployed to it. */
export type Cloud = EmulatorAddress & {
  /** The API's address without a path: routes begin with `/v1`. */
  readonly apiUrl: string;
  readonly sagemakerUrl: string;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  /** Bearer tokens by tenant and role. */
  readonly tenants: Tokens;
  /** What the stack's deployment put out. */
  readonly outputs: Outputs;
  /** Resolves when the emulator is gone, whoever ended it, with what to tell about it. */
  readonly ended: Promise<string>;
  /**
   * Stops everything in order, with the state saved; no process is left.
   *
   * @throws {AggregateError} where a part could not be stopped; the others are
   */
  stop(): Promise<void>;
};

export const defaultPort = 4000;

/** What a deployment to the embedded cloud chooses, among the settings of infra/settings.ts. */
const context = {
  passwordSignIn: 'true',
  accessTokenHours: '24',
  jobStateEventSource: defaultTrainingSettings.eventSource,
};

/**
 * Starts the embedded cloud: Python environment, emulator, SageMaker endpoint, stack, users, front server.
 *
 * @throws {PortTakenError} where a given port is taken
 * @throws {StateInUseError} where another cloud has the state folder
 * @throws {EmulatorFailedError | DeployFailedError} where a part does not come up, with what it said last
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const started: Started[] = [];
  const stop = () => stopAll(started);
  try {
    return { ...(await bringUp(options, started)), stop };
  } catch (error) {
    await stop().catch((failure: Error) => {
      throw new AggregateError([error, failure], `${(error as Error).message}; and ${failure.message}`);
    });
    throw error;
  }
}

async function bringUp(options: CloudOptions, started: Started[]): Promise<Omit<Cloud, 'stop'>> {
  const { stateFolder, log, signal } = options;
  if (options.port !== undefined) {
    await requireFree(options.port);
  }
  const port = options.port ?? defaultPort;
  await preparePython({ log });
  await prepareCertificates();
  signal?.throwIfAborted();

  const { sagemaker, emulator } = await startServices(options, port, started);
  const deployment = { address: emulator, stateFolder, log, context, ...(signal && { signal }) };
  // A stack that is seen half deployed by the next start could never be deployed again.
  const outputs = await emulator.wholly(() => deploy(deployment));
  signal?.throwIfAborted();

  const userPoolId = required(outputs, 'UserPoolId');
  const userPoolClientId = required(outputs, 'UserPoolClientId');
  const secretsFile = join(stateFolder, 'users.json');
  const tenants = await prepareTenants({ address: emulator, userPoolId, userPoolClientId, secretsFile });
  const apiUrl = `${emulator.emulatorUrl}/_aws/execute-api/${required(outputs, 'ApiId')}/$default`;
  const serve = ([own = 0]: readonly number[]) => startFrontServer({ port: own, apiUrl, log });
  // A port that somebody chose must be that one.
  const front = await (options.port === undefined ? onPortsOrAny([port], serve) : serve([port]));
  started.push({ stop: () => front.close() });
  const { emulatorUrl, emulatorTlsUrl, caFile, ended } = emulator;
  const { sagemakerUrl } = sagemaker;
  const addresses = { apiUrl: front.url, emulatorUrl, emulatorTlsUrl, caFile, sagemakerUrl };
  return { ...addresses, userPoolId, userPoolClientId, tenants, outputs, ended };
}

async function startServices(
  { stateFolder, log, training = {} }: CloudOptions,
  port: number,
  started: Started[],
): Promise<{ sagemaker: SageMaker; emulator: Emulator }> {
  // Beside the API's port, out of the range from which systems give ports to others.
  const beside = (offset: number) => (port === 0 || port + offset > 65_535 ? 0 : port + offset);
  const sagemaker = await onPortsOrAny([beside(3)], ([own = 0]) =>
    startSageMaker({ stateFolder, log, port: own, settings: training }),
  );
  started.push(sagemaker);
  const functionEnvironment = { AWS_ENDPOINT_URL_SAGEMAKER: sagemaker.sagemakerUrl };
  const emulator = await onPortsOrAny([beside(1), beside(2)], ([plain = 0, tls = 0]) =>
    startEmulator({ stateFolder, log, port: plain, tlsPort: tls, functionEnvironment }),
  );
  started.push(emulator);
  await sagemaker.attach(emulator);
  return { sagemaker, emulator };
}

function required(outputs: Outputs, name: string): string {
  const value = outputs[name];
  if (value === undefined) {
    const names = Object.keys(outputs).join(', ');
    throw new Error(`expected the stack to put out ${name}, got ${names || 'nothing'}: see infra/stack.ts`);
  }
  return value;
}
