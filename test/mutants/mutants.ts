import type { Edit } from '../protocol/build.ts';

/** A defect that the protocol check has to find. */
export interface Mutant {
  readonly name: string;
  /** The rule of DESIGN.md, section 8, that it breaks. */
  readonly rule: string;
  readonly edits: readonly Edit[];
}

const domain = 'functions/rollouts/domain';
const operations = 'functions/rollouts/operations';
const store = 'functions/rollouts/store';

const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace });

/** What others shipped, as DESIGN.md lists it. */
const shipped: readonly Mutant[] = [
  {
    name: 'an abort leaves the canary its weight',
    rule: 'I2',
    edits: [
      edit(
        `${domain}/route.ts`,
        '  champion: route.champion,\n  weight: 0,\n  salt: route.salt,\n  previous: route.previous,\n',
        '  ...route,\n',
      ),
    ],
  },
  {
    name: "a new version inherits the old one's validation",
    rule: 'I8',
    edits: [
      edit(
        `${operations}/begin-evidence.ts`,
        'const state = startPairedProcess(paired);',
        'const old = (await dependencies.versions.get(tenant, model.name, champion.version))?.rollout;\n' +
          "    const state = (await (dependencies as any).evidence.get(tenant, model.name, old ?? ''))?.state ?? startPairedProcess(paired);",
      ),
    ],
  },
  {
    name: 'success is reported without promotion: the last stage is not all, and never grows further',
    rule: 'I9',
    edits: [
      edit(
        `${domain}/changes/end.ts`,
        'route: routes.promote(route, rollout.id, occasion, version),',
        'route: route.weight < 8000 ? routes.restoreBase(route, rollout.id, occasion) : routes.promote(route, rollout.id, occasion, version),',
      ),
    ],
  },
  {
    name: 'weights above 100%',
    rule: 'I2',
    edits: [edit(`${domain}/changes/change.ts`, '(percent / 100) * wholeWeight', '(percent / 50) * wholeWeight')],
  },
  {
    name: 'negative weights',
    rule: 'I2',
    edits: [
      edit(`${domain}/route.ts`, 'weight: challenger,', 'weight: challenger - 600,'),
      edit(`${domain}/route.ts`, 'const least = route.stage === preparing ? 0 : route.weight + 1;', 'const least = 0;'),
    ],
  },
  {
    name: 'a canary that was aborted by hand is resurrected by a judge that comes late',
    rule: 'I4',
    edits: [
      edit(
        `${operations}/judge-rollout.ts`,
        'if (isFinishedRollout(rollout.status)) return',
        "if (isFinishedRollout(rollout.status) && rollout.end !== 'by-hand') return",
      ),
      edit(
        `${operations}/judge-rollout.ts`,
        'if (!isRouteOf(route, rollout)) return undefined;',
        'if (route === undefined || (route.rollout !== undefined && !isRouteOf(route, rollout))) return undefined;',
      ),
      edit(`${domain}/changes/change.ts`, 'if (isFinishedRollout(rollout.status)) throw tooLate(rollout);', ''),
      edit(
        `${domain}/route.ts`,
        '  assertCarries(route, rollout);\n  const least',
        '  if (route.rollout === undefined) return { ...route, challenger: route.champion, rollout, weight: stage.weight, stage: stage.name, ...changed(route, at) };\n  const least',
      ),
    ],
  },
  {
    name: 'traffic is moved before the target is ready',
    rule: 'I3',
    edits: [
      edit(
        `${operations}/deploy-version.ts`,
        'for (const servable of [challenger, ...rivals]) await verifyArtifact(objects, request.tenant, servable);',
        '',
      ),
    ],
  },
];

