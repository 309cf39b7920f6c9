import { beforeAll, describe, expect, test } from '@jest/globals';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, HIPAASecurityChecks, ServerlessChecks } from 'cdk-nag';
import { environments, type FunctionName } from '../../contracts/environment.ts';
import { objectKeys } from '../../contracts/keys.ts';
import { prefix, routes } from '../../contracts/routes/index.ts';
import { doorOf } from '../../infra/platform/api.ts';
import { objectPrefixes } from '../../infra/platform/object-prefixes.ts';
import { flat, type Json, Synthesised } from './support/synthesised.ts';

/** One file, because loading the CDK takes seconds. */
let stack: Synthesised;
beforeAll(() => {
  stack = new Synthesised();
});

const entries = Object.keys(environments) as FunctionName[];

describe('the route table', () => {
  test('is served whole, and nothing else but the page of the API', () => {
    const served = stack.all('AWS::ApiGatewayV2::Route').map(({ properties }) => properties.RouteKey);
    const expected = routes.map(({ method, path }) => `${method} ${prefix}${path}`);
    expect(served.sort()).toEqual([...expected, 'GET /docs', 'GET /docs/{file+}'].sort());
  });

  test.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s asks for a token unless it is public, and reaches its function',
    (_, route) => {
      const { properties } = stack.one('AWS::ApiGatewayV2::Route', `Api${route.id}`);
      expect(properties.AuthorizationType).toBe(route.roles === 'public' ? 'NONE' : 'JWT');
      expect(properties.AuthorizerId === undefined).toBe(route.roles === 'public');
      const [integration] =
        flat(properties.Target)
          .match(/<(.*)>/)
          ?.slice(1) ?? [];
      const { IntegrationUri } = stack.one('AWS::ApiGatewayV2::Integration', integration ?? '').properties;
      const { id } = stack.functionOf(doorOf(route));
      expect(flat(IntegrationUri)).toBe(`<${id}.Arn>`);
    },
  );

  test('takes tokens of its own user pool and client alone', () => {
    const [authorizer] = stack.all('AWS::ApiGatewayV2::Authorizer');
    const { AuthorizerType, JwtConfiguration } = authorizer?.properties ?? {};
    expect(AuthorizerType).toBe('JWT');
    expect(JwtConfiguration.Audience).toEqual([{ Ref: stack.one('AWS::Cognito::UserPoolClient', 'Platform').id }]);
    expect(flat(JwtConfiguration.Issuer)).toContain(stack.one('AWS::Cognito::UserPool', 'Platform').id);
  });

  test('is throttled, and logs routes but no paths', () => {
    const { DefaultRouteSettings, AccessLogSettings } = stack.one('AWS::ApiGatewayV2::Stage', 'Api').properties;
    expect(DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 });
    expect(AccessLogSettings.Format).not.toMatch(/context\.(path|identity)/);
  });

  test('answers pages of other origins only where they are named', () => {
    expect(stack.one('AWS::ApiGatewayV2::Api', 'Api').properties.CorsConfiguration).toBeUndefined();
    const open = new Synthesised({ corsOrigins: 'https://one.example,https://two.example' });
    expect(open.one('AWS::ApiGatewayV2::Api', 'Api').properties.CorsConfiguration.AllowOrigins).toEqual([
      'https://one.example',
      'https://two.example',
    ]);
  });
});

