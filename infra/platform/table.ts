import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledgements.ts';
import { type Binding, binding } from './binding.ts';

/** What a function may be allowed; a scan is not among it, because it would read other tenants' items. */
export type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'Query'
  | 'QueryIndex'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem';

export interface DataTableProps {
  readonly encryptionKey: IKey;
  readonly deletionProtection: boolean;
}

/**
 * The one table. Every partition key begins with the tenant.
 */
export class DataTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { encryptionKey, deletionProtection }: DataTableProps) {
    super(scope, id);
    // Not TableV2: with a key of our own it can only be synthesised for a region named in advance.
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'ttl',
      stream: StreamViewType.NEW_IMAGE,
      deletionProtection,
      removalPolicy: deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(this.table, {
      'HIPAA.Security-DynamoDBInBackupPlan':
        'point-in-time recovery keeps 35 days; longer backups are planned for an account, not for one table',
    });
    this.table.addGlobalSecondaryIndex({
      indexName: 'gsi1',
      partitionKey: { name: 'gsi1pk', type: AttributeType.STRING },
      sortKey: { name: 'gsi1sk', type: AttributeType.STRING },
    });
  }

  /** Names the table and allows exactly these actions on it; `QueryIndex` is a query of the index. */
  allow(...actions: readonly TableAction[]): Binding {
    const { tableName, tableArn } = this.table;
    const direct = actions.filter((action) => action !== 'QueryIndex').map((action) => `dynamodb:${action}`);
    return binding(
      tableName,
      ...(direct.length === 0 ? [] : [{ actions: direct, resources: [tableArn] }]),
      ...(actions.includes('QueryIndex')
        ? [{ actions: ['dynamodb:Query'], resources: [`${tableArn}/index/gsi1`] }]
        : []),
    );
  }
}
