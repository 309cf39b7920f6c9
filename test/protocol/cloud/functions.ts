/** The functions of the rollout path, called as their handlers call them, on the cloud in memory. */
import { RolloutKind } from '../../../contracts/rollouts.ts';
import {
  BeginOutput,
  EndRolloutInput,
  EndRolloutOutput,
  JudgeOutput,
  RolloutInput,
} from '../../../contracts/workflows.ts';
import { answerApproval } from '../../../functions/rollouts/operations/answer-approval.ts';
import { beginDrill } from '../../../functions/rollouts/operations/begin-drill.ts';
import { beginDueDrills } from '../../../functions/rollouts/operations/begin-due-drills.ts';
import { deployVersion } from '../../../functions/rollouts/operations/deploy-version.ts';
import { endOrClose } from '../../../functions/rollouts/operations/end-or-close.ts';
import { judgeRollout } from '../../../functions/rollouts/operations/judge-rollout.ts';
import { nameAlarms } from '../../../functions/rollouts/operations/name-alarms.ts';
import { reconcileRollouts } from '../../../functions/rollouts/operations/reconcile-rollouts.ts';
import { rollBackByHand } from '../../../functions/rollouts/operations/roll-back.ts';
import { openAlarmRollback } from '../../../functions/rollouts/operations/roll-back-by-alarm.ts';
import { rollOutTrained } from '../../../functions/rollouts/operations/roll-out-trained.ts';
import { startMachine } from '../../../functions/rollouts/operations/start-machine.ts';
import { ViolationError } from '../monitor/invariant.ts';
import { Rule } from '../monitor/rules.ts';
import { alarmStatesOf } from './alarms.ts';
import { type Cloud, tenant } from './cloud.ts';
import { ledgerOf, servingOf } from './evidence.ts';
import { Executions, rolloutMachineOf } from './executions.ts';
import { outcomeReaderOf } from './outcomes.ts';
import { clock, stores } from './platform.ts';
import type { StateMachine } from './state-machine.ts';

const actor = 'operator:user-1';
const reason = 'to see';

type Tasks = Readonly<Record<string, (input: unknown) => Promise<unknown>>>;

/** What the functions reach beside the tables. */
const openDependencies = (cloud: Cloud) => {
  const { call } = cloud.scheduler;
  return {
    ...stores,
    clock,
    makeSalt: () => 'salt',
    objects: { read: (key: string) => cloud.read(key) },
    ledger: ledgerOf((model) => cloud.cases(model), call),
    outcomes: outcomeReaderOf(cloud.outcomes, call),
    alarms: alarmStatesOf(cloud.cloudWatch, call),
  };
};

const openJudge = (cloud: Cloud) => {
  const dependencies = openDependencies(cloud);
  return (key: Omit<RolloutInput, 'attempt'>) => {
    const isWhole: Cloud['isWhole'] = (servable) => cloud.isWhole(servable);
    const serving = servingOf(cloud.cases(key.model), isWhole, cloud.scheduler.call);
    return judgeRollout({ ...dependencies, serving }, key);
  };
};

/** What the tasks of the state machine name: functions by their placeholders, as their handlers are, and services. */
const openTasks = (cloud: Cloud): { functions: Tasks; services: Tasks } => {
  const { cloudWatch, scheduler } = cloud;
  const dependencies = openDependencies(cloud);
  const judge = openJudge(cloud);
  const service = (name: string, effect: (input: never) => void): [string, Tasks[string]] => {
    const resource = `arn:aws:states:::aws-sdk:cloudwatch:${name}`;
    return [resource, (input) => scheduler.call(resource, () => effect(input as never))];
  };
  return {
    functions: {
      '${BeginRolloutArn}': async (event) =>
        BeginOutput.parse(await nameAlarms(dependencies.store, RolloutInput.parse(event))),
      '${JudgeRolloutArn}': async (event) => JudgeOutput.parse(await judge(RolloutInput.parse(event))),
      '${EndRolloutArn}': async (event) =>
        EndRolloutOutput.parse(await endOrClose(dependencies, EndRolloutInput.parse(event))),
    },
    services: Object.fromEntries([
      service('putMetricAlarm', (input) => cloudWatch.putMetricAlarm(input)),
      service('putCompositeAlarm', (input) => cloudWatch.putCompositeAlarm(input)),
      service('deleteAlarms', ({ AlarmNames }: { AlarmNames: string[] }) => {
        for (const name of AlarmNames) cloudWatch.delete(name);
      }),
    ]),
  };
};

