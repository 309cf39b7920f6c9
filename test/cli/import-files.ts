import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { ScriptedApi } from './api.ts';
import { relearn } from './command-line.ts';

/** A folder of files to import. */
export const openFiles = () => {
  const folder = mkdtempSync(join(tmpdir(), 'relearn-import-'));
  return {
    folder,
    file: (content: string | Uint8Array, name = 'cases.csv'): string => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
};

export const rows = (count: number, rowOf: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => rowOf(index)).join('\n');

/** The declaration that is guessed of a file. */
export const guess = async (path: string, ...options: string[]) => {
  const { exitCode, out, err } = await relearn(['import', path, '--dry-run', '--json', ...options]);
  expect(err).toBe('');
  expect(exitCode).toBe(0);
  return JSON.parse(out);
};

/** The guess as a person reads it, with one space in place of several. */
export const guessText = async (path: string, ...options: string[]): Promise<string> => {
  const { out, err } = await relearn(['import', path, '--dry-run', ...options]);
  return `${out}\n${err}`.replaceAll(/ +/g, ' ');
};

interface Case {
  readonly input: Readonly<Record<string, unknown>>;
  readonly label: unknown;
}

interface Scripted {
  /** That exists already. @default none */
  readonly model?: object;
  /** Why the platform keeps a case out. @default nothing is kept out */
  readonly reasonsOf?: (sent: Case, index: number) => readonly string[];
  /** Cases that are never examined. */
  readonly pending?: number;
}

const idOf = (index: number): string => `case_${String(index).padStart(26, '0')}`;

const quarantine = (cases: readonly Case[], { reasonsOf = () => [], pending = 0 }: Scripted) => {
  const kept = cases.map(reasonsOf);
  const reasons: Record<string, number> = {};
  for (const reason of kept.flat()) reasons[reason] = (reasons[reason] ?? 0) + 1;
  const quarantined = kept.filter(({ length }) => length > 0).length;
  return { kept, statistics: { accepted: cases.length - quarantined, quarantined, pending, reasons } };
};

/** Makes the API take cases, and examine them as it is told to. @returns every case that it took, in order */
export const takeCases = (api: ScriptedApi, scripted: Scripted = {}): readonly Case[] => {
  const cases: Case[] = [];
  api.answer(({ method, path, body }) => {
    if (path.endsWith('/cases') && method === 'POST') {
      const first = cases.length;
      const { cases: sent } = body as { cases: Case[] };
      cases.push(...sent);
      const received = sent.map((_, index) => ({ index, id: idOf(first + index), status: 'received' }));
      return { status: 202, body: { received: sent.length, refused: 0, cases: received, refusals: [] } };
    }
    const { kept, statistics } = quarantine(cases, scripted);
    if (path.endsWith('/statistics')) return { body: statistics };
    const id = /\/cases\/(case_\d+)$/.exec(path)?.[1];
    if (id !== undefined) return { body: { id, reasons: kept[Number(id.slice(5))] } };
    if (method === 'GET' && scripted.model === undefined) {
      return { status: 404, body: { type: 'not-found', title: 'Not found', status: 404, detail: 'None.' } };
    }
    return { body: scripted.model ?? body };
  });
  return cases;
};

/** Imports a file as it is guessed. */
export const importFile = (api: ScriptedApi, path: string, ...options: string[]) =>
  relearn(['import', path, '--yes', ...options], { environment: api.environment, pause: async () => undefined });
