import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, type Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type * as z from 'zod';
import type { environments, FunctionName } from '../../contracts/environment.ts';
import { acknowledge } from './acknowledgements.ts';
import { type Binding, binding } from './binding.ts';
import type { DeadLetters } from './queues.ts';

type Variables<Name extends FunctionName> = z.input<(typeof environments)[Name]>;

/** The variables that the construct and Lambda do not set by themselves. */
type GivenVariables<Name extends FunctionName> = Exclude<keyof Variables<Name>, 'CODE_VERSION' | `AWS_${string}`>;

/** A binding for each variable that contracts/environment.ts asks for: a forgotten one does not compile. */
type Wiring<Name extends FunctionName> = {
  readonly [Variable in keyof Pick<Variables<Name>, GivenVariables<Name>>]: Binding;
};

/** What all functions of a stack share. */
export interface ServiceSettings {
  readonly codeVersion: string;
  /** A function's bundle. */
  readonly codeOf: (entry: FunctionName) => Code;
  readonly encryptionKey: IKey;
}

export interface ServiceFunctionProps<Name extends FunctionName> {
  readonly service: ServiceSettings;
  /** The handler's file, below `functions/`. */
  readonly entry: Name;
  readonly environment: Wiring<Name>;
  /**
   * MB; the share of a processor grows with it.
   * @default 512
   */
  readonly memoryMegabytes?: number;
  /** @default 30 seconds, the longest that API Gateway waits */
  readonly timeout?: Duration;
  /**
   * Where an event ends that was handed over without waiting, and failed three times.
   * @default none: the caller sees the failure, or a queue keeps the message
   */
  readonly deadLetters?: DeadLetters;
  /**
   * Permissions that belong to no variable.
   * @default none
   */
  readonly permissions?: readonly PolicyStatement[];
}

/** One function with its own role and its own log group, which are allowed exactly what its environment names. */
export class ServiceFunction<Name extends FunctionName = FunctionName> extends Construct {
  readonly function: LambdaFunction;
  readonly entry: Name;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps<Name>) {
    super(scope, id);
    const { service, entry } = props;
    this.entry = entry;
    this.logGroup = new LogGroup(this, 'Logs', {
      encryptionKey: service.encryptionKey,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
    const bindings = Object.entries<Binding>(props.environment);
    for (const statement of [...bindings.flatMap(([, { statements }]) => statements), ...(props.permissions ?? [])]) {
      role.addToPolicy(statement);
    }
    this.function = new LambdaFunction(this, 'Function', {
      description: entry,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.X86_64,
      handler: 'index.handler',
      code: service.codeOf(entry),
      role,
      logGroup: this.logGroup,
      tracing: Tracing.ACTIVE,
      memorySize: props.memoryMegabytes ?? 512,
      timeout: props.timeout ?? Duration.seconds(30),
      environment: {
        CODE_VERSION: service.codeVersion,
        // onnxruntime, where a function has it, would report its use to its maker.
        ORT_DISABLE_TELEMETRY: '1',
        ...Object.fromEntries(bindings.map(([name, { value }]) => [name, value])),
      },
      ...(props.deadLetters === undefined ? {} : { deadLetterQueue: props.deadLetters.queue }),
    });
    acknowledge(role, {
      'AwsSolutions-IAM5[Resource::*]':
        'X-Ray takes traces, Step Functions the answer to a waiting task, and CloudWatch questions about composite alarms, on no named resource',
    });
    if (props.deadLetters === undefined) {
      const reason = 'whoever calls it sees the failure and keeps the work: a caller, a machine, a queue or a stream';
      acknowledge(this.function, { 'HIPAA.Security-LambdaDLQ': reason, 'Serverless-LambdaDLQ': reason });
    }
  }

  /** Lets a state machine call this function. */
  invoke(): Binding {
    const { functionArn } = this.function;
    return binding(functionArn, { actions: ['lambda:InvokeFunction'], resources: [functionArn] });
  }
}
