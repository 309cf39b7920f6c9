import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type Credentials, clientOptions, type EmulatorAddress } from '../aws-clients.ts';
import { validationError } from './aws-error.ts';

const service = 'sagemaker.amazonaws.com';

/** Gives credentials of a role; AWS clients call it again when they are about to expire. */
export type CredentialProvider = () => Promise<Credentials & { readonly expiration?: Date }>;

/** The credentials with which a job reads its data and writes its artifact: those of its own role. */
export function roleCredentials(address: EmulatorAddress, roleArn: string): CredentialProvider {
  const sts = new STSClient(clientOptions(address));
  return async () => {
    const assume = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'SageMaker' });
    const { Credentials: assumed } = await sts.send(assume);
    if (!assumed?.AccessKeyId || !assumed.SecretAccessKey || !assumed.SessionToken) {
      throw new Error(`expected credentials of ${roleArn}, got none`);
    }
    return {
      accessKeyId: assumed.AccessKeyId,
      secretAccessKey: assumed.SecretAccessKey,
      sessionToken: assumed.SessionToken,
      ...(assumed.Expiration && { expiration: assumed.Expiration }),
    };
  };
}

/**
 * Refuses a role that SageMaker could not take.
 *
 * The emulator lets its owner assume any role that trusts some service, so which one is looked up here.
 *
 * @throws {AwsError} ValidationException where the role is unknown or does not trust SageMaker
 */
export async function requireAssumable(address: EmulatorAddress, roleArn: string): Promise<void> {
  const RoleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  const iam = new IAMClient(clientOptions(address));
  const trust = await iam.send(new GetRoleCommand({ RoleName })).then(
    ({ Role }) => decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''),
    () => '',
  );
  if (!trust.includes(service)) {
    throw validationError(
      `Could not assume role ${roleArn}. Please ensure that the role exists and allows principal '${service}' to assume the role.`,
    );
  }
}
