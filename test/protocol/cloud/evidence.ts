/**
 * Cases and versions without objects and ONNX: which version is right about which case stands in a table, so a sequence
 * can say how a segment turns out. Everything after the answers is the real code.
 */
import type { LedgerRow } from '../../../contracts/cases.ts';
import type { ModelSchema } from '../../../contracts/model.ts';
import type { Servable } from '../../../contracts/route-item.ts';
import type { Ledger, OpenedSegment } from '../../../functions/cases/index.ts';
import type { Serving } from '../../../functions/inference/index.ts';
import { LoadedModel } from '../../../functions/inference/loaded-model.ts';
import { ArtifactError, ModelFailureError } from '../../../functions/inference/model-errors.ts';
import type { Call } from './scheduler.ts';

/** What a version answers to a case. */
export const Given = { Right: 'right', Wrong: 'wrong', Fails: 'fails' } as const;
export type Given = (typeof Given)[keyof typeof Given];

export const signature = { numeric: ['case'], categorical: [], classes: ['wrong', 'right'] };
export const schema: ModelSchema = {
  fields: { case: { kind: 'feature', type: 'number', required: true } },
  label: { type: 'category', classes: [...signature.classes] },
};

export interface NewSegment {
  readonly count: number;
  /** What the versions answer that are named; all others are right. */
  readonly given: ReadonlyMap<string, Given>;
  /** Of every case of the segment. */
  readonly subject: string | null;
}

export interface SealedSegment extends NewSegment {
  readonly sequence: number;
}

const rowOf = (number: number, subject: string | null): LedgerRow => ({
  id: `case_${String(number).padStart(26, '0')}`,
  receivedAt: '2026-01-01T00:00:00.000Z',
  subject,
  split: 'train',
  input: { case: number },
  label: Given.Right,
  confidence: 1,
  validator: 'val_1',
});

/** The cases of one model. */
export class ScriptedCases {
  readonly segments: SealedSegment[] = [];
  private readonly rows: LedgerRow[][] = [];
  /** The segment of each case, by the case's number. */
  private readonly segmentOf: SealedSegment[] = [];

  copy(): ScriptedCases {
    const copied = new ScriptedCases();
    for (const segment of this.segments) copied.seal(segment);
    return copied;
  }

  get last(): number {
    return this.segments.length;
  }

  seal(given: NewSegment): void {
    const segment = { ...given, sequence: this.segments.length + 1 };
    const from = this.segmentOf.length;
    this.segments.push(segment);
    this.rows.push(Array.from({ length: given.count }, (_, index) => rowOf(from + index, given.subject)));
    for (let count = 0; count < given.count; count += 1) this.segmentOf.push(segment);
  }

  after(sequence: number, limit: number): OpenedSegment[] {
    return this.segments.slice(sequence, sequence + limit).map((segment) => ({
      sequence: segment.sequence,
      key: `segment-${segment.sequence}`,
      sha256: '',
      cases: segment.count,
      sealedAt: '2026-01-01T00:00:00.000Z',
      rows: this.rows[segment.sequence - 1] ?? [],
    }));
  }

  firstSegmentOf(subject: string): number | undefined {
    return this.segments.find((segment) => segment.subject === subject)?.sequence;
  }

  answer(version: string, number: number): Given {
    return this.segmentOf[number]?.given.get(version) ?? Given.Right;
  }
}

export const ledgerOf = (
  casesOf: (model: string) => ScriptedCases,
  call: Call,
): Pick<Ledger, 'openAfter' | 'firstSegments'> => ({
  openAfter: (_, model, sequence, limit) => call('ledger:openAfter', () => casesOf(model).after(sequence, limit)),
  firstSegments: (_, model, subjects) =>
    call('ledger:firstSegments', () => {
      const known = subjects.map((subject) => [subject, casesOf(model).firstSegmentOf(subject)] as const);
      return new Map(known.filter((pair): pair is readonly [string, number] => pair[1] !== undefined));
    }),
});

/** Versions that answer from the table; one whose artifact is not whole cannot be loaded. */
export const servingOf = (
  cases: ScriptedCases,
  isWhole: (servable: Servable) => boolean,
  call: Call,
): Pick<Serving, 'load'> => ({
  load: (_, servable) =>
    call('s3:GetObject', () => {
      if (!isWhole(servable)) throw new ArtifactError(`The artifact of ${servable.version} is not there.`);
      return new LoadedModel(servable.signature, {
        numericColumns: 1,
        categoricalColumns: 0,
        classes: 2,
        run: ({ rows, numeric }: { rows: number; numeric: Float32Array }) => {
          const given = Array.from(numeric.subarray(0, rows), (number) => cases.answer(servable.version, number));
          if (given.includes(Given.Fails)) throw new ModelFailureError('threw', 'It throws.');
          return Float32Array.from(given.flatMap((one) => (one === Given.Right ? [0, 1] : [1, 0])));
        },
      } as never);
    }),
});
