import { Duration } from 'aws-cdk-lib';
import { Rule, type Schedule as RuleSchedule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type * as z from 'zod';
import type { ScheduledCheck } from '../../contracts/events.ts';
import type { DeadLetters } from './queues.ts';
import type { ServiceFunction } from './service-function.ts';

export interface ScheduleProps {
  readonly description: string;
  /** In UTC. */
  readonly at: RuleSchedule;
  readonly target: ServiceFunction;
  readonly deadLetters: DeadLetters;
  /** @default the event of the rule itself */
  readonly input?: z.infer<typeof ScheduledCheck>;
}

/** Calls a function again and again. A call that is an hour late is dropped: the next one does the same. */
export class Schedule extends Construct {
  constructor(scope: Construct, id: string, { description, at, target, deadLetters, input }: ScheduleProps) {
    super(scope, id);
    new Rule(this, 'Rule', {
      description,
      schedule: at,
      targets: [
        new LambdaFunction(target.function, {
          deadLetterQueue: deadLetters.queue,
          maxEventAge: Duration.hours(1),
          retryAttempts: 2,
          ...(input === undefined ? {} : { event: RuleTargetInput.fromObject(input) }),
        }),
      ],
    });
  }
}
