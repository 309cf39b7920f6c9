import { type Finding, FindingKind, Severity } from '../../../../contracts/suggestions.ts';
import { FieldType, type MeasuredField } from './fields.ts';

/** What is odd about the values of single fields. */

const percent = (share: number): string => `${Math.round(share * 1000) / 10}%`;
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

const mostlyMissing = 0.6;
const manyCategories = 50;
/** Skewness from which on a few values are far from the many. */
export const strongSkew = 3;
const farOut = 10;

const note = (
  kind: FindingKind,
  severity: Severity,
  field: string,
  detail: string,
  numbers: Finding['numbers'],
): Finding => ({ kind, severity, field, detail, numbers });

/** How many numbers are far out: more than ten times the distance of the quartiles from the nearer of them. */
export const outliersOf = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const quantile = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [quantile(0.25), quantile(0.75)];
  const reach = farOut * (high - low);
  return reach === 0 ? 0 : sorted.filter((value) => value < low - reach || value > high + reach).length;
};

/** Constant, mostly missing, many categories, skew and outliers. */
export const findOddValues = (fields: readonly MeasuredField[], cases: number): Finding[] =>
  fields.flatMap((measured): Finding[] => {
    const { field, type, missing, distinct, skewness = 0, numbers = [] } = measured;
    if (distinct === 0) {
      return [
        note(
          FindingKind.Missing,
          Severity.Warning,
          field,
          `${field} has no value in any of the ${cases} cases looked at. Leave it out, or find out why it is not sent.`,
          { missing },
        ),
      ];
    }
    if (distinct === 1 && missing === 0) {
      return [
        note(
          FindingKind.Constant,
          Severity.Warning,
          field,
          `${field} has the same value in all ${cases} cases looked at and tells nothing. Leave it out.`,
          { distinct },
        ),
      ];
    }
    const outliers = outliersOf(numbers.filter((value) => value !== undefined));
    return [
      ...(missing >= mostlyMissing
        ? [
            note(
              FindingKind.Missing,
              Severity.Note,
              field,
              `${percent(missing)} of the cases have no ${field}. That it is missing is used as well; ask whether it will be sent.`,
              { missing: rounded(missing) },
            ),
          ]
        : []),
      ...(type === FieldType.Category && distinct > manyCategories
        ? [
            note(
              FindingKind.ManyCategories,
              Severity.Note,
              field,
              `${field} has ${distinct} categories in ${cases} cases. They are encoded by how often they come and by their labels; group them if you know how.`,
              { distinct, cases },
            ),
          ]
        : []),
      ...(type === FieldType.Number && Math.abs(skewness) >= strongSkew
        ? [
            note(
              FindingKind.Skewed,
              Severity.Note,
              field,
              `${field} is skewed (${rounded(skewness)}). Linear models and networks are given it transformed; trees do not mind.`,
              { skewness: rounded(skewness) },
            ),
          ]
        : []),
      ...(outliers > 0
        ? [
            note(
              FindingKind.Outliers,
              Severity.Note,
              field,
              `${outliers} values of ${field} are more than ${farOut} quartile ranges away. Look whether they are mistakes; a minimum and a maximum in the schema keep such cases out.`,
              { outliers },
            ),
          ]
        : []),
    ];
  });