/** @param definition - of the rollout's state machine */
const openExecutions = (cloud: Cloud, definition: StateMachine): Executions => {
  const { functions, services } = openTasks(cloud);
  const spawn = (resource: string, input: unknown, state: string) => {
    const perform = functions[resource] ?? services[resource];
    if (perform === undefined) throw new Error(`Expected a resource that a task may have, got ${resource}.`);
    const kind = resource in functions ? 'task' : 'service';
    return cloud.scheduler.spawn(state, { kind }, () => perform(input));
  };
  const executions: Executions = new Executions((execution) => {
    const same = executions.running.filter(({ input }) => input.rollout === execution.input.rollout);
    cloud.watch(() => {
      const names = same.map(({ name }) => name);
      if (same.length > 1) throw new ViolationError([Rule.OneMachine, `${names} run at once`]);
    });
    execution.begin(definition, () => cloud.now(), spawn);
  });
  return executions;
};

export const openFunctions = (cloud: Cloud, definition: StateMachine) => {
  const { scheduler } = cloud;
  const dependencies = openDependencies(cloud);
  const judge = openJudge(cloud);
  const executions = openExecutions(cloud, definition);
  const machine = rolloutMachineOf(executions, scheduler.call);
  return {
    executions,
    deploy: (model: string, version: string, overrideGate: boolean, rivals?: string[]) =>
      scheduler.spawn('deploy', { kind: 'deploy' }, async () => {
        const request = { tenant, model, version, overrideGate, rivals, actor, reason, kind: RolloutKind.Manual };
        const rollout = await deployVersion(dependencies, request);
        await startMachine(machine, { tenant, model, rollout });
      }),
    rollOutTrained: (model: string, version: string) =>
      scheduler.spawn('roll out trained', { kind: 'trained' }, () =>
        rollOutTrained({ ...dependencies, machine }, { tenant, model, version, job: 'job_1' }),
      ),
    rollBackByHand: (model: string, from: string | undefined) =>
      scheduler.spawn('roll back by hand', { kind: 'by-hand', from }, () =>
        rollBackByHand(dependencies, { tenant, model, actor, reason, from }),
      ),
    answerApproval: (model: string, rollout: string, approve: boolean) =>
      scheduler.spawn('answer an approval', { kind: 'approval' }, () =>
        answerApproval(dependencies, { tenant, model, rollout, approve, reason, actor }),
      ),
    drill: (model: string) =>
      scheduler.spawn('drill', { kind: 'drill' }, async () => {
        const rollout = await beginDrill(dependencies, { tenant, model, actor, reason });
        await startMachine(machine, { tenant, model, rollout });
      }),
    drillWhatIsDue: () =>
      scheduler.spawn('drill what is due', { kind: 'drill' }, () => beginDueDrills({ ...dependencies, machine })),
    /** @param rollout - that the message is of */
    onAlarm: (message: string, rollout: string | undefined) =>
      scheduler.spawn('on alarm', { kind: 'alarm', rollout }, () => openAlarmRollback(dependencies)(message)),
    judge: (key: Omit<RolloutInput, 'attempt'>) => scheduler.spawn('judge', { kind: 'judge' }, () => judge(key)),
    reconcile: () =>
      scheduler.spawn('reconcile', { kind: 'reconcile' }, () => reconcileRollouts(dependencies.store, machine)),
  };
};
export type Functions = ReturnType<typeof openFunctions>;
