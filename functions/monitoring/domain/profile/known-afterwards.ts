import { type Finding, FindingKind, Severity } from '../../../../contracts/suggestions.ts';
import type { MeasuredField } from './fields.ts';

/** Fields that have a value almost only where the label is one of its values. */

/** How well it must tell the label whether a field has a value. */
const tellingPresence = 0.5;
/** How well it must tell one class of several from the rest. */
const tellingOfOne = 0.99;

const percent = (share: number): string => `${Math.round(share * 1000) / 10}%`;
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

const findingOf = (measured: MeasuredField): Finding | undefined => {
  const { field, presence, presenceOf, missing, pureClass } = measured;
  const kind = FindingKind.KnownAfterwards;
  const afterwards = 'it is most likely filled in only after the label is known. Leave it out.';
  if (presence >= tellingPresence) {
    return {
      ...{ kind, severity: Severity.Error, field },
      detail: `Whether ${field} has a value tells the label with a strength of ${rounded(presence)} of 1 (${percent(missing)} have none): ${afterwards}`,
      numbers: { presence: rounded(presence), missing: rounded(missing) },
    };
  }
  const [one] = [...presenceOf].sort(([, a], [, b]) => b - a);
  if (one !== undefined && one[1] >= tellingOfOne) {
    return {
      ...{ kind, severity: Severity.Error, field },
      detail: `Whether ${field} has a value tells the class ${one[0]} from the others with a strength of ${rounded(one[1])} of 1 (${percent(missing)} have none): ${afterwards}`,
      numbers: { presence: rounded(one[1]), missing: rounded(missing) },
    };
  }
  if (pureClass === undefined) return undefined;
  const { label, cases, share, elsewhere } = pureClass;
  return {
    ...{ kind, severity: Severity.Warning, field },
    detail: `Of the cases in which ${field} has a value ${percent(share)} are ${label} (${cases}), of the others ${percent(elsewhere)}: ${afterwards}`,
    numbers: { cases, share: rounded(share), elsewhere: rounded(elsewhere), missing: rounded(missing) },
  };
};

export const isKnownAfterwards = (measured: MeasuredField): boolean => findingOf(measured) !== undefined;

export const findKnownAfterwards = (fields: readonly MeasuredField[]): Finding[] =>
  fields.flatMap((measured) => findingOf(measured) ?? []);