const others: readonly Mutant[] = [
  {
    name: 'a rollback restores another champion than the recorded base',
    rule: 'I7',
    edits: [
      edit(
        `${domain}/route.ts`,
        '  champion: route.champion,\n  weight: 0,\n  salt: route.salt,\n  previous: route.previous,\n',
        '  champion: route.previous[0] ?? route.champion,\n  weight: 0,\n  salt: route.salt,\n  previous: route.previous,\n',
      ),
    ],
  },
  {
    name: 'an alarm acts on whichever rollout runs',
    rule: 'I6',
    edits: [
      edit(
        `${operations}/roll-back-by-alarm.ts`,
        'await endRollout(dependencies, key, actor,',
        'await endRollout(dependencies, { ...key, rollout: (await store.route(owner.tenant, owner.model))?.rollout ?? id }, actor,',
      ),
    ],
  },
  {
    name: 'promotion without the minimum sample',
    rule: 'I8',
    edits: [edit(`${domain}/verdict.ts`, 'promotable && pairs >= policy.minimumPairs', 'promotable')],
  },
  {
    name: 'a stage ends without its own samples',
    rule: 'I8',
    edits: [edit(`${domain}/stages.ts`, '[stageSamples >= samples,', '[stageSamples >= 0,')],
  },
  {
    name: 'a change is stored without the condition on the revision of the route',
    rule: 'I2',
    edits: [
      edit(
        `${store}/commit-change.ts`,
        'on.routes\n              .put(item)\n              .where(({ revision }, { eq }) => eq(revision, item.revision - 1))\n',
        'on.routes\n              .put(item)\n',
      ),
    ],
  },
  {
    name: 'a judgement is stored on statistics that have moved on',
    rule: 'I8',
    edits: [edit(`${store}/commit-change.ts`, 'basis.evidence?.kind === kind ? [basis.evidence.version] : []', '[]')],
  },
  {
    name: 'two judges count the same cases',
    rule: 'I8',
    edits: [
      edit(`${store}/evidence-store.ts`, '.where(({ version }, { eq }) => eq(version, next.version - 1))', ''),
      edit(`${store}/evidence-store.ts`, 'entities.blocks.create(', 'entities.blocks.put('),
    ],
  },
  {
    name: 'rollback by hand is not idempotent',
    rule: 'I9',
    edits: [
      edit(
        `${operations}/roll-back.ts`,
        'const route = await expectRoute(store, tenant, model);\n    if (!isServed(route, from)) {',
        'const route = await expectRoute(store, tenant, model);\n    if (!isServed(route, from) && route.previous.length === 0) {',
      ),
    ],
  },
  {
    name: 'a rollout is closed before its alarms are deleted',
    rule: 'I6',
    edits: [edit('statemachines/rollouts/rollout.asl.json', '"Default": "DeleteAlarms"', '"Default": "CloseRollout"')],
  },
  {
    name: 'a stage is entered before the alarms exist',
    rule: 'I6',
    edits: [edit(`${domain}/stages.ts`, "health === AlarmHealth.Missing ? ['its alarms do not exist yet'] : []", '[]')],
  },
  {
    name: 'reconciliation starts a second machine',
    rule: 'I9',
    edits: [edit(`${operations}/reconcile-rollouts.ts`, 'if (state === AttemptState.Running) return false;', '')],
  },
  {
    name: 'reconciliation takes a stale index for the truth',
    rule: 'I11',
    edits: [
      edit(
        `${operations}/reconcile-rollouts.ts`,
        'if (state === AttemptState.Absent) {\n    await machine.start(input);\n    return true;\n  }\n',
        'if (state === AttemptState.Absent) return false;\n',
      ),
    ],
  },
  {
    name: 'promotion without the approval that the policy asks for',
    rule: 'I8',
    edits: [edit(`${domain}/approval.ts`, 'policy.approval !== undefined && approval === undefined', 'false')],
  },
  {
    name: 'rewards are counted twice',
    rule: 'I8',
    edits: [edit(`${operations}/gather-randomised.ts`, 'cursor: counted.until,', 'cursor: read.cursor,')],
  },
];

export const mutants: readonly Mutant[] = [...shipped, ...others];
