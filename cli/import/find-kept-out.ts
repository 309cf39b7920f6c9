import { expectAnswer, type Schemas } from '../../client/index.ts';
import type { QuarantineReason } from '../../contracts/cases.ts';
import type { Session } from '../session.ts';
import type { Examination, KeptOut, Place } from './examine-rows.ts';
import type { SentIds } from './send-cases.ts';

type Statistics = Pick<Schemas['CaseStatistics'], 'reasons'>;

/** What is known of a file that was sent. */
interface SentFile {
  readonly examination: Examination;
  readonly ids: SentIds;
  readonly before: Statistics;
  readonly after: Statistics;
}

const placesTold = 5;

/** Reasons that only the platform can tell, such as a duplicate, by how much they grew. */
const grownReasons = ({ examination, before, after }: SentFile): Map<QuarantineReason, number> => {
  const known = new Set(examination.keptOut.map(({ reason }) => reason));
  return new Map(
    (Object.entries(after.reasons) as [QuarantineReason, number][])
      .map(([reason, count]): [QuarantineReason, number] => [reason, count - (before.reasons[reason] ?? 0)])
      .filter(([reason, grown]) => grown > 0 && !known.has(reason)),
  );
};

/**
 * Which rows of a file were kept out, by reason: those that do not fit the schema are known, the others are asked for one
 * by one until the first of each reason are found.
 */
export const findKeptOut = async (
  { api }: Pick<Session, 'api'>,
  model: string,
  file: SentFile,
): Promise<readonly KeptOut[]> => {
  const grown = grownReasons(file);
  const places = new Map([...grown.keys()].map((reason): [QuarantineReason, Place[]] => [reason, []]));
  const isFound = ([reason, found]: [QuarantineReason, Place[]]): boolean =>
    found.length >= Math.min(placesTold, grown.get(reason) ?? 0);
  for (const [line, id] of file.ids) {
    if ([...places].every(isFound)) break;
    const params = { path: { model, case: id } };
    const { reasons } = expectAnswer(await api.GET('/v1/models/{model}/cases/{case}', { params }));
    for (const reason of reasons) {
      const found = places.get(reason);
      if (found !== undefined && found.length < placesTold) found.push({ line });
    }
  }
  const others = [...places].map(([reason, first]) => ({
    reason,
    rows: grown.get(reason) ?? 0,
    first: first.sort((one, other) => one.line - other.line),
  }));
  return [...file.examination.keptOut, ...others];
};
