import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Row, readDeclaration, readRows } from '../../examples/diagnosis/rows.ts';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import { python } from '../../local/paths.ts';
import type { TrainingSettings } from '../../local/sagemaker/settings.ts';

/** The whole embedded cloud, with a state folder of its own that goes with it. */
export interface TestCloud extends Cloud {
  readonly folder: string;
  dispose(): Promise<void>;
}

/** @param training - how training jobs run. @default as `defaultTrainingSettings` */
export const startTestCloud = async (training: Partial<TrainingSettings> = {}): Promise<TestCloud> => {
  const folder = await mkdtemp(join(tmpdir(), 'relearn-e2e-'));
  const cloud = await startCloud({ stateFolder: folder, port: 0, log: () => undefined, training });
  return {
    ...cloud,
    folder,
    dispose: async () => {
      await cloud.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export interface Answer {
  readonly status: number;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every operation
  readonly body: any;
}

/** Calls the API as anything that speaks HTTP does. */
export const call = async (
  cloud: Pick<Cloud, 'apiUrl'>,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const response = await fetch(`${cloud.apiUrl}/v1${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    type,
    body: type.includes('json') && !type.includes('ndjson') ? JSON.parse(text) : text,
  };
};

/** Asks until the answer satisfies, for at most `seconds`. */
export const eventually = async <Result>(
  ask: () => Promise<Result>,
  satisfied: (result: Result) => boolean,
  seconds = 180,
): Promise<Result> => {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const result = await ask();
    if (satisfied(result)) return result;
    if (performance.now() > deadline) {
      throw new Error(
        `Expected another answer within ${seconds} s; the last was ${JSON.stringify(result).slice(0, 2000)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};

/** The declaration of `diagnosis`, trained by hand unless a test says otherwise. */
export const diagnosis = async (newCases = 10_000) => {
  const declaration = await readDeclaration();
  return {
    ...declaration,
    policies: { ...declaration.policies, training: { ...declaration.policies.training, newCases } },
  };
};

let rows: Promise<Row[]> | undefined;

/** A well-formed case of the n-th row, of a subject of its own. */
export const caseOfRow = async (index: number, subject = `MRN-${index}`) => {
  rows ??= readRows(python);
  const row = (await rows)[index % 569];
  if (row === undefined) throw new RangeError(`Expected a row ${index}.`);
  return {
    input: {
      ...row.features,
      name: 'Polwexmez Qualorbazan',
      recordNumber: subject,
      birthDate: '1951-03-14',
      postcode: '94110',
    } as Record<string, unknown>,
    label: row.label as string,
    validator: 'dr.ambon',
    confidence: 0.95,
  };
};

/** Sends the rows `from … to − 1` as cases and waits until all are decided. */
export const sendRows = async (
  cloud: TestCloud,
  token: string,
  model: string,
  from: number,
  to: number,
): Promise<void> => {
  const indexes = Array.from({ length: to - from }, (_, offset) => from + offset);
  await sendCases(cloud, token, model, await Promise.all(indexes.map((index) => caseOfRow(index))));
};

/** Sends cases of which none is refused, and waits until all are decided. */
export const sendCases = async (
  cloud: TestCloud,
  token: string,
  model: string,
  cases: readonly object[],
): Promise<void> => {
  const before = await call(cloud, token, 'GET', `/models/${model}/cases/statistics`);
  const sent = await call(cloud, token, 'POST', `/models/${model}/cases`, { cases });
  if (sent.status !== 202) throw new Error(`Expected 202, got ${sent.status}: ${JSON.stringify(sent.body)}`);
  await eventually(
    () => call(cloud, token, 'GET', `/models/${model}/cases/statistics`),
    ({ body }) => body.pending === 0 && body.received === before.body.received + cases.length,
  );
};
