/** The calls of the rollout path that `faults.test.ts` breaks, and the models that they are tried on. */
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { ulid } from 'ulid';
import { rollouts as routes } from '../../contracts/routes/index.ts';
import { planAlarms } from '../../functions/rollouts/domain/alarm-plan.ts';
import { openRolloutMachine, type RolloutMachine } from '../../functions/rollouts/machine.ts';
import { expectRollout } from '../../functions/rollouts/operations/end-rollout.ts';
import { callApi } from '../support/call-api.ts';
import { createWaitingMachine, executionArnOf } from './machines.ts';
import { keepTemplate, openScenes, type Scene, type Template } from './scenes.ts';
import { cases, type Deployed, noHoldback, type World } from './world.ts';

type Handlers = Awaited<ReturnType<typeof importHandlers>>;
type TemplateName = 'idle' | 'prepared' | 'decided' | 'ended' | 'asked' | 'promoted';

/** The functions of the rollout path, on an emulator. */
export interface Platform {
  readonly world: World;
  readonly machine: RolloutMachine;
  readonly machineArn: string;
  readonly handlers: Handlers;
}

const importHandlers = async () => ({
  api: (await import('../../functions/rollouts/api.ts')).handler,
  start: (await import('../../functions/rollouts/start-rollout.ts')).handler,
  begin: (await import('../../functions/rollouts/begin-rollout.ts')).handler,
  judge: (await import('../../functions/rollouts/judge-rollout.ts')).handler,
  end: (await import('../../functions/rollouts/end-rollout.ts')).handler,
  onAlarm: (await import('../../functions/rollouts/on-alarm.ts')).handler,
  reconcile: (await import('../../functions/rollouts/reconcile-rollouts.ts')).handler,
});

export const openPlatform = async (world: World): Promise<Platform> => {
  const machineArn = await createWaitingMachine();
  const { tableName, bucketName } = world.services;
  Object.assign(process.env, { TABLE_NAME: tableName, BUCKET_NAME: bucketName, ROLLOUT_MACHINE_ARN: machineArn });
  return { world, machine: openRolloutMachine(machineArn), machineArn, handlers: await importHandlers() };
};

const task = ({ tenant, model, rollout }: Scene) => ({ tenant, model, rollout, attempt: 1 });

/** Brings a rollout to its end, if it has none yet: the machine's last steps. */
export const finish = async ({ world, handlers }: Platform, given: Scene): Promise<void> => {
  const { tenant, model } = given;
  const [newest] = await world.store.list(tenant, model, 1);
  if (newest === undefined || !newest.open) return;
  const input = task({ ...given, rollout: newest.id });
  await handlers.end({ ...input, error: { Error: 'Test' } });
  const { status } = await handlers.end({ ...input, alarmsDeleted: true });
  const route = await world.store.route(tenant, model);
  if (status === 'running' || route?.rollout !== undefined) {
    throw new Error(`Expected ${newest.id} to end, found it ${status}, and ${route?.rollout} on the route.`);
  }
};

const policy = {
  margin: 0.2,
  promotionAlpha: 0.2,
  minimumPairs: 20,
  holdback: noHoldback,
  stages: [{ name: 'canary', weight: 20, minimumSeconds: 0, minimumPairs: 20 }],
};

