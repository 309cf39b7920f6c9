import { createHash } from 'node:crypto';
import { expectAnswer, type Schemas } from '../../client/index.ts';
import type { Session } from '../session.ts';
import { type Batch, batchesOf } from './batches.ts';
import type { CsvFile, CsvRow } from './read-csv.ts';

const progressMilliseconds = 2000;
const refusalsTold = 5;
/** Of the first rows, whose cases can be asked for afterwards. */
const idsKept = 200;

/** What became of the rows of a file. */
export interface Sent {
  readonly rows: number;
  readonly received: number;
  readonly refused: number;
  readonly withoutLabel: number;
  /** The first refusals, each with its line. */
  readonly refusals: readonly string[];
}

type NewCase = Schemas['NewCase'];

/** Which rows are sent. */
export interface Sending {
  readonly model: string;
  readonly file: CsvFile;
  readonly caseOf: (row: CsvRow) => NewCase | undefined;
  /** Lines whose cases are asked for afterwards, beside the first. */
  readonly remembered: readonly number[];
}

/** Cases by their line: those that are remembered, the first ones behind them. */
export type SentIds = ReadonlyMap<number, string>;

/**
 * Sends the rows of a file in batches, one after the other. A batch has the same key whenever the same file is sent, so
 * that an import which broke off can be repeated.
 */
export const sendCases = async (
  { api, tell, now }: Pick<Session, 'api' | 'tell' | 'now'>,
  { model, file, caseOf, remembered }: Sending,
): Promise<{ readonly sent: Sent; readonly ids: SentIds }> => {
  const sent = { rows: 0, received: 0, refused: 0, withoutLabel: 0 };
  const refusals: string[] = [];
  const [chosen, first] = [new Map<number, string>(), new Map<number, string>()];
  const wanted = new Set(remembered);

  const labelled = async function* (): AsyncIterable<{ line: number; given: NewCase }> {
    for await (const row of file.rows()) {
      sent.rows += 1;
      const given = caseOf(row);
      if (given === undefined) sent.withoutLabel += 1;
      else yield { line: row.line, given };
    }
  };

  const send = async ({ cases, lines }: Batch): Promise<void> => {
    const key = createHash('sha256')
      .update(JSON.stringify([model, lines, cases]))
      .digest('hex');
    const receipt = expectAnswer(
      await api.POST('/v1/models/{model}/cases', {
        params: { path: { model }, header: { 'Idempotency-Key': key } },
        body: { cases: [...cases] },
      }),
    );
    sent.received += receipt.received;
    sent.refused += receipt.refused;
    for (const { index, detail } of receipt.refusals) {
      if (refusals.length < refusalsTold) refusals.push(`line ${lines[index]}: ${detail}`);
    }
    for (const { index, id } of receipt.cases) {
      const line = lines[index] ?? 0;
      if (wanted.has(line)) chosen.set(line, id);
      else if (first.size < idsKept) first.set(line, id);
    }
  };

  let told = now();
  try {
    for await (const batch of batchesOf(labelled())) {
      await send(batch);
      if (now() - told >= progressMilliseconds) {
        told = now();
        tell(`sending: ${sent.rows.toLocaleString('en')} rows, ${sent.received.toLocaleString('en')} received`);
      }
    }
  } catch (error) {
    tell(
      `It broke off: ${sent.received.toLocaleString('en')} cases had been received. Run it again with --label; no case is accepted twice.`,
    );
    throw error;
  }
  return { sent: { ...sent, refusals }, ids: new Map([...chosen, ...first]) };
};

const lookMilliseconds = 500;
/** Times as long as a look took, until the next: to count many cases that wait takes from examining them. */
const rest = 5;
const patienceMilliseconds = 600_000;

export const caseStatistics = async (
  { api }: Pick<Session, 'api'>,
  model: string,
): Promise<Schemas['CaseStatistics']> =>
  expectAnswer(await api.GET('/v1/models/{model}/cases/statistics', { params: { path: { model } } }));

/** Waits until what was received is examined, ten minutes at most, and says what was made of it. */
export const untilExamined = async (
  session: Pick<Session, 'api' | 'tell' | 'now' | 'pause'>,
  model: string,
): Promise<Schemas['CaseStatistics']> => {
  const { tell, now, pause } = session;
  const began = now();
  let told = began;
  for (;;) {
    const looked = now();
    const statistics = await caseStatistics(session, model);
    if (statistics.pending === 0 || now() - began > patienceMilliseconds) return statistics;
    if (now() - told >= progressMilliseconds) {
      told = now();
      tell(`examining: ${statistics.pending.toLocaleString('en')} cases wait`);
    }
    await pause(Math.max(lookMilliseconds, rest * (now() - looked)));
  }
};
