import { RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { Buckets } from './buckets.ts';
import { Identity } from './identity.ts';
import { Keys } from './keys.ts';
import { DeadLetters } from './queues.ts';
import type { ServiceSettings } from './service-function.ts';
import { DataTable } from './table.ts';

export interface PlatformProps extends Pick<ServiceSettings, 'codeVersion' | 'codeOf'> {
  readonly settings: Settings;
}

/** What all slices stand on. */
export class Platform extends Construct {
  readonly settings: Settings;
  readonly service: ServiceSettings;
  readonly keys: Keys;
  readonly table: DataTable;
  readonly buckets: Buckets;
  readonly identity: Identity;
  /** Events and schedules that no function could take. */
  readonly undelivered: DeadLetters;

  constructor(scope: Construct, id: string, { settings, codeVersion, codeOf }: PlatformProps) {
    super(scope, id);
    const { deletionProtection } = settings;
    const removalPolicy = deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.settings = settings;
    this.keys = new Keys(this, 'Keys', { removalPolicy });
    const encryptionKey = this.keys.data;
    this.service = { codeVersion, codeOf, encryptionKey };
    this.table = new DataTable(this, 'Table', { encryptionKey, deletionProtection });
    this.buckets = new Buckets(this, 'Buckets', { encryptionKey, settings, removalPolicy });
    this.identity = new Identity(this, 'Identity', { service: this.service, settings });
    this.undelivered = new DeadLetters(this, 'Undelivered', { encryptionKey });
  }
}

/** What every slice's construct takes. */
export interface SliceProps {
  readonly platform: Platform;
}
