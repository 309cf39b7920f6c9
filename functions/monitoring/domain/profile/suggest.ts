import { Metric, type ModelSchema, type Recipe, Task } from '../../../../contracts/model.ts';
import {
  type Finding,
  FindingKind,
  Severity,
  type Suggestion,
  type Suggestions,
} from '../../../../contracts/suggestions.ts';
import { findGroups, findRepetitions, findShortages } from './case-findings.ts';
import type { Census } from './census.ts';
import { findDrift, findDriftOfReceipt } from './drift.ts';
import { findComplements, findIdentifiers, findLeaks, findLeaksOfOneClass } from './field-findings.ts';
import { FieldType, type MeasuredField, measureFields, momentsOf, presentField } from './fields.ts';
import { findKnownAfterwards } from './known-afterwards.ts';
import type { Observation } from './observation.ts';
import { findOddValues, outliersOf, strongSkew } from './odd-values.ts';

/** What suggestions are made from. */
export interface Examined {
  readonly task: Task;
  readonly schema: ModelSchema;
  /** Cases that may be trained on, or some of them by chance; at least one. */
  readonly train: readonly Observation[];
  /** Of all cases. */
  readonly census: Census;
}

type Advice = Pick<Suggestions, 'cases' | 'of' | 'fields' | 'findings' | 'suggestions' | 'recipe'>;

const gravity: readonly Severity[] = [Severity.Error, Severity.Warning, Severity.Note];

const findAll = ({ task, schema, train, census }: Examined, fields: readonly MeasuredField[]): Finding[] => {
  const leaks = findLeaks(fields, task);
  const afterwards = findKnownAfterwards(fields);
  const identifiers = findIdentifiers(fields, train.length, task);
  const named = new Set([...leaks, ...afterwards, ...identifiers].flatMap(({ field }) => field ?? []));
  const timestamps = fields.filter(({ type }) => type === FieldType.Timestamp);
  const found = [
    ...leaks,
    ...findLeaksOfOneClass(fields, named),
    ...findComplements(fields, leaks, train),
    ...afterwards,
    ...identifiers,
    ...findShortages(schema, census, fields.length),
    ...findRepetitions(census),
    ...findOddValues(fields, train.length),
    ...findGroups(census),
    ...(timestamps.length === 0
      ? findDriftOfReceipt(train)
      : timestamps.flatMap(({ field, numbers = [] }) => findDrift(train, numbers, field))),
  ];
  return found.sort((a, b) => gravity.indexOf(a.severity) - gravity.indexOf(b.severity));
};

const has = (findings: readonly Finding[], kind: FindingKind): Finding | undefined =>
  findings.find((finding) => finding.kind === kind);

const many = 20_000;
const few = 300;

/** It is not among the algorithms: without PyTorch, as it is set up by default, it is left out. */
const network =
  'A network may add to them where PyTorch is installed (`npm run set-up -- torch`; on AWS the image has it): allow `network` too.';

const suggestAlgorithms = (cases: number, fields: readonly MeasuredField[]): Suggestion => {
  const text = fields.some(({ type }) => type === FieldType.Text);
  const about = 'algorithms';
  if (text) {
    return {
      about,
      value: ['linear', 'lightgbm', 'xgboost'],
      reason: `There is a text field: linear models do well on words, boosted trees on what words and numbers say together. ${network}`,
    };
  }
  if (cases < few) {
    return {
      about,
      value: ['linear', 'random-forest', 'extra-trees', 'xgboost'],
      reason: `${cases} cases are few: simple and averaged models vary least.`,
    };
  }
  if (cases > many) {
    return {
      about,
      value: ['lightgbm', 'xgboost', 'extra-trees', 'linear'],
      reason: `${cases} cases are many: boosted trees learn the most in the time, and the others add to the ensemble. ${network}`,
    };
  }
  return {
    about,
    value: ['linear', 'random-forest', 'extra-trees', 'xgboost', 'lightgbm'],
    reason: `Nothing speaks against any of them; the ensemble of the best is usually ahead of each. ${network}`,
  };
};

const suggestMetricOfNumbers = (train: readonly Observation[]): Suggestion => {
  const labels = train.flatMap(({ label }) => (typeof label === 'number' ? label : []));
  const isUneven = outliersOf(labels) > 0 || Math.abs(momentsOf(labels).skewness ?? 0) >= strongSkew;
  return isUneven
    ? {
        about: 'metric',
        value: Metric.MeanAbsoluteError,
        reason: 'There are labels far out: the mean absolute error does not let a few of them decide.',
      }
    : {
        about: 'metric',
        value: Metric.RootMeanSquaredError,
        reason: 'It punishes large errors most, and is in the unit of the label.',
      };
};

