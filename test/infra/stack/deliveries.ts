import { describe, expect, test } from '@jest/globals';
import { stack } from '../support/stack.ts';
import { flat, type Json, Synthesised } from '../support/synthesised.ts';

/** How work, events and alarms reach whom they are for. */
export const describeDeliveries = (): void => {
  describe('queues', () => {
    test.each([
      'cases/collect-cases',
      'training/on-segment-sealed',
      'monitoring/score-performance',
      'monitoring/evaluate',
    ])('that %s works on hear of each failure, and park what fails five times', (entry) => {
      const consumer = stack.functionOf(entry);
      const mapping = stack
        .all('AWS::Lambda::EventSourceMapping')
        .find(({ properties }) => properties.FunctionName.Ref === consumer.id);
      expect(mapping?.properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      const queue = stack.referred(mapping?.properties.EventSourceArn).properties;
      const dead = stack.referred(queue.RedrivePolicy.deadLetterTargetArn).properties;
      expect(queue.RedrivePolicy.maxReceiveCount).toBe(5);
      expect(dead.FifoQueue).toBe(queue.FifoQueue);
      expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * consumer.properties.Timeout);
    });

    test('are encrypted with our key', () => {
      const { id } = stack.one('AWS::KMS::Key', 'PlatformKeysData');
      for (const { properties } of stack.all('AWS::SQS::Queue')) {
        expect(flat(properties.KmsMasterKeyId)).toBe(`<${id}.Arn>`);
      }
    });
  });

  describe('the stream of the table', () => {
    test.each([
      ['cases/publish-segments', 'segment#'],
      ['monitoring/archive-audit', 'entry#'],
    ])('gives %s the new items under %s', (entry, sortKey) => {
      const { id } = stack.functionOf(entry);
      const mapping = stack
        .all('AWS::Lambda::EventSourceMapping')
        .find(({ properties }) => properties.FunctionName.Ref === id);
      const [{ Pattern }] = mapping?.properties.FilterCriteria.Filters ?? [{}];
      expect(JSON.parse(Pattern)).toEqual({
        eventName: ['INSERT'],
        dynamodb: { Keys: { sk: { S: [{ prefix: sortKey }] } } },
      });
      expect(mapping?.properties).toMatchObject({ BisectBatchOnFunctionError: true, MaximumRetryAttempts: 10 });
      expect(mapping?.properties.DestinationConfig.OnFailure.Destination).toBeDefined();
    });
  });

  describe('the log of predictions', () => {
    test('goes to the function that counts them, line by line, and may', () => {
      const [subscription] = stack.all('AWS::Logs::SubscriptionFilter');
      const logs = stack.functionOf('inference/predict').properties.LoggingConfig.LogGroup;
      const counter = `<${stack.functionOf('monitoring/count-predictions').id}.Arn>`;
      // To any other pattern the embedded cloud delivers nothing.
      expect(subscription?.properties).toMatchObject({ FilterPattern: '', LogGroupName: logs });
      expect(flat(subscription?.properties.DestinationArn)).toBe(counter);
      const permission = stack
        .all('AWS::Lambda::Permission')
        .find(({ properties }) => flat(properties.FunctionName) === counter)?.properties;
      expect(permission).toMatchObject({ Action: 'lambda:InvokeFunction', Principal: 'logs.amazonaws.com' });
      expect(flat(permission?.SourceArn)).toBe(`<${logs.Ref}.Arn>`);
    });
  });

  describe('events and schedules', () => {
    const rule = (idPrefix: string) => stack.one('AWS::Events::Rule', idPrefix).properties;

    test.each([
      ['CasesNightly', 'cron(0 1 * * ? *)', { check: 'nightly' }],
      ['TrainingDaily', 'cron(0 3 * * ? *)', { check: 'daily' }],
      ['TrainingWeekly', 'cron(0 2 ? * SUN *)', { check: 'weekly' }],
    ])('%s fires at %s', (idPrefix, expression, input) => {
      expect(rule(idPrefix).ScheduleExpression).toBe(expression);
      expect(JSON.parse(rule(idPrefix).Targets[0].Input)).toEqual(input);
    });

    test('begin the drills that are due once a day', () => {
      expect(rule('RolloutsDrills').ScheduleExpression).toBe('cron(0 4 * * ? *)');
    });

    test.each(['TrainingReconciliation', 'RolloutsReconciliation'])('%s fires every minute', (idPrefix) => {
      expect(rule(idPrefix).ScheduleExpression).toBe('rate(1 minute)');
    });

    test('of training jobs come from SageMaker, and from another service only where it is named', () => {
      expect(rule('TrainingJobStates').EventPattern.source).toEqual(['aws.sagemaker']);
      const other = new Synthesised({ jobStateEventSource: 'acme.sagemaker' });
      const { EventPattern } = other.one('AWS::Events::Rule', 'TrainingJobStates').properties;
      expect(EventPattern.source).toEqual(['aws.sagemaker', 'acme.sagemaker']);
    });

    test('may reach their targets, and are parked where they cannot', () => {
      for (const { id, properties } of stack.all('AWS::Events::Rule')) {
        for (const target of properties.Targets) {
          expect({ id, dead: target.DeadLetterConfig }).toEqual({ id, dead: { Arn: expect.anything() } });
          const allowed = stack
            .all('AWS::Lambda::Permission')
            .some(
              (permission) =>
                permission.properties.Principal === 'events.amazonaws.com' &&
                flat(permission.properties.FunctionName) === flat(target.Arn) &&
                flat(permission.properties.SourceArn) === `<${id}.Arn>`,
            );
          const queues = stack
            .all('AWS::SQS::QueuePolicy')
            .flatMap((policy) => policy.properties.PolicyDocument.Statement);
          const queued = queues.some(
            (statement: Json) =>
              statement.Principal?.Service === 'events.amazonaws.com' &&
              flat(statement.Resource) === flat(target.Arn) &&
              flat(statement.Condition?.StringEquals?.['aws:SourceAccount'] ?? '') === '<AWS::AccountId>',
          );
          expect({ id, reached: allowed || queued }).toEqual({ id, reached: true });
        }
      }
    });
  });

  describe('alarms', () => {
    test('of a rollout may be delivered, encrypted, and reach the function that rolls back', () => {
      const topic = stack.one('AWS::SNS::Topic', 'RolloutsAlarms');
      const statements = stack.statementsOn('AWS::SNS::TopicPolicy', 'RolloutsAlarms');
      expect(statements).toContainEqual(
        expect.objectContaining({
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: ['sns:Publish'],
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      );
      const key = stack.statementsOn('AWS::KMS::Key', 'PlatformKeysData');
      const forAlarms = key.find(({ Sid }) => Sid === 'DeliveryOfEventsAndAlarms');
      expect(forAlarms?.Principal.Service).toContain('cloudwatch.amazonaws.com');
      const [subscription] = stack.all('AWS::SNS::Subscription');
      expect(subscription?.properties).toMatchObject({
        Protocol: 'lambda',
        TopicArn: { Ref: topic.id },
        Endpoint: { 'Fn::GetAtt': [stack.functionOf('rollouts/on-alarm').id, 'Arn'] },
      });
    });

    test('of operation are no more than are free of charge, and each tells somebody', () => {
      const alarms = stack.all('AWS::CloudWatch::Alarm');
      expect(alarms.length).toBeLessThanOrEqual(10);
      const { id } = stack.one('AWS::SNS::Topic', 'OperationsTopic');
      for (const { properties } of alarms) expect(properties.AlarmActions).toEqual([{ Ref: id }]);
    });

    test('watch every place where work waits for a person', () => {
      const dead = stack.all('AWS::SQS::Queue').filter(({ properties }) => properties.RedrivePolicy === undefined);
      const watched = stack
        .all('AWS::CloudWatch::Alarm')
        .flatMap(({ properties }) => properties.Dimensions.map((dimension: Json) => flat(dimension.Value)));
      expect(dead.length).toBeGreaterThan(3);
      for (const { id } of dead) expect(watched).toContain(`<${id}.QueueName>`);
    });
  });
};
