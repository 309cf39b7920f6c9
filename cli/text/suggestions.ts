import type { Schemas } from '../../client/index.ts';
import { Severity } from '../../contracts/suggestions.ts';
import { columnsOfSentences } from './page.ts';

type Suggestions = Schemas['Suggestions'];

const marks: Readonly<Record<Severity, string>> = {
  [Severity.Error]: '✗',
  [Severity.Warning]: '!',
  [Severity.Note]: '·',
};

const options: Readonly<Record<string, string>> = {
  algorithms: '--algorithm',
  seconds: '--seconds',
  trials: '--trials',
};

const inShell = (text: string): string => (/^[\w.=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The command that trains by a recipe. */
const commandOf = ({ model, recipe: { metric, parameters } }: Suggestions): string =>
  [
    `relearn train ${model}`,
    ...(metric === undefined ? [] : [`--metric ${metric}`]),
    ...Object.entries(parameters).flatMap(([name, value]) => {
      const option = options[name];
      if (option !== undefined) return [value].flat().map((each) => `${option} ${each}`);
      return [`--parameter ${inShell(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)}`];
    }),
  ].join(' ');

const findingLines = (findings: Suggestions['findings']): string[] =>
  findings.length === 0
    ? ['nothing is wrong with them that could be found']
    : [
        'what is wrong, the gravest first',
        columnsOfSentences(
          findings.map(({ severity, kind, field, detail }) => [`  ${marks[severity]} ${kind}`, field ?? '', detail]),
        ),
      ];

/** What is wrong with the cases of a dataset, and how to train on it. */
export const suggestionsText = (given: Suggestions): string => {
  const { model, cases, of, dataset, findings, suggestions } = given;
  const looked = cases === of ? '' : `${cases.toLocaleString('en')} of `;
  return [
    `${model}: ${looked}${of.toLocaleString('en')} cases to train on, of ${dataset}`,
    ...findingLines(findings),
    'what is suggested',
    columnsOfSentences(
      suggestions.map(({ about, value, reason }) => [`  ${about}`, [value].flat().join(', '), reason]),
    ),
    `to train so: ${commandOf(given)}`,
  ].join('\n');
};
