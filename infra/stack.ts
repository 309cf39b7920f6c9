import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Cases } from './cases/cases.ts';
import { Inference } from './inference/inference.ts';
import { Models } from './models/models.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { acknowledgeDesign } from './platform/acknowledgements.ts';
import { Api } from './platform/api.ts';
import { Operations } from './platform/operations.ts';
import { Platform, type PlatformProps } from './platform/platform.ts';
import { Rollouts } from './rollouts/rollouts.ts';
import { Training } from './training/training.ts';

export interface RelearnStackProps extends StackProps, PlatformProps {}

/** Composes the slices. */
export class RelearnStack extends Stack {
  constructor(scope: Construct, id: string, { settings, codeVersion, codeOf, ...props }: RelearnStackProps) {
    super(scope, id, props);
    acknowledgeDesign(this);
    const platform = new Platform(this, 'Platform', { settings, codeVersion, codeOf });
    const models = new Models(this, 'Models', { platform });
    const cases = new Cases(this, 'Cases', { platform });
    const rollouts = new Rollouts(this, 'Rollouts', { platform });
    const training = new Training(this, 'Training', { platform, models, cases, rollouts });
    const inference = new Inference(this, 'Inference', { platform });
    const monitoring = new Monitoring(this, 'Monitoring', { platform, inference });
    const api = new Api(this, 'Api', {
      service: platform.service,
      identity: platform.identity,
      settings,
      doors: {
        'models/api': models.api,
        'cases/api': cases.api,
        'training/api': training.api,
        'rollouts/api': rollouts.api,
        'inference/api': inference.api,
        'inference/predict': inference.predict,
        'inference/explain': inference.explain,
        'monitoring/api': monitoring.api,
        'monitoring/docs': monitoring.docs,
      },
    });
    const operations = new Operations(this, 'Operations', {
      encryptionKey: platform.keys.data,
      api,
      predict: inference.predict,
      machines: { Retrain: training.retrain, Rollout: rollouts.machine },
      deadLetters: {
        ...cases.deadLetters,
        Triggers: training.segments.deadLetters,
        Performance: monitoring.segments.deadLetters,
        Audit: monitoring.auditDeadLetters,
        Undelivered: platform.undelivered,
      },
    });
    this.print({
      ApiUrl: api.url,
      DocsUrl: `${api.url}/docs`,
      ApiId: api.api.apiId,
      UserPoolId: platform.identity.userPool.userPoolId,
      UserPoolClientId: platform.identity.client.userPoolClientId,
      TableName: platform.table.table.tableName,
      DataBucketName: platform.buckets.data.bucketName,
      AuditBucketName: platform.buckets.audit.bucketName,
      RetrainMachineArn: training.retrain.machine.stateMachineArn,
      RolloutMachineArn: rollouts.machine.machine.stateMachineArn,
      AlarmTopicArn: rollouts.alarms.topic.topicArn,
      OperationsTopicArn: operations.topic.topic.topicArn,
      DashboardName: operations.dashboard.dashboardName,
      TrainingRoleArn: training.trainer.role.roleArn,
      TrainingLogGroup: training.trainer.logGroupName,
      TrainingRepositoryUri: training.trainer.repository.repositoryUri,
    });
  }

  private print(outputs: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
