import { describe, expect, test } from '@jest/globals';
import { stack } from '../support/stack.ts';
import { flat, Synthesised } from '../support/synthesised.ts';

/** What is kept, and who may come in. */
export const describeHoldings = (): void => {
  describe('data', () => {
    test('is encrypted with our key by the services that hold it, for the account alone', () => {
      const key = stack.statementsOn('AWS::KMS::Key', 'PlatformKeysData');
      const forStorage = key.find(({ Sid }) => Sid === 'StorageOnBehalfOfTheAccount');
      expect(forStorage?.Condition.StringEquals['kms:CallerAccount']).toEqual({ Ref: 'AWS::AccountId' });
      expect(forStorage?.Condition.StringEquals['kms:ViaService'].map(flat)).toEqual(
        ['dynamodb', 's3', 'sqs', 'sns'].map((service) => `${service}.<AWS::Region>.amazonaws.com`),
      );
      expect(stack.one('AWS::DynamoDB::Table', 'PlatformTable').properties.SSESpecification.SSEType).toBe('KMS');
    });

    test('in the table can be restored to any second, and is streamed', () => {
      expect(stack.one('AWS::DynamoDB::Table', 'PlatformTable').properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        DeletionProtectionEnabled: true,
      });
    });

    test('outlives the stack, unless a deployment says otherwise', () => {
      const kept = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::Cognito::UserPool'];
      const fleeting = new Synthesised({ deletionProtection: 'false' });
      for (const type of kept) {
        for (const { whole } of stack.all(type)) expect(whole.DeletionPolicy).toBe('Retain');
        for (const { whole } of fleeting.all(type)) expect(whole.DeletionPolicy).toBe('Delete');
      }
    });

    test('in buckets is closed to the public and to plain HTTP', () => {
      for (const { id, properties } of stack.all('AWS::S3::Bucket')) {
        expect(properties.PublicAccessBlockConfiguration).toEqual({
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        });
        const denied = stack.statementsOn('AWS::S3::BucketPolicy', id.replace(/[0-9A-F]{8}$/, 'Policy'));
        expect(denied).toContainEqual(
          expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        );
      }
    });

    test('of the audit archive cannot be changed for six years', () => {
      const { ObjectLockConfiguration } = stack.one('AWS::S3::Bucket', 'PlatformBucketsAudit').properties;
      expect(ObjectLockConfiguration.Rule.DefaultRetention).toEqual({ Mode: 'GOVERNANCE', Days: 2192 });
    });

    test('may be added to the audit archive, and read by nobody here', () => {
      const { id } = stack.one('AWS::S3::Bucket', 'PlatformBucketsAudit');
      const touching = stack
        .allStatements()
        .filter(({ statement }) => statement.Resource.some((resource) => flat(resource).includes(id)));
      expect(touching.flatMap(({ statement }) => statement.Action)).toEqual(['s3:PutObject']);
    });
  });

  describe('users', () => {
    test('cannot choose their own tenant and role', () => {
      const { ReadAttributes, WriteAttributes } = stack.one('AWS::Cognito::UserPoolClient', 'Platform').properties;
      expect(WriteAttributes).toEqual(['email']);
      expect(ReadAttributes).toEqual(expect.arrayContaining(['custom:tenant', 'custom:role']));
      const { AdminCreateUserConfig } = stack.one('AWS::Cognito::UserPool', 'Platform').properties;
      expect(AdminCreateUserConfig.AllowAdminCreateUserOnly).toBe(true);
    });

    test('get access tokens with claims, for an hour', () => {
      const { LambdaConfig, UserPoolTier } = stack.one('AWS::Cognito::UserPool', 'Platform').properties;
      expect(UserPoolTier).toBe('ESSENTIALS');
      expect(LambdaConfig.PreTokenGenerationConfig).toEqual({
        LambdaArn: { 'Fn::GetAtt': [stack.functionOf('platform/add-claims').id, 'Arn'] },
        LambdaVersion: 'V2_0',
      });
      const { AccessTokenValidity, TokenValidityUnits } = stack.one(
        'AWS::Cognito::UserPoolClient',
        'Platform',
      ).properties;
      expect([AccessTokenValidity, TokenValidityUnits.AccessToken]).toEqual([60, 'minutes']);
    });

    test('send no password, unless a deployment says otherwise', () => {
      const flows = (from: Synthesised) =>
        from.one('AWS::Cognito::UserPoolClient', 'Platform').properties.ExplicitAuthFlows;
      expect(flows(stack)).toEqual(['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH']);
      expect(flows(new Synthesised({ passwordSignIn: true }))).toContain('ALLOW_USER_PASSWORD_AUTH');
    });
  });
};