/** Models brought to the places from which the calls are tried. */
const makeTemplates = async (platform: Platform, scene: ReturnType<typeof openScenes>) => {
  const { world, handlers } = platform;
  const begin = async (more: object = {}) => {
    const deployed = await world.begin({ ...policy, ...more });
    const version = await deployed.version(1, 'logistic');
    return { deployed, version };
  };
  const keyOf = ({ tenant, model }: Deployed, rollout: string) => ({ tenant, model, rollout, attempt: 1 });
  const served = await begin();
  const idle = await keepTemplate(world, { ...served.deployed, rollout: 'none' });

  const roll = async (more: object = {}) => {
    const { deployed, version } = await begin(more);
    const { id } = await deployed.deploy(version);
    // What a stale read of the alarms will answer: that there are none.
    await world.alarms.report(planAlarms(await expectRollout(world.store, keyOf(deployed, id))));
    await world.cloudWatch.make(id);
    await world.cloudWatch.see(id, [0]);
    return { deployed, id, keep: () => keepTemplate(world, { ...deployed, rollout: id }) };
  };
  const rolling = await roll();
  const prepared = await rolling.keep();
  await handlers.judge(keyOf(rolling.deployed, rolling.id));
  await rolling.deployed.seal(cases(25));
  const decided = await rolling.keep();
  await handlers.end({ ...keyOf(rolling.deployed, rolling.id), error: { Error: 'Test' } });
  const ended = await rolling.keep();

  await handlers.end({ ...keyOf(rolling.deployed, rolling.id), alarmsDeleted: true });

  const asking = await roll({ approval: { expiresSeconds: 86_400 } });
  await handlers.judge(keyOf(asking.deployed, asking.id));
  await asking.deployed.seal(cases(25));
  await handlers.judge(keyOf(asking.deployed, asking.id));
  const asked = await asking.keep();
  await finish(platform, { ...asking.deployed, rollout: asking.id });

  const promoting = await scene(decided);
  await handlers.judge(task(promoting));
  await handlers.end({ ...task(promoting), alarmsDeleted: true });
  const promoted = await keepTemplate(world, promoting);
  return { idle, prepared, decided, ended, asked, promoted } satisfies Record<TemplateName, Template>;
};

/** @returns sets the scene of a trial: a model of its own, brought to where the call is made */
export const openTrials = async (platform: Platform) => {
  const scene = openScenes(platform.world);
  const templates = await makeTemplates(platform, scene);
  return async ({ template, starts = false, prepare }: Trial): Promise<Scene> => {
    const kept = templates[template];
    const given = await (starts ? scene(kept, `rol_${ulid()}`, true) : scene(kept));
    await prepare?.(given, platform);
    return given;
  };
};

/** What a call of the rollout path is tried with. */
export interface Trial {
  readonly template: TemplateName;
  /** What has happened before. */
  readonly prepare?: (scene: Scene, platform: Platform) => Promise<unknown>;
  readonly act: (scene: Scene, platform: Platform) => Promise<unknown>;
  /** What the platform, or whoever called, does next. @default calls again */
  readonly recover?: (scene: Scene, platform: Platform) => Promise<unknown>;
  /** Whether a machine is started, so that the rollout needs an id of its own. */
  readonly starts?: boolean;
  /** Its calls that a stale answer can come to: of the index, of the alarms, of an execution. @default 0 */
  readonly staleReads?: number;
  readonly expected: object;
}

/** A call of the API; one that a defect of the platform failed is told apart from one that was refused. */
const call = async (...given: Parameters<typeof callApi>): Promise<unknown> => {
  const answer = await callApi(...given);
  if (answer.status >= 500) throw new Error(`answered ${answer.status}`);
  return answer.status;
};
const deploy = ({ model }: Scene, { handlers }: Platform) =>
  call(handlers.api, routes.postRollout, { path: { model }, body: { version: 'v1.1.0', reason: 'to see' } });
const drill = ({ model }: Scene, { handlers }: Platform) =>
  call(handlers.api, routes.postDrill, { path: { model }, body: {} });
const goBack = ({ model }: Scene, { handlers }: Platform) =>
  call(handlers.api, routes.postRollback, { path: { model }, body: { reason: 'to see', from: 'v1.1.0' } });
const judge = (given: Scene, { handlers }: Platform) => handlers.judge(task(given));
const reconcile = (_: Scene, { handlers }: Platform) => handlers.reconcile();

const promoted = { champion: 'v1.1.0', status: 'promoted', end: 'verdict', statuses: ['retired', 'champion'] };
const restored = (end: string, status = 'rolled-back', version = status) => ({
  champion: 'v1.0.0',
  status,
  end,
  statuses: ['champion', version],
});
const begun = { champion: 'v1.0.0', challenger: 'v1.1.0', status: 'running', machine: 'running' };