describe('functions', () => {
  test('are those of the contract', () => {
    const deployed = stack.all('AWS::Lambda::Function').map(({ properties }) => properties.Description);
    expect(deployed.sort()).toEqual([...entries].sort());
  });

  test.each(entries)('%s runs on Node 24, is traced, and has its own role and its own encrypted logs', (entry) => {
    const { properties } = stack.functionOf(entry);
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['x86_64'],
      TracingConfig: { Mode: 'Active' },
    });
    const sharing = stack
      .all('AWS::Lambda::Function')
      .filter((other) => flat(other.properties.Role) === flat(properties.Role));
    expect(sharing).toHaveLength(1);
    const logs = stack.one('AWS::Logs::LogGroup', properties.LoggingConfig.LogGroup.Ref).properties;
    expect(logs.RetentionInDays).toBe(90);
    expect(logs.KmsKeyId).toBeDefined();
  });

  test.each(entries)('%s gets the variables that it reads, and no others', (entry) => {
    const read = Object.keys(environments[entry].shape).filter((name) => !name.startsWith('AWS_'));
    const given = Object.keys(stack.functionOf(entry).properties.Environment.Variables);
    expect(given.sort()).toEqual([...new Set([...read, 'CODE_VERSION'])].sort());
  });

  test('that are handed events without waiting park those that fail', () => {
    const asynchronous = stack
      .all('AWS::Lambda::Permission')
      .filter(({ properties }) => /events|sns/.test(flat(properties.Principal)))
      .map(({ properties }) => flat(properties.FunctionName));
    expect(asynchronous.length).toBeGreaterThan(5);
    for (const name of asynchronous) {
      const id = name.replace(/^<|\.Arn>$/g, '');
      expect(stack.one('AWS::Lambda::Function', id).properties.DeadLetterConfig).toBeDefined();
    }
  });
});

describe('permissions', () => {
  /** Services that name no resource for these. */
  const withoutResource = [
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'logs:CreateLogDelivery',
    'logs:GetLogDelivery',
    'logs:UpdateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutResourcePolicy',
    'logs:DescribeResourcePolicies',
    'logs:DescribeLogGroups',
    'states:SendTaskSuccess',
    'states:SendTaskFailure',
    'ecr:GetAuthorizationToken',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:PutCompositeAlarm',
  ];

  test('name their actions, and their resources where the service has any', () => {
    for (const { policy, statement } of stack.allStatements()) {
      expect({ policy, effect: statement.Effect }).toEqual({ policy, effect: 'Allow' });
      for (const action of statement.Action)
        expect({ policy, action }).not.toEqual({ policy, action: expect.stringContaining('*') });
      if (statement.Resource.includes('*')) {
        const unexpected = statement.Action.filter((action) => !withoutResource.includes(action));
        expect({ policy, unexpected }).toEqual({ policy, unexpected: [] });
      }
    }
  });

  test('never include a scan, or SQL, of the table', () => {
    const actions = stack.allStatements().flatMap(({ statement }) => statement.Action);
    expect(actions.filter((action) => /^dynamodb:(Scan|PartiQL|\*)/i.test(action))).toEqual([]);
  });

  test('come from no managed policy', () => {
    for (const { properties } of stack.all('AWS::IAM::Role')) expect(properties.ManagedPolicyArns).toBeUndefined();
    expect(stack.all('AWS::IAM::ManagedPolicy')).toEqual([]);
  });

  test('to hand a role on are for the training role, to SageMaker, by the function that submits jobs', () => {
    const passing = stack.allStatements().filter(({ statement }) => statement.Action.includes('iam:PassRole'));
    expect(passing).toHaveLength(1);
    const { id } = stack.one('AWS::IAM::Role', 'TrainingServiceRole');
    expect(stack.statementsOf('training/submit-job')).toContainEqual(
      expect.objectContaining({
        Action: ['iam:PassRole'],
        Resource: [{ 'Fn::GetAtt': [id, 'Arn'] }],
        Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      }),
    );
  });

  test('of prediction are to read items and artifacts, and to derive keys', () => {
    const actions = stack.statementsOf('inference/predict').flatMap(({ Action }) => Action);
    expect(actions.filter((action) => !/^(xray|logs):/.test(action)).sort()).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:Query',
      'kms:GenerateMac',
      's3:GetObject',
    ]);
  });

  test('on objects are for the kinds that contracts/keys.ts makes keys for', () => {
    const keys = {
      ledger: objectKeys.segment('acme', 'diagnosis', 7, 'abc'),
      datasets: objectKeys.manifest('acme', 'diagnosis', 'ds_1'),
      trainingOutput: `${objectKeys.trainingOutput('acme', 'diagnosis')}/job/output/model.tar.gz`,
      artifacts: objectKeys.artifact('acme', 'abc'),
      holdoutPredictions: objectKeys.holdoutPredictions('acme', 'abc'),
    };
    const matches = (pattern: string, key: string) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(key);
    for (const [kind, pattern] of Object.entries(objectPrefixes)) {
      const matched = Object.entries(keys).filter(([, key]) => matches(pattern, key));
      expect(matched.map(([name]) => name)).toEqual([kind]);
    }
  });

  test('of a training job are to read datasets and to write what it trained', () => {
    const { id, properties } = stack.one('AWS::IAM::Role', 'TrainingServiceRole');
    const trusted = properties.AssumeRolePolicyDocument.Statement.map(({ Principal }: Json) => Principal);
    expect(trusted).toEqual([{ Service: 'sagemaker.amazonaws.com' }]);
    const onObjects = stack.statementsOfRole(id).filter(({ Action }) => Action.some((action) => /^s3:/.test(action)));
    const granted = onObjects.flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => Resource.map((resource) => `${action} ${flat(resource).replace(/^<.*?>/, '')}`)),
    );
    expect(granted.sort()).toEqual([
      's3:AbortMultipartUpload /tenants/*/models/*/training-output/*',
      's3:GetObject /tenants/*/models/*/datasets/*',
      's3:GetObject /tenants/*/models/*/ledger/*',
      's3:ListBucket ',
      's3:PutObject /tenants/*/models/*/training-output/*',
    ]);
  });
});

