import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

/** Where an emulator is, and whom to trust there. */
export type EmulatorAddress = {
  readonly emulatorUrl: string;
  readonly emulatorTlsUrl: string;
  readonly caFile: string;
};

export const region = 'us-east-1';
export const account = '000000000000';

/** The emulator's owner, for whom nothing is forbidden; for set-up only, never for the product. */
export const rootCredentials: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Options of an AWS SDK client of any service but S3. */
export function clientOptions(address: EmulatorAddress, credentials: Credentials = rootCredentials) {
  return { region, endpoint: address.emulatorUrl, credentials };
}

/** Options of an S3 client, which must use TLS and trust the local authority. */
export function s3ClientOptions(address: EmulatorAddress, credentials: Credentials = rootCredentials) {
  return {
    region,
    endpoint: address.emulatorTlsUrl,
    credentials,
    requestHandler: { httpsAgent: new Agent({ keepAlive: true, ca: readFileSync(address.caFile) }) },
  };
}
