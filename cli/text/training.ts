/** A training, for a person: on its way, as it ends, and looked at afterwards. */
import type { Schemas } from '../../client/index.ts';
import { JobStatus } from '../../contracts/statuses.ts';
import type { Standing } from '../follow.ts';
import { bar } from './bar.ts';
import { columns } from './columns.ts';
import { chosenMetric, score } from './metrics.ts';
import { dollars, duration, signed } from './numbers.ts';
import { minute } from './page.ts';

type Job = Schemas['TrainingJob'];

const barWidth = 20;
const fieldsShown = 10;

/** The training program's words, without what it says again beside it. */
const wordsOf = (message: string): string => message.replace(/^Trial \d+: /, '').replace(/ \(\d+ s\)$/, '');

/** How a job stands: phase, trial and the best so far, or what it waits for. */
export const standingOf = ({ status, waiting, progress, recipe }: Job): Standing => {
  if (status !== JobStatus.Running || progress === undefined) {
    const next = waiting?.nextAttemptAt === undefined ? '' : ` Next attempt: ${minute(waiting.nextAttemptAt)} UTC.`;
    return { what: waiting === undefined ? status : `${status}: ${waiting.detail}${next}` };
  }
  const { phase, trial, best, message, secondsLeft } = progress;
  const known = [
    phase,
    ...(trial === undefined ? [] : [`trial ${trial}`]),
    ...(typeof best === 'number' ? [`best ${[score(best), recipe.metric].join(' ').trimEnd()}`] : []),
  ];
  return {
    what: `${known.join(', ')}: ${wordsOf(message)}`,
    left: secondsLeft === undefined ? undefined : `${duration(Math.round(secondsLeft))} left`,
  };
};

const holdoutText = ({ recipe, metrics }: Job): string | undefined => {
  const holdout = metrics?.holdout;
  if (holdout === undefined || holdout === null) return undefined;
  const [name, value] = chosenMetric(recipe.metric, holdout);
  return `${name} ${score(value)} on ${holdout.cases.toLocaleString('en')} held-out cases`;
};

const costText = ({ cost: { spent, estimated } }: Job): string => `${dollars(spent)} of at most ${dollars(estimated)}`;

const tookText = ({ seconds }: Job): string => (seconds === undefined ? '' : ` after ${duration(seconds)}`);

/** What the gate found against a version, a line for each check. */
export const gateText = ({ gate }: Pick<Schemas['Version'], 'gate'>): string[] =>
  gate.filter(({ passed }) => !passed).map(({ check, detail }) => `  ! gate, ${check}: ${detail}`);

/** What came of a training. */
export const endedText = (job: Job, version: Schemas['Version'] | undefined): string =>
  [
    `${job.id}: ${job.status}${tookText(job)}, ${costText(job)}`,
    ...(version === undefined
      ? []
      : [`  ${version.version}, ${version.status}: ${holdoutText(job) ?? 'it was measured on no held-out case'}`]),
    ...(version === undefined ? [] : gateText(version)),
    ...(version !== undefined && job.failure !== undefined ? [`  ! ${job.failure}`] : []),
  ].join('\n');

const parametersText = ({ name, metric, parameters }: Job['recipe']): string =>
  [
    name,
    ...(metric === undefined ? [] : [`by ${metric}`]),
    ...Object.entries(parameters).map(
      ([parameter, value]) => `${parameter} ${Array.isArray(value) ? value.join(' ') : value}`,
    ),
  ].join(', ');

const progressCells = (job: Job): string => {
  const { what, left } = standingOf(job);
  const words = `${what}${left === undefined ? '' : `, ${left}`}`;
  const { done, total } = job.progress ?? { done: 0, total: 0 };
  return total > 0 ? `${bar(done / total, barWidth)}  ${words}` : words;
};

const validationText = (metrics: Job['metrics']): string | undefined => {
  const validation = metrics?.crossValidation;
  if (validation === undefined || validation === null) return undefined;
  const { metric, mean, standardError, folds } = validation;
  const error = standardError === null ? '' : ` ± ${score(standardError)}`;
  return `${metric} ${score(mean)}${error} in ${folds} folds`;
};

/** The fields that matter most, by what is lost where their values are shuffled. */
const importanceLines = (metrics: Job['metrics']): string[] => {
  const fields = metrics?.importance?.slice(0, fieldsShown) ?? [];
  const largest = Math.max(...fields.map(({ mean }) => mean));
  if (fields.length === 0 || largest <= 0) return [];
  const rows = fields.map(({ field, mean }) => [`    ${field}`, signed(mean), bar(mean / largest, barWidth)]);
  return ['  what is lost where a field is shuffled', columns(rows, ['left', 'right'])];
};

const machineText = ({ instanceType, spot, runs }: Job): string =>
  `${instanceType}${spot ? ', spot' : ''}, ${runs === 1 ? '1 run' : `${runs} runs`}`;

/** One training, looked at: `logs` are the last lines of its program. */
export const jobText = (job: Job, { logs = false }: { readonly logs?: boolean | undefined } = {}): string => {
  const { id, status, version, trigger, reason, recipe, dataset, metrics, failure } = job;
  const isUnderWay = status === JobStatus.Running || status === JobStatus.Queued;
  const rows: (readonly [string, string | undefined])[] = [
    ['why', `${reason} (${trigger})`],
    ['recipe', parametersText(recipe)],
    ['machine', machineText(job)],
    ['cost', costText(job)],
    ['dataset', dataset],
    ['progress', isUnderWay ? progressCells(job) : undefined],
    ['holdout', holdoutText(job)],
    ['validation', validationText(metrics)],
    ['failure', failure],
  ];
  return [
    `${id}: ${status}${version === undefined ? '' : `, ${version}`}${tookText(job)}`,
    columns(rows.flatMap(([name, text]) => (text === undefined ? [] : [[`  ${name}`, text]]))),
    ...importanceLines(metrics),
    ...(logs ? (job.logs ?? []).map((line) => `  │ ${line}`) : []),
  ].join('\n');
};
