import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { acknowledge, acknowledgeWildcard } from './acknowledgements.ts';
import { type Binding, binding } from './binding.ts';
import { type ObjectKind, objectPrefixes } from './object-prefixes.ts';

export interface BucketsProps {
  readonly encryptionKey: IKey;
  readonly settings: Pick<Settings, 'auditRetentionDays' | 'auditLock'>;
  readonly removalPolicy: RemovalPolicy;
}

/** What a function may do with objects; none of it unless listed. */
export interface ObjectAccess {
  readonly read?: readonly ObjectKind[];
  readonly write?: readonly ObjectKind[];
  /** Written in parts, which are thrown away where the upload fails. */
  readonly upload?: readonly ObjectKind[];
}

/** Data, audit archive, and who touched them. */
export class Buckets extends Construct {
  readonly data: Bucket;
  readonly audit: Bucket;

  constructor(scope: Construct, id: string, { encryptionKey, settings, removalPolicy }: BucketsProps) {
    super(scope, id);
    const closed: BucketProps = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy,
    };
    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...closed,
      // Server access logs can be delivered under S3's own key only.
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(365), noncurrentVersionExpiration: Duration.days(1) }],
    });
    const encrypted: BucketProps = {
      ...closed,
      encryption: BucketEncryption.KMS,
      encryptionKey,
      bucketKeyEnabled: true,
      // The cast is for exactOptionalPropertyTypes, with which the library's own types are not compiled.
      serverAccessLogsBucket: accessLogs as IBucket,
    };
    this.data = new Bucket(this, 'Data', {
      ...encrypted,
      serverAccessLogsPrefix: 'data/',
      lifecycleRules: [
        { noncurrentVersionExpiration: Duration.days(30), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    const retention = Duration.days(settings.auditRetentionDays);
    this.audit = new Bucket(this, 'Audit', {
      ...encrypted,
      serverAccessLogsPrefix: 'audit/',
      objectLockDefaultRetention:
        settings.auditLock === 'compliance'
          ? ObjectLockRetention.compliance(retention)
          : ObjectLockRetention.governance(retention),
    });
    this.acknowledgeTenants();
    acknowledge(accessLogs, {
      'AwsSolutions-S1': 'it holds the access logs of the other buckets; logging its own would never end',
      'HIPAA.Security-S3BucketLoggingEnabled': 'it holds the access logs of the other buckets; its own would never end',
      'HIPAA.Security-S3DefaultEncryptionKMS': 'S3 delivers access logs only to buckets under its own key',
    });
  }

  /** Names the data bucket and allows what is listed, for exactly these kinds of objects. */
  allow({ read = [], write = [], upload = [] }: ObjectAccess): Binding {
    const arns = (kinds: readonly ObjectKind[]) => kinds.map((kind) => this.data.arnForObjects(objectPrefixes[kind]));
    return binding(
      this.data.bucketName,
      ...(read.length === 0 ? [] : [{ actions: ['s3:GetObject'], resources: arns(read) }, this.tellMissing()]),
      ...(write.length === 0 ? [] : [{ actions: ['s3:PutObject'], resources: arns(write) }]),
      ...(upload.length === 0 ? [] : [{ actions: ['s3:AbortMultipartUpload'], resources: arns(upload) }]),
    );
  }

  /** Without it, S3 answers a reader of an object that is not there as if it were forbidden. */
  private tellMissing() {
    return { actions: ['s3:ListBucket'], resources: [this.data.bucketArn] };
  }

  private auditEntries(): string {
    return this.audit.arnForObjects('tenants/*/audit/*');
  }

  private acknowledgeTenants(): void {
    const objects = Object.values(objectPrefixes).map((prefix) => this.data.arnForObjects(prefix));
    for (const resource of [...objects, this.auditEntries()]) {
      acknowledgeWildcard(
        Stack.of(this),
        resource,
        'a function serves every tenant; the kind of object is fixed here, the tenant by the token and by the key',
      );
    }
  }

  /** Lets a function add entries to the audit archive; nothing is allowed to change or remove them. */
  archive(): Binding {
    return binding(this.audit.bucketName, {
      actions: ['s3:PutObject'],
      resources: [this.auditEntries()],
    });
  }
}
