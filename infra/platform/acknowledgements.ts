import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Acknowledges findings of cdk-nag on a construct and on what it holds.
 *
 * @param reasons - by finding, why it does not apply or what is done instead
 */
export const acknowledge = (construct: IConstruct, reasons: Readonly<Record<string, string>>): void => {
  Validations.of(construct).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));
};

/**
 * Acknowledges that policies may name a resource with a wildcard in it: this resource, and no other.
 *
 * @param construct - where; what it holds is included
 */
export const acknowledgeWildcard = (construct: IConstruct, resource: string, reason: string): void => {
  acknowledge(construct, { [`AwsSolutions-IAM5[Resource::${inFinding(construct, resource)}]`]: reason });
};

/** A resource as a finding names it: references in angle brackets, such as `<Table.Arn>/index/gsi1`. */
const inFinding = (construct: IConstruct, resource: string): string => {
  const flatten = (part: unknown): string => {
    if (typeof part === 'string') return part;
    const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = part as Reference;
    if (Ref !== undefined) return `<${Ref}>`;
    if (attribute !== undefined) return `<${attribute.join('.')}>`;
    if (join !== undefined) return join[1].map(flatten).join(join[0]);
    throw new Error(`Expected a reference, an attribute or a join of them, got ${JSON.stringify(part)}`);
  };
  return flatten(Stack.of(construct).resolve(resource));
};

interface Reference {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly string[];
  readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
}

/** What holds for the stack as a whole. */
export const acknowledgeDesign = (stack: Stack): void =>
  acknowledge(stack, {
    'HIPAA.Security-IAMNoInlinePolicy':
      'each policy belongs to one role alone and has to go with it; a managed one could be attached to another',
    'HIPAA.Security-LambdaConcurrency':
      "a reservation takes from the account's pool for good; the API is throttled at its door, and queues hold what waits",
    'HIPAA.Security-LambdaInsideVPC':
      'functions reach AWS services only, over TLS and signed; a network of our own would need endpoints that cost money when idle',
    'HIPAA.Security-S3BucketReplicationEnabled':
      'objects are versioned and the ledger is append-only; a copy in another region is a decision of who deploys',
  });
