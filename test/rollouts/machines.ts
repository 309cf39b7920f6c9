import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';

/** A role of the emulator that a service may take on. @param actions - what it may do, on everything */
export const createRole = async (name: string, service: string, actions: string[] = []): Promise<string> => {
  const iam = new IAMClient({});
  const trust = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' };
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    }),
  );
  if (actions.length > 0) {
    const statement = { Effect: 'Allow', Action: actions, Resource: '*' };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'all', PolicyDocument }));
  }
  return Role?.Arn ?? '';
};

/** @returns the machine's ARN */
export const createMachine = async (name: string, definition: string): Promise<string> => {
  const roleArn = await createRole(`${name}-machine`, 'states.amazonaws.com');
  const { stateMachineArn = '' } = await new SFNClient({}).send(
    new CreateStateMachineCommand({ name, definition, roleArn }),
  );
  return stateMachineArn;
};

/** A machine whose executions run until they are stopped. */
export const createWaitingMachine = (): Promise<string> =>
  createMachine(
    'waiting',
    JSON.stringify({ StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 600, End: true } } }),
  );

/** The ARN of an attempt's execution. */
export const executionArnOf = (machineArn: string, rollout: string, attempt = 1): string =>
  `${machineArn.replace(':stateMachine:', ':execution:')}:${rollout}-${attempt}`;
