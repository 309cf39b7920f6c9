import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { root } from '../paths.ts';
import { acknowledge, acknowledgeWildcard } from './acknowledgements.ts';
import { type Binding, binding } from './binding.ts';
import { requireTimeout, resolvePlaceholders } from './placeholders.ts';
import type { ServiceSettings } from './service-function.ts';

export type ExecutionAction = 'StartExecution' | 'DescribeExecution' | 'StopExecution';

export interface WorkflowProps {
  readonly service: ServiceSettings;
  /** The definition, below `statemachines/`, such as `training/retrain.asl.json`. */
  readonly file: string;
  /** What stands in place of each `${Placeholder}`; the machine may do with it what the binding says, and nothing else. */
  readonly placeholders: Readonly<Record<string, Binding>>;
  /**
   * Permissions for calls of AWS that name their resource in the machine's input.
   * @default none
   */
  readonly permissions?: readonly PolicyStatement[];
}

/** A state machine from its `.asl.json`, logged and traced. */
export class Workflow extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { service, file, placeholders, permissions = [] } = props;
    const definition = readFileSync(join(root, 'statemachines', file), 'utf8');
    requireTimeout(file, definition);
    const values = Object.entries(placeholders).map(([name, { value }]) => [name, value]);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    for (const statement of [...Object.values(placeholders).flatMap(({ statements }) => statements), ...permissions]) {
      role.addToPolicy(statement);
    }
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(resolvePlaceholders(file, definition, Object.fromEntries(values))),
      role,
      tracingEnabled: true,
      logs: {
        level: LogLevel.ALL,
        includeExecutionData: true,
        destination: new LogGroup(this, 'Logs', {
          encryptionKey: service.encryptionKey,
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
    acknowledge(role, {
      'AwsSolutions-IAM5[Resource::*]':
        'X-Ray takes traces, and CloudWatch log deliveries and composite alarms, on no named resource',
    });
  }

  /** Lets a function start executions, and where it says so look after those that run. */
  allow(...actions: readonly ExecutionAction[]): Binding {
    const { stateMachineArn, stateMachineName } = this.machine;
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    acknowledgeWildcard(Stack.of(this), executions, 'executions get their names when they start');
    const ofExecutions = actions.filter((action) => action !== 'StartExecution');
    return binding(
      stateMachineArn,
      ...(actions.includes('StartExecution')
        ? [{ actions: ['states:StartExecution'], resources: [stateMachineArn] }]
        : []),
      ...(ofExecutions.length === 0
        ? []
        : [{ actions: ofExecutions.map((action) => `states:${action}`), resources: [executions] }]),
    );
  }
}
