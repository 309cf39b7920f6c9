import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { Role } from '../contracts/roles.ts';
import { clientOptions, type EmulatorAddress } from './aws-clients.ts';

/** The tenants that the embedded cloud comes with. */
export const tenants = ['acme', 'globex'] as const;

/** Bearer tokens by tenant and role. */
export type Tokens = Readonly<Record<string, Readonly<Record<Role, string>>>>;

export type TenantsOptions = {
  readonly address: EmulatorAddress;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  /** Where passwords are kept; made where it is missing, for nobody else to read. */
  readonly secretsFile: string;
};

/**
 * Makes one user for each role of each tenant, with a random password, and signs each in.
 *
 * @returns access tokens, which carry tenant and role
 */
export async function prepareTenants({ address, secretsFile, ...pool }: TenantsOptions): Promise<Tokens> {
  const cognito = new CognitoIdentityProviderClient(clientOptions(address));
  const passwords = await keptPasswords(secretsFile);
  const signIn = async (tenant: string, role: Role) => {
    const user = { name: `${tenant}-${role}`, tenant, role, password: passwords[`${tenant}-${role}`] ?? '' };
    await makeUser(cognito, pool.userPoolId, user);
    return [role, await accessToken(cognito, pool.userPoolClientId, user)] as const;
  };
  const entries = tenants.map(async (tenant) => {
    const roles = await Promise.all(Object.values(Role).map((role) => signIn(tenant, role)));
    return [tenant, Object.fromEntries(roles)] as const;
  });
  const tokens = Object.fromEntries(await Promise.all(entries));
  cognito.destroy();
  return tokens as Tokens;
}

type User = { readonly name: string; readonly tenant: string; readonly role: Role; readonly password: string };

async function makeUser(cognito: CognitoIdentityProviderClient, UserPoolId: string, user: User): Promise<void> {
  const Username = user.name;
  const UserAttributes = [
    { Name: 'custom:tenant', Value: user.tenant },
    { Name: 'custom:role', Value: user.role },
  ];
  try {
    await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username, UserAttributes, MessageAction: 'SUPPRESS' }));
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) {
      throw error;
    }
    await cognito.send(new AdminUpdateUserAttributesCommand({ UserPoolId, Username, UserAttributes }));
  }
  await cognito.send(
    new AdminSetUserPasswordCommand({ UserPoolId, Username, Password: user.password, Permanent: true }),
  );
}

async function accessToken(
  cognito: CognitoIdentityProviderClient,
  ClientId: string,
  { name, password }: User,
): Promise<string> {
  const { AuthenticationResult } = await cognito.send(
    new InitiateAuthCommand({
      ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: name, PASSWORD: password },
    }),
  );
  if (!AuthenticationResult?.AccessToken) {
    throw new Error(`expected an access token for ${name}, got none: is sign-in by password allowed (passwordSignIn)?`);
  }
  return AuthenticationResult.AccessToken;
}

async function keptPasswords(file: string): Promise<Record<string, string>> {
  const kept = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Record<string, string>;
  for (const tenant of tenants) {
    for (const role of Object.values(Role)) {
      // With one character of each kind that the user pool's policy asks for.
      kept[`${tenant}-${role}`] ??= `aA1!${randomBytes(18).toString('base64url')}`;
    }
  }
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.tmp`, JSON.stringify(kept, undefined, 2), { mode: 0o600 });
  await rename(`${file}.tmp`, file);
  return kept;
}
