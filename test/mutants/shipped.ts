import { Rule } from '../protocol/monitor/rules.ts';
import { domain, edit, type Mutant, operations } from './mutant.ts';

/** What others shipped. */
export const shipped: readonly Mutant[] = [
  {
    name: 'an abort leaves the canary its weight',
    rules: [Rule.Weights],
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
    rules: [Rule.OwnPairs],
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
    rules: [Rule.Success],
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
    rules: [Rule.Weights],
    edits: [
      edit(`${domain}/changes/change.ts`, '(percent / 100) * wholeWeight', '(percent / 50) * wholeWeight'),
      edit(`${domain}/route.ts`, ' || all.reduce((sum, weight) => sum + weight, 0) > wholeWeight', ''),
    ],
  },
  {
    name: 'negative weights',
    rules: [Rule.Weights],
    edits: [
      edit(`${domain}/route.ts`, 'weight: challenger,', 'weight: challenger - 600,'),
      edit(`${domain}/route.ts`, 'const least = route.stage === preparing ? 0 : route.weight + 1;', 'const least = 0;'),
    ],
  },
  {
    name: 'a canary that was aborted by hand is resurrected by a judge that comes late',
    rules: [Rule.Finished],
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
    rules: [Rule.ReadyTargets],
    edits: [
      edit(
        `${operations}/deploy-version.ts`,
        'for (const servable of [challenger, ...rivals]) await verifyArtifact(objects, request.tenant, servable);',
        '',
      ),
    ],
  },
];
