import { Arn, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Lets a function put events on the default bus, which is in every account and needs no variable. */
export const putEvents = (scope: Construct): PolicyStatement => {
  const bus = Arn.format({ service: 'events', resource: 'event-bus', resourceName: 'default' }, Stack.of(scope));
  return new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus] });
};
