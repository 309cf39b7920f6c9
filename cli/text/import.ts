import { type KeptOut, keptOutText } from '../import/examine-rows.ts';
import type { Guess } from '../import/guess-declaration.ts';
import type { GuessedField } from '../import/guess-field.ts';
import type { Sent } from '../import/send-cases.ts';
import { columns } from './columns.ts';

const describeField = ({ field }: GuessedField): string => {
  if (field.kind === 'identifier') return 'left out';
  return field.kind === 'feature' ? field.type : field.kind;
};

/** What a file was taken for, for a person to confirm. */
export const guessText = ({ declaration, fields, label, rows }: Guess): string => {
  const { declared } = label;
  const target =
    declared.type === 'number'
      ? `a number; an answer counts as right within ±${declared.tolerance}`
      : `${declared.classes.length} classes: ${declared.classes.slice(0, 5).join(', ')}${declared.classes.length > 5 ? ' …' : ''}`;
  const table = columns([
    ['column', 'field', 'is', 'because'],
    ...fields.map((guessed) => [guessed.column, guessed.name, describeField(guessed), guessed.reason]),
  ]);
  return [
    `${rows.toLocaleString('en')} rows, to be learnt by ${declaration.task}`,
    `label: ${label.column}, ${target}${label.missing > 0 ? `; ${label.missing} rows have none and are left out` : ''}`,
    ...label.said.map((sentence) => `  ${sentence}`),
    table,
  ].join('\n');
};

/** Fields by which a person vouches that they tell of nobody. */
export const vouchedFields = ({ fields }: Pick<Guess, 'fields'>): string[] =>
  fields
    .filter(({ field }) => field.kind === 'feature' && (field.type === 'text' || field.type === 'timestamp'))
    .map(({ column }) => column);

export interface Imported {
  readonly model: string;
  readonly sent: Sent;
  /** Rows of the file that are in quarantine. */
  readonly keptOut: readonly KeptOut[];
  readonly accepted: number;
  readonly quarantined: number;
  readonly pending: number;
  readonly reasons: Readonly<Record<string, number>>;
}

export const importedText = ({ model, sent, keptOut, accepted, quarantined, pending, reasons }: Imported): string =>
  [
    `${sent.rows.toLocaleString('en')} rows: ${sent.received.toLocaleString('en')} received, ${sent.refused} refused, ${sent.withoutLabel} without a label`,
    ...sent.refusals.map((refusal) => `  ${refusal}`),
    ...(keptOut.length > 0 ? ['kept out of this file:', ...keptOut.map((one) => `  ${keptOutText(one)}`)] : []),
    `${model} has ${accepted.toLocaleString('en')} accepted cases and ${quarantined.toLocaleString('en')} in quarantine`,
    ...Object.entries(reasons).map(([reason, count]) => `  ${count} ${reason}`),
    ...(pending > 0 ? [`${pending.toLocaleString('en')} cases still wait to be examined`] : []),
  ].join('\n');
