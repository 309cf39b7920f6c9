import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { account, type EmulatorAddress, region, rootCredentials } from './aws-clients.ts';
import { packageCommands } from './paths.ts';

/**
 * The whole environment of the CDK's command line, so that it deploys to the emulator whatever profile, region or
 * proxy the user has set for AWS.
 */
export function cdkEnvironment(address: EmulatorAddress): NodeJS.ProcessEnv {
  return {
    PATH: [packageCommands, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    // The command line keeps a cache in the home folder.
    HOME: homedir(),
    TMPDIR: tmpdir(),
    AWS_ENDPOINT_URL: address.emulatorUrl,
    AWS_ENDPOINT_URL_S3: address.emulatorTlsUrl,
    AWS_CA_BUNDLE: address.caFile,
    NODE_EXTRA_CA_CERTS: address.caFile,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: rootCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: rootCredentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    // Where a developer's own configuration would otherwise be looked for.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    CDK_DEFAULT_ACCOUNT: account,
    CDK_DEFAULT_REGION: region,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    NO_COLOR: '1',
  };
}
