import { describe, expect, test } from '@jest/globals';
import { objectKeys } from '../../../contracts/keys.ts';
import { objectPrefixes } from '../../../infra/platform/object-prefixes.ts';
import { stack } from '../support/stack.ts';
import { flat, type Json } from '../support/synthesised.ts';

/** What the emulator does not check, and what nobody may have. */
export const describePermissions = (): void => {
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

    test('to hand a role on are for the training role, to SageMaker, by the functions that start waiting jobs', () => {
      const passing = stack.allStatements().filter(({ statement }) => statement.Action.includes('iam:PassRole'));
      const starting = ['training/submit-job', 'training/on-job-state', 'training/reconcile-jobs'];
      expect(passing).toHaveLength(starting.length);
      const { id } = stack.one('AWS::IAM::Role', 'TrainingServiceRole');
      for (const entry of starting) {
        expect(stack.statementsOf(entry)).toContainEqual(
          expect.objectContaining({
            Action: ['iam:PassRole'],
            Resource: [{ 'Fn::GetAtt': [id, 'Arn'] }],
            Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
          }),
        );
      }
    });

    test('of prediction are to read items and artifacts, and to derive keys', () => {
      const actions = stack.statementsOf('inference/predict').flatMap(({ Action }) => Action);
      expect(actions.filter((action) => !/^(xray|logs):/.test(action)).sort()).toEqual([
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'kms:GenerateMac',
        's3:GetObject',
        's3:ListBucket',
      ]);
    });

    test('of explanation are to read items, artifacts and what is kept beside them', () => {
      const statements = stack.statementsOf('inference/explain');
      const actions = statements.flatMap(({ Action }) => Action).filter((action) => !/^(xray|logs):/.test(action));
      expect(actions.sort()).toEqual(['dynamodb:GetItem', 's3:GetObject', 's3:ListBucket']);
      const objects = statements
        .filter(({ Action }) => Action.includes('s3:GetObject'))
        .flatMap(({ Resource }) => Resource);
      expect(objects.map((resource) => flat(resource).replace(/^<.*?>/, ''))).toEqual([
        '/tenants/*/artifacts/sha256/*',
        '/tenants/*/artifacts/sidecar/*',
      ]);
    });

    test('on topics are to make and delete those of subscriptions, and to publish to them and to ours', () => {
      const onTopics = (entry: string) =>
        stack
          .statementsOf(entry)
          .filter(({ Action }) => Action.some((action) => action.startsWith('sns:')))
          .flatMap(({ Action, Resource }) =>
            Action.flatMap((action) => Resource.map((resource) => `${action} ${flat(resource)}`)),
          );
      const subscriptions = 'arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:Relearn-subscription-*';
      expect(onTopics('training/api').sort()).toEqual(
        ['CreateTopic', 'DeleteTopic', 'Subscribe'].map((action) => `sns:${action} ${subscriptions}`),
      );
      expect(onTopics('training/announce-job').sort()).toEqual([
        `sns:Publish <${stack.one('AWS::SNS::Topic', 'TrainingNoticesTopic').id}>`,
        `sns:Publish ${subscriptions}`,
      ]);
    });

    test('on objects are for the kinds that contracts/keys.ts makes keys for', () => {
      const keys = {
        ledger: objectKeys.segment('acme', 'diagnosis', 7, 'abc'),
        datasets: objectKeys.manifest('acme', 'diagnosis', 'ds_1'),
        trainingOutput: `${objectKeys.trainingOutput('acme', 'diagnosis')}/job/output/model.tar.gz`,
        checkpoints: `${objectKeys.checkpoints('acme', 'diagnosis', 'job_1')}/state.json`,
        artifacts: objectKeys.artifact('acme', 'abc'),
        holdoutPredictions: objectKeys.holdoutPredictions('acme', 'abc'),
        sidecars: objectKeys.sidecar('acme', 'abc'),
      };
      const matches = (pattern: string, key: string) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(key);
      for (const [kind, pattern] of Object.entries(objectPrefixes)) {
        const matched = Object.entries(keys).filter(([, key]) => matches(pattern, key));
        expect(matched.map(([name]) => name)).toEqual([kind]);
      }
    });

    test('of a training job are to read datasets and sidecars, to write what it trained, and to keep checkpoints', () => {
      const { id, properties } = stack.one('AWS::IAM::Role', 'TrainingServiceRole');
      const trusted = properties.AssumeRolePolicyDocument.Statement.map(({ Principal }: Json) => Principal);
      expect(trusted).toEqual([{ Service: 'sagemaker.amazonaws.com' }]);
      const onObjects = stack.statementsOfRole(id).filter(({ Action }) => Action.some((action) => /^s3:/.test(action)));
      const granted = onObjects.flatMap(({ Action, Resource }) =>
        Action.flatMap((action) => Resource.map((resource) => `${action} ${flat(resource).replace(/^<.*?>/, '')}`)),
      );
      expect(granted.sort()).toEqual([
        's3:AbortMultipartUpload /tenants/*/models/*/training-checkpoints/*',
        's3:AbortMultipartUpload /tenants/*/models/*/training-output/*',
        's3:GetObject /tenants/*/artifacts/sidecar/*',
        's3:GetObject /tenants/*/models/*/datasets/*',
        's3:GetObject /tenants/*/models/*/ledger/*',
        's3:GetObject /tenants/*/models/*/training-checkpoints/*',
        's3:ListBucket ',
        's3:PutObject /tenants/*/models/*/training-checkpoints/*',
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
};
