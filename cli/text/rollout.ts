import type { Schemas } from '../../client/index.ts';
import { Strategy } from '../../contracts/rollout-policy.ts';
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

const stageRows = ({ stages, policy, status, strategy = policy.strategy }: Rollout): string[][] => {
  const running = !isFinishedRollout(status);
  // Only a canary walks the stages of its policy.
  const ahead = running && strategy === Strategy.Canary ? policy.stages.slice(stages.length) : [];
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
