import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  ClientAttributes,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  StringAttribute,
  UserPool,
  type UserPoolClient,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { acknowledge } from './acknowledgements.ts';
import { ServiceFunction, type ServiceSettings } from './service-function.ts';

export interface IdentityProps {
  readonly service: ServiceSettings;
  readonly settings: Pick<Settings, 'passwordSignIn' | 'accessTokenHours' | 'deletionProtection'>;
}

/**
 * Users and their tokens. A user's tenant and role are attributes that administrators set and users cannot;
 * the access token carries both as claims.
 */
export class Identity extends Construct {
  readonly userPool: UserPool;
  readonly client: UserPoolClient;
  readonly addClaims: ServiceFunction<'platform/add-claims'>;

  constructor(scope: Construct, id: string, { service, settings }: IdentityProps) {
    super(scope, id);
    this.userPool = new UserPool(this, 'Users', {
      // Claims are put into access tokens by the second version of the trigger, which this plan is the least to have.
      featurePlan: FeaturePlan.ESSENTIALS,
      selfSignUpEnabled: false,
      signInAliases: { username: true },
      customAttributes: {
        tenant: new StringAttribute({ mutable: true, maxLen: 39 }),
        role: new StringAttribute({ mutable: true, maxLen: 16 }),
      },
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      accountRecovery: AccountRecovery.NONE,
      deletionProtection: settings.deletionProtection,
      removalPolicy: settings.deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.addClaims = new ServiceFunction(this, 'AddClaims', {
      service,
      entry: 'platform/add-claims',
      environment: {},
      memoryMegabytes: 256,
      // Cognito gives a trigger five seconds.
      timeout: Duration.seconds(5),
    });
    this.userPool.addTrigger(
      UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG,
      this.addClaims.function,
      LambdaVersion.V2_0,
    );
    this.client = this.userPool.addClient('Client', {
      authFlows: { userSrp: true, userPassword: settings.passwordSignIn },
      accessTokenValidity: Duration.hours(settings.accessTokenHours),
      idTokenValidity: Duration.hours(settings.accessTokenHours),
      refreshTokenValidity: Duration.days(1),
      enableTokenRevocation: true,
      preventUserExistenceErrors: true,
      disableOAuth: true,
      readAttributes: new ClientAttributes().withCustomAttributes('tenant', 'role'),
      // Neither tenant nor role: whoever could write them could enter any tenant.
      writeAttributes: new ClientAttributes().withStandardAttributes({ email: true }),
    });
    acknowledge(this.userPool, {
      'AwsSolutions-COG2':
        'a second factor is offered to people; the apps that call the API have no person to give one',
      'AwsSolutions-COG3': 'threat protection belongs to the Plus plan, which a deployment may choose',
      'AwsSolutions-COG8':
        'the Plus plan charges for every user; Essentials is the least that puts claims into access tokens',
    });
  }
}