export const trials: Readonly<Record<string, Trial>> = {
  'a deployment': {
    template: 'idle',
    act: deploy,
    recover: async (...given) => {
      await deploy(...given);
      await reconcile(...given);
    },
    expected: { ...begun, audit: ['rollout-started'] },
  },
  'a rollout of what was trained': {
    template: 'idle',
    act: ({ tenant, model }, { handlers }) => {
      const registered = { version: 'v1.1.0', passed: true, rollOut: true };
      return handlers.start({ tenant, model, job: `job_${ulid()}`, attempt: 1, rollOut: true, registered });
    },
    expected: { ...begun, audit: ['rollout-started'] },
  },
  'the beginning of a machine': {
    template: 'prepared',
    act: (given, { handlers }) => handlers.begin(task(given)),
    expected: { champion: 'v1.0.0', challenger: 'v1.1.0', status: 'running', stages: [] },
  },
  'a judgement that enters a stage': {
    template: 'prepared',
    act: judge,
    staleReads: 1,
    expected: { challenger: 'v1.1.0', weight: 2000, stages: ['canary'], audit: ['stage-entered'] },
  },
  'a judgement that promotes': {
    template: 'decided',
    act: judge,
    staleReads: 1,
    expected: { ...promoted, pairs: 25, audit: ['rollout-ended'] },
  },
  'an end by an error': {
    template: 'decided',
    act: (given, { handlers }) => handlers.end({ ...task(given), error: { Error: 'Test' } }),
    expected: { ...restored('error', 'expired', 'staging'), audit: ['rollout-ended'] },
  },
  'a closing': {
    template: 'ended',
    act: (given, { handlers }) => handlers.end({ ...task(given), alarmsDeleted: true }),
    expected: { ...restored('error', 'expired', 'staging'), open: false, audit: [] },
  },
  'a rollback by alarm': {
    template: 'decided',
    act: ({ rollout }, { handlers }) => {
      const Message = JSON.stringify({ AlarmName: `relearn-${rollout}-failing`, NewStateValue: 'ALARM' });
      return handlers.onAlarm({ Records: [{ Sns: { Message } }] } as never);
    },
    expected: { ...restored('alarm'), audit: ['rolled-back'] },
  },
  'a rollback by hand': {
    template: 'decided',
    act: goBack,
    expected: { ...restored('by-hand'), audit: ['rolled-back'] },
  },
  'an approval': {
    template: 'asked',
    act: ({ model, rollout }, { handlers }) => {
      const body = { approve: true, reason: 'to see' };
      return call(handlers.api, routes.postApproval, { path: { model, rollout }, body });
    },
    expected: { status: 'running', approved: true, audit: ['rollout-approved'] },
  },
  'a reconciliation that starts a machine': {
    template: 'prepared',
    starts: true,
    act: reconcile,
    staleReads: 1,
    expected: { status: 'running', machine: 'running', attempt: 1 },
  },
  'a reconciliation that starts the next attempt': {
    template: 'prepared',
    starts: true,
    prepare: async (given, { machine, machineArn }) => {
      await machine.start(task(given));
      // What a stale read of the execution will answer: that it runs.
      await machine.stateOf(task(given));
      const executionArn = executionArnOf(machineArn, given.rollout);
      await new SFNClient({}).send(new StopExecutionCommand({ executionArn }));
    },
    act: reconcile,
    staleReads: 2,
    expected: { status: 'running', machine: 'running', attempt: 2 },
  },
  'a rollback to the champion before': {
    template: 'promoted',
    act: goBack,
    expected: { champion: 'v1.0.0', previous: [], statuses: ['champion', 'rolled-back'], audit: ['rolled-back'] },
  },
  'a drill': {
    template: 'promoted',
    act: drill,
    recover: async (...given) => {
      await drill(...given);
      await reconcile(...given);
    },
    expected: { champion: 'v1.1.0', challenger: 'v1.0.0', weight: 0, rollouts: 3, statuses: ['retired', 'champion'] },
  },
};