const suggestMetric = ({ task, schema, train }: Examined, findings: readonly Finding[]): Suggestion => {
  const about = 'metric';
  if (task === Task.TabularRegression) return suggestMetricOfNumbers(train);
  if (has(findings, FindingKind.Imbalance) !== undefined) {
    return {
      about,
      value: Metric.BalancedAccuracy,
      reason:
        'It is the mean share of each class that is found, so a rare class counts like the others, and thresholds can be tuned by it. Where a false alarm costs as much as a miss, choose by f1.',
    };
  }
  const classes = schema.label.type === 'category' ? schema.label.classes.length : 0;
  return classes > 2
    ? {
        about,
        value: Metric.LogLoss,
        reason: `With ${classes} classes it tells more of each case than whether it was right, so that fewer cases decide.`,
      }
    : {
        about,
        value: Metric.RocAuc,
        reason: 'It orders candidates by how well they tell the classes apart, whatever the threshold.',
      };
};

/** Seconds that fits of the portfolio take on two processors, by a rule of thumb: a second, and one more for 20,000 values. */
const suggestBudget = (cases: number, fields: number): Suggestion => {
  const seconds = Math.min(3600, Math.max(60, Math.round((cases * fields) / 20_000 / 10) * 10));
  return {
    about: 'budget',
    value: seconds,
    reason: `${cases} cases with ${fields} fields: time for the portfolio in five folds, and a search about as long.`,
  };
};

const suggestRest = (
  examined: Examined,
  findings: readonly Finding[],
  fields: readonly MeasuredField[],
): Suggestion[] => {
  const { task, census } = examined;
  const drift = findings.find(({ kind, field }) => kind === FindingKind.Drift && field !== undefined);
  const imbalance = has(findings, FindingKind.Imbalance);
  const dropped = findings.filter(
    ({ severity, field, kind }) => field !== undefined && severity !== Severity.Note && kind !== FindingKind.Constant,
  );
  const slices = fields.filter(
    ({ type, distinct }) =>
      (type === FieldType.Category || type === FieldType.Boolean) && distinct >= 2 && distinct <= 8,
  );
  const classification = task === Task.TabularClassification;
  return [
    ...(drift?.field === undefined
      ? [
          {
            about: 'validation' as const,
            value: 'grouped',
            reason:
              has(findings, FindingKind.Groups)?.detail ??
              'Cases are taken to come in any order; subjects are never divided.',
          },
        ]
      : [{ about: 'validation' as const, value: drift.field, reason: drift.detail }]),
    ...(classification && imbalance !== undefined
      ? [
          {
            about: 'threshold' as const,
            value: 'auto',
            reason:
              'The most probable class is seldom a rare one: decision weights are tuned by the metric, which has to judge labels as this one does.',
          },
        ]
      : []),
    ...(classification && census.train >= 500
      ? [
          {
            about: 'calibration' as const,
            value: 'auto',
            reason: 'There are cases enough to make probabilities honest.',
          },
        ]
      : []),
    ...(dropped.length > 0
      ? [
          {
            about: 'fields' as const,
            value: [...new Set(dropped.flatMap(({ field }) => field ?? []))],
            reason: 'Look at these before you train: what was found of each is among the findings.',
          },
        ]
      : []),
    ...(slices.length > 0
      ? [
          {
            about: 'slices' as const,
            value: slices.slice(0, 5).map(({ field }) => field),
            reason: 'Few values each: metrics by them show whom a model serves badly.',
          },
        ]
      : []),
  ];
};

const recipeOf = (suggestions: readonly Suggestion[]): Recipe => {
  const suggested = (about: Suggestion['about']): Suggestion['value'] | undefined =>
    suggestions.find((suggestion) => suggestion.about === about)?.value;
  const [algorithms, seconds, order] = [suggested('algorithms'), suggested('budget'), suggested('validation')];
  const [calibration, threshold] = [suggested('calibration'), suggested('threshold')];
  return {
    name: 'tabular',
    metric: suggested('metric') as Metric,
    parameters: {
      ...(Array.isArray(algorithms) ? { algorithms } : {}),
      ...(typeof seconds === 'number' ? { seconds } : {}),
      ...(typeof order === 'string' && order !== 'grouped' ? { order } : {}),
      ...(typeof calibration === 'string' ? { calibration } : {}),
      ...(typeof threshold === 'string' ? { threshold } : {}),
    },
  };
};

/** Says what is wrong with the cases of a dataset, and how to train on it, each with its reason. */
export const suggest = (examined: Examined): Advice => {
  const fields = measureFields(examined.schema, examined.train);
  const findings = findAll(examined, fields);
  const suggestions = [
    suggestAlgorithms(examined.census.train, fields),
    suggestMetric(examined, findings),
    suggestBudget(examined.census.train, fields.length),
    ...suggestRest(examined, findings, fields),
  ];
  return {
    cases: examined.train.length,
    of: examined.census.train,
    fields: fields.map(presentField),
    findings,
    suggestions,
    recipe: recipeOf(suggestions),
  };
};
