import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { type Binding, binding } from './binding.ts';

export interface KeysProps {
  readonly removalPolicy: RemovalPolicy;
}

/** The two keys of the stack: one encrypts everything at rest, the other derives secrets and never leaves KMS. */
export class Keys extends Construct {
  readonly data: Key;
  private readonly hmac: Key;

  constructor(scope: Construct, id: string, { removalPolicy }: KeysProps) {
    super(scope, id);
    this.data = new Key(this, 'Data', {
      description: 'Relearn: encrypts table, objects, queues, topics and logs',
      enableKeyRotation: true,
      removalPolicy,
    });
    this.allowStorageServices();
    this.allowDeliveringServices();
    this.hmac = new Key(this, 'Hmac', {
      description: 'Relearn: derives the secrets of pseudonyms, holdout split and signed prediction ids',
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      // The secrets have to stay the same; a rotated HMAC key would give others.
      removalPolicy,
    });
  }

  /** Lets a function derive secrets. */
  derive(): Binding {
    return binding(this.hmac.keyId, { actions: ['kms:GenerateMac'], resources: [this.hmac.keyArn] });
  }

  /**
   * Whoever may read an item, an object or a message may have it decrypted by the service that holds it, and in no
   * other way: the form of the policies of AWS's own managed keys. So no function's role names the key.
   */
  private allowStorageServices(): void {
    const { account, region } = Stack.of(this);
    const services = ['dynamodb', 's3', 'sqs', 'sns'];
    this.data.addToResourcePolicy(
      new PolicyStatement({
        sid: 'StorageOnBehalfOfTheAccount',
        principals: [new AnyPrincipal()],
        actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        resources: ['*'],
        conditions: {
          StringEquals: {
            'kms:CallerAccount': account,
            'kms:ViaService': services.map((service) => `${service}.${region}.amazonaws.com`),
          },
        },
      }),
    );
  }

  /** Services that write on their own behalf: EventBridge and SNS to queues, CloudWatch to topics, Logs to log groups. */
  private allowDeliveringServices(): void {
    const { account, region, partition } = Stack.of(this);
    this.data.addToResourcePolicy(
      new PolicyStatement({
        sid: 'DeliveryOfEventsAndAlarms',
        principals: ['events', 'sns', 'cloudwatch'].map((service) => new ServicePrincipal(`${service}.amazonaws.com`)),
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
    this.data.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Logs',
        principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
        actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        resources: ['*'],
        conditions: {
          ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:*` },
        },
      }),
    );
  }
}