describe('state machines', () => {
  test.each(['TrainingRetrain', 'RolloutsRollout'])(
    '%s may call the functions of its definition, and no others',
    (name) => {
      const { properties } = stack.one('AWS::StepFunctions::StateMachine', `${name}Machine`);
      const called = [...new Set(flat(properties.DefinitionString).match(/<[A-Za-z0-9]+\.Arn>/g))];
      const allowed = stack
        .statementsOfRole(stack.one('AWS::IAM::Role', `${name}Role`).id)
        .filter(({ Action }) => Action.includes('lambda:InvokeFunction'))
        .flatMap(({ Resource }) => Resource.map(flat));
      expect(called.length).toBeGreaterThan(2);
      expect(allowed.sort()).toEqual(called.sort());
    },
  );

  test('are traced, and log everything that they do', () => {
    for (const { properties } of stack.all('AWS::StepFunctions::StateMachine')) {
      expect(properties.TracingConfiguration).toEqual({ Enabled: true });
      expect(properties.LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: true });
    }
  });

  test('of rollouts may touch alarms of rollouts alone', () => {
    const statements = stack.statementsOfRole(stack.one('AWS::IAM::Role', 'RolloutsRolloutRole').id);
    const onAlarms = statements.find(({ Action }) => Action.includes('cloudwatch:DeleteAlarms'));
    expect(onAlarms?.Resource.map(flat)).toEqual([expect.stringMatching(/:alarm:relearn-rol_\*$/)]);
  });
});

describe('queues', () => {
  test.each(['cases/collect-cases', 'training/on-segment-sealed', 'monitoring/score-performance'])(
    'that %s works on hear of each failure, and park what fails five times',
    (entry) => {
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
    },
  );

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

describe('settings', () => {
  test('that do not fit are named', () => {
    expect(() => new Synthesised({ accessTokenHours: '99', auditLock: 'none' })).toThrow(
      /accessTokenHours[\s\S]*auditLock/,
    );
  });

  test('give the image of training jobs', () => {
    const imageOf = (from: Synthesised) =>
      flat(from.functionOf('training/submit-job').properties.Environment.Variables.TRAINING_IMAGE);
    expect(imageOf(new Synthesised({ trainingImageUri: 'registry.example/train:7' }))).toBe('registry.example/train:7');
  });
});

describe('cdk-nag', () => {
  const findings = ({ app }: Synthesised): string[] =>
    [new AwsSolutionsChecks(app), new HIPAASecurityChecks(app), new ServerlessChecks(app)]
      .flatMap((pack) => pack.validateScope(app).violations)
      .flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
      );

  test('has no finding that is not acknowledged with a reason', () => {
    expect(findings(stack)).toEqual([]);
  });

  test('would find a bucket that is left open', () => {
    const careless = new Synthesised({}, (scope) => new Bucket(scope, 'Careless'));
    expect(findings(careless)).toEqual(expect.arrayContaining(['AwsSolutions-S10 Relearn/Careless/Resource']));
  });
});
