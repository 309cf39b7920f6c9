import { createHash } from 'node:crypto';
import { expectAnswer, type Schemas } from '../../client/index.ts';
import type { Session } from '../session.ts';
import type { CsvFile, CsvRow } from './read-csv.ts';

const casesAtOnce = 200;
const progressMilliseconds = 2000;
const refusalsTold = 5;

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

interface Batch {
  readonly cases: NewCase[];
  readonly lines: number[];
}

/**
 * Sends the rows of a file in batches, one after the other. A batch has the same key whenever the same file is sent, so
 * that an import which broke off can be repeated.
 */
export const sendCases = async (
  { api, tell, now }: Pick<Session, 'api' | 'tell' | 'now'>,
  model: string,
  file: CsvFile,
  caseOf: (row: CsvRow) => NewCase | undefined,
): Promise<Sent> => {
  const sent = { rows: 0, received: 0, refused: 0, withoutLabel: 0 };
  const refusals: string[] = [];
  let batch: Batch = { cases: [], lines: [] };
  let told = now();

  const flush = async (): Promise<void> => {
    const { cases, lines } = batch;
    if (cases.length === 0) return;
    batch = { cases: [], lines: [] };
    const key = createHash('sha256')
      .update(JSON.stringify([model, lines, cases]))
      .digest('hex');
    const receipt = expectAnswer(
      await api.POST('/v1/models/{model}/cases', {
        params: { path: { model }, header: { 'Idempotency-Key': key } },
        body: { cases },
      }),
    );
    sent.received += receipt.received;
    sent.refused += receipt.refused;
    for (const { index, detail } of receipt.refusals) {
      if (refusals.length < refusalsTold) refusals.push(`line ${lines[index]}: ${detail}`);
    }
    if (now() - told >= progressMilliseconds) {
      told = now();
      tell(`sending: ${sent.rows.toLocaleString('en')} rows, ${sent.received.toLocaleString('en')} received`);
    }
  };

  for await (const row of file.rows()) {
    sent.rows += 1;
    const given = caseOf(row);
    if (given === undefined) {
      sent.withoutLabel += 1;
      continue;
    }
    batch.cases.push(given);
    batch.lines.push(row.line);
    if (batch.cases.length >= casesAtOnce) await flush();
  }
  await flush();
  return { ...sent, refusals };
};

const lookMilliseconds = 500;
/** Times as long as a look took, until the next: to count many cases that wait takes from examining them. */
const rest = 5;
const patienceMilliseconds = 600_000;

/** Waits until what was received is examined, ten minutes at most, and says what was made of it. */
export const untilExamined = async (
  { api, tell, now, pause }: Pick<Session, 'api' | 'tell' | 'now' | 'pause'>,
  model: string,
): Promise<Schemas['CaseStatistics']> => {
  const began = now();
  let told = began;
  for (;;) {
    const looked = now();
    const statistics = expectAnswer(
      await api.GET('/v1/models/{model}/cases/statistics', { params: { path: { model } } }),
    );
    if (statistics.pending === 0 || now() - began > patienceMilliseconds) return statistics;
    if (now() - told >= progressMilliseconds) {
      told = now();
      tell(`examining: ${statistics.pending.toLocaleString('en')} cases wait`);
    }
    await pause(Math.max(lookMilliseconds, rest * (now() - looked)));
  }
};
