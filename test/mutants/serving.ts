import { Rule } from '../protocol/monitor/rules.ts';
import { domain, edit, type Mutant, operations, store } from './mutant.ts';

/** Of I1 to I7 and I10: what serves, the weights, the alarms and the way back. */
export const serving: readonly Mutant[] = [
  {
    name: 'a promotion leaves the champion before its status',
    rules: [Rule.OneChampion],
    edits: [
      edit(`${domain}/changes/end.ts`, '    { version: route.champion.version, to: VersionStatus.Retired },\n', ''),
    ],
  },
  {
    name: 'a change is stored without the condition on the revision of the route',
    rules: [Rule.Weights],
    edits: [
      edit(
        `${store}/commit-change.ts`,
        'on.routes\n              .put(item)\n              .where(({ revision }, { eq }) => eq(revision, item.revision - 1))\n',
        'on.routes\n              .put(item)\n',
      ),
    ],
  },
  {
    name: 'the holdback gives the challenger what it is to hold back',
    rules: [Rule.Monotone],
    edits: [
      edit(`${domain}/strategy.ts`, 'timed(holdbackStage, weight, ', 'timed(holdbackStage, holdback.percent, '),
      edit(`${domain}/route.ts`, 'const least = route.stage === preparing ? 0 : route.weight + 1;', 'const least = 0;'),
    ],
  },
  {
    name: 'an alarm acts on whichever rollout runs',
    rules: [Rule.OwnAlarm],
    edits: [
      edit(
        `${operations}/roll-back-by-alarm.ts`,
        'await endRollout(dependencies, key, actor,',
        'await endRollout(dependencies, { ...key, rollout: (await store.route(owner.tenant, owner.model))?.rollout ?? id }, actor,',
      ),
    ],
  },
  {
    name: 'a rollout is closed before its alarms are deleted',
    rules: [Rule.Guarded],
    edits: [edit('statemachines/rollouts/rollout.asl.json', '"Default": "DeleteAlarms"', '"Default": "CloseRollout"')],
  },
  {
    name: 'a stage is entered before the alarms exist',
    rules: [Rule.Guarded],
    edits: [edit(`${domain}/stages.ts`, "health === AlarmHealth.Missing ? ['its alarms do not exist yet'] : []", '[]')],
  },
  {
    name: 'the guards of a rollout are deleted, and what is under them is left',
    rules: [Rule.Guarded],
    edits: [
      edit(`${operations}/name-alarms.ts`, 'alarmNames: [...names]', 'alarmNames: guards.map(({ name }) => name)'),
    ],
  },
  {
    name: 'a rollback restores another champion than the recorded base',
    rules: [Rule.RecordedBase],
    edits: [
      edit(
        `${domain}/route.ts`,
        '  champion: route.champion,\n  weight: 0,\n  salt: route.salt,\n  previous: route.previous,\n',
        '  champion: route.previous[0] ?? route.champion,\n  weight: 0,\n  salt: route.salt,\n  previous: route.previous,\n',
      ),
    ],
  },
  {
    name: 'a rollout is promoted by what a later policy says of approvals',
    rules: [Rule.FixedAtBegin],
    edits: [
      edit(
        `${operations}/judge-rollout.ts`,
        'const rollout = await expectRollout(dependencies.store, key);',
        'const kept = await expectRollout(dependencies.store, key);\n' +
          '    const present = await dependencies.models.get(key.tenant, key.model);\n' +
          '    const rollout = { ...kept, policy: { ...kept.policy, approval: present?.policies.rollout.approval } };',
      ),
    ],
  },
  {
    name: 'a champion is kept without what it needs to serve again',
    rules: [Rule.Answered],
    edits: [
      edit(`${domain}/route.ts`, 'const kept = [route.champion, ', 'const kept = [{ ...route.champion, bytes: 0 }, '),
    ],
  },
  {
    name: 'a switch skips a revision of the route',
    rules: [Rule.Answered],
    edits: [
      edit(
        `${domain}/route.ts`,
        'champion, previous, revision: route.revision + 1,',
        'champion, previous, revision: route.revision + 2,',
      ),
      edit(
        `${store}/commit-change.ts`,
        'on.routes\n              .put(item)\n              .where(({ revision }, { eq }) => eq(revision, item.revision - 1))\n',
        'on.routes\n              .put(item)\n              .where(({ revision }, { lt }) => lt(revision, item.revision))\n',
      ),
    ],
  },
];
