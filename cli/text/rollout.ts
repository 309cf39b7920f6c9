import type { Schemas } from '../../client/index.ts';
import { holdbackWeight, Strategy } from '../../contracts/rollout-policy.ts';
import { RolloutKind } from '../../contracts/rollouts.ts';
import { holdbackStage } from '../../contracts/stage-names.ts';
import { isFinishedRollout } from '../../contracts/statuses.ts';
import { bar } from './bar.ts';
import { columns } from './columns.ts';
import { evidenceLines } from './evidence.ts';
import { duration, percent, short } from './numbers.ts';

type Rollout = Schemas['Rollout'];
type Stage = Rollout['stages'][number];

const barWidth = 20;

const samplesOf = ({ pairs, units }: Stage): string => (units === undefined ? `${pairs} pairs` : `${units} units`);

/** A stage that was entered; the last one of a running rollout is where it stands. */
const enteredRow = (stage: Stage, isPresent: boolean): string[] => [
  isPresent ? '▶' : '✓',
  stage.name,
  `${stage.weight}%`,
  bar(stage.weight / 100, barWidth),
  stage.seconds === undefined ? '' : duration(stage.seconds),
  samplesOf(stage),
  stage.verdict,
];

/** The stage after the policy's own, where there is one. */
const holdbackOf = (policy: Rollout['policy']): { name: string; weight: number }[] => {
  const weight = holdbackWeight(policy);
  return weight === undefined ? [] : [{ name: holdbackStage, weight }];
};

/** Stages that a running rollout has not entered yet: only a canary's are known, and nobody is served by a drill. */
const stagesAhead = ({ kind, stages, policy, strategy = policy.strategy }: Rollout) =>
  kind === RolloutKind.Drill || strategy !== Strategy.Canary
    ? []
    : [...policy.stages, ...holdbackOf(policy)].slice(stages.length);

const stageRows = (rollout: Rollout): string[][] => {
  const { stages, status } = rollout;
  const running = !isFinishedRollout(status);
  const ahead = running ? stagesAhead(rollout) : [];
  return [
    ...stages.map((stage, index) => enteredRow(stage, running && index === stages.length - 1)),
    ...ahead.map(({ name, weight }) => ['·', name, `${weight}%`, bar(weight / 100, barWidth)]),
  ];
};

const headline = ({ id, version, base, status, end, seconds }: Rollout): string => {
  const whom = base === undefined ? '' : ` against ${base}`;
  const took = seconds === undefined ? '' : ` after ${duration(seconds)}`;
  return `${id}: ${version}${whom}, ${status}${end === undefined ? '' : ` (${end})`}${took}`;
};

const banditRows = ({ bandit }: Rollout): string[] =>
  bandit === undefined
    ? []
    : [
        columns(
          bandit.arms.map(({ version, weight, units, meanReward, chanceOfBeingBest }) => [
            `  ${version}`,
            `${weight}%`,
            `${units} units`,
            `mean reward ${short(meanReward)}`,
            `best with a chance of ${percent(chanceOfBeingBest)}`,
          ]),
        ),
        `  ${bandit.statement}`,
      ];

/** A rollout, drawn for a person: its stages, and its evidence on the way to the thresholds. */
export const rolloutText = (rollout: Rollout): string => {
  const { reason, endReason, verdict, waitsFor, approval, failures } = rollout;
  const rows = stageRows(rollout);
  const awaited = approval !== undefined && approval.decidedAt === undefined;
  return [
    headline(rollout),
    `  ${reason}`,
    ...(rows.length === 0 ? [] : [columns(rows.map(([mark = '', ...cells]) => [`  ${mark}`, ...cells]))]),
    ...evidenceLines(verdict),
    ...banditRows(rollout),
    ...(failures === 0 ? [] : [`  ${failures} cases on which the challenger failed`]),
    ...(waitsFor === undefined ? [] : [`  waits: ${waitsFor}`]),
    ...(awaited ? [`  an operator may approve it until ${approval.expiresAt}`] : []),
    ...(endReason === undefined ? [] : [`  ${endReason}`]),
  ].join('\n');
};
