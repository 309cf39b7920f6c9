import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LabelValue, QuarantineReason } from '../../contracts/cases.ts';
import { type Candidate, decideCases } from '../../functions/cases/domain/decide-cases.ts';
import { checkEnough } from '../../functions/cases/domain/enough-cases.ts';
import { fingerprintContent } from '../../functions/cases/domain/fingerprint.ts';
import { advance, emptyLedger, type LedgerCommit, withoutCase } from '../../functions/cases/domain/ledger-head.ts';
import { useIn } from '../../functions/cases/domain/lineage.ts';
import { sideOf } from '../../functions/cases/domain/split.ts';
import { summarise } from '../../functions/cases/domain/statistics.ts';
import type { CaseContent } from '../../functions/cases/domain/stored-case.ts';

const content = (given: Partial<CaseContent> = {}): CaseContent => ({
  receivedAt: '2026-03-01T00:00:00.000Z',
  subject: 'sub_1',
  input: { radius: 1 },
  label: 'benign',
  validator: 'val_1',
  confidence: 0.9,
  schemaHash: '',
  ...given,
});
const candidate = (id: string, fingerprint: string, label: LabelValue = 'benign'): Candidate => ({
  id,
  fingerprint,
  content: content({ label }),
  reasons: [],
});
const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);

describe('deciding cases', () => {
  it('accepts the first of equal ones, and says what the others are', () => {
    const decisions = decideCases(
      [candidate('a', 'f'), candidate('b', 'f'), candidate('c', 'f', 'malignant'), candidate('d', 'g')],
      new Map(),
    );
    expect(decisions.map((decision) => (decision.accepted ? 'accepted' : decision.reasons))).toEqual([
      'accepted',
      ['duplicate'],
      ['conflicting-label'],
      'accepted',
    ]);
  });

  it('knows the cases that were accepted before', () => {
    const [same, other] = decideCases(
      [candidate('a', 'f'), candidate('b', 'g')],
      new Map([
        ['f', 'benign'],
        ['g', 'malignant'],
      ]),
    );
    expect(same).toMatchObject({ accepted: false, reasons: ['duplicate'] });
    expect(other).toMatchObject({ accepted: false, reasons: ['conflicting-label'] });
  });

  it('leaves the observation of a faulty case to a better one', () => {
    const faulty = { ...candidate('a', 'f'), reasons: [QuarantineReason.LowConfidence] };
    const decisions = decideCases([faulty, candidate('b', 'f')], new Map());
    expect(decisions.map(({ accepted }) => accepted)).toEqual([false, true]);
  });
});

describe('what makes two cases one observation', () => {
  it('is subject and input, whoever validated it and whenever', () => {
    const other = content({ validator: 'val_2', validatedAt: '2026-03-02T00:00:00Z', label: 'malignant' });
    expect(fingerprintContent(other)).toEqual(fingerprintContent(content()));
    expect(fingerprintContent(content({ subject: 'sub_2' }))).not.toEqual(fingerprintContent(content()));
  });

  it('is more where no subject tells people apart', () => {
    const unknown = content({ subject: null });
    expect(fingerprintContent({ ...unknown, validator: 'val_2' })).not.toEqual(fingerprintContent(unknown));
    expect(fingerprintContent({ ...unknown, prediction: { nonce: 'n1', at: '2026-03-01T00:00:00Z' } })).not.toEqual(
      fingerprintContent(unknown),
    );
    expect(fingerprintContent({ ...unknown, validatedAt: '2026-03-02T00:00:00Z' })).not.toEqual(
      fingerprintContent(unknown),
    );
  });
});

describe('the split', () => {
  const macOf = (subject: number) => createHmac('sha256', 'key').update(`sub_${subject}`).digest('hex');

  it('puts the share of subjects into the holdout', () => {
    const subjects = Array.from({ length: 20_000 }, (_, subject) => sideOf(macOf(subject), 0.2));
    const share = subjects.filter((side) => side === 'holdout').length / subjects.length;
    // Five standard errors of a share of 0.2 among 20,000.
    expect(Math.abs(share - 0.2)).toBeLessThan(0.0142);
  });

  it('moves nobody out of the holdout when it grows', () => {
    for (let subject = 0; subject < 1000; subject += 1) {
      if (sideOf(macOf(subject), 0.1) === 'holdout') expect(sideOf(macOf(subject), 0.3)).toBe('holdout');
    }
  });
});

const commits: fc.Arbitrary<LedgerCommit> = fc.record({
  rows: fc.array(
    fc.record({
      label: fc.constantFrom('malignant', 'benign', '__proto__'),
      split: fc.constantFrom('train', 'holdout', 'gold'),
    }),
    { maxLength: 25 },
  ),
  quarantined: fc.array(fc.subarray(Object.values(QuarantineReason), { minLength: 1 }), { maxLength: 25 }),
  holdoutShare: fc.double({ min: 0.05, max: 0.5, noNaN: true }),
  at: fc.constant('2026-03-01T00:00:00.000Z'),
});

describe('the head of the ledger', () => {
  it('counts every decision once, whatever the commits', () => {
    fc.assert(
      fc.property(fc.array(commits, { maxLength: 20 }), fc.nat(1000), (made, pending) => {
        const head = made.reduce(advance, emptyLedger);
        const rows = made.flatMap((commit) => commit.rows);
        const statistics = summarise(head, pending, 0);
        expect(head.revision).toBe(made.length);
        expect(head.sequence).toBe(made.filter((commit) => commit.rows.length > 0).length);
        expect(head.accepted).toBe(rows.length);
        expect(sum(head.labels)).toBe(rows.length);
        expect(head.gold).toBe(rows.filter(({ split }) => split === 'gold').length);
        expect(sum(head.trainLabels)).toBe(rows.length - head.holdout - head.gold);
        expect(statistics.received).toBe(statistics.accepted + statistics.quarantined + statistics.pending);
        expect(sum(head.reasons as Record<string, number>)).toBe(
          made.flatMap(({ quarantined }) => quarantined.flat()).length,
        );
      }),
    );
  });

  it('keeps the holdout share with which it began', () => {
    const row = { label: 'benign', split: 'train' } as const;
    const commit = (holdoutShare: number) => ({ rows: [row], quarantined: [], holdoutShare, at: '' });
    expect(advance(advance(emptyLedger, commit(0.2)), commit(0.4)).holdoutShare).toBe(0.2);
  });
});

describe('the erasure of a case', () => {
  it('leaves the counts as if it had never been decided, but for its line in the ledger', () => {
    fc.assert(
      fc.property(fc.array(commits, { minLength: 1, maxLength: 8 }), fc.nat(), (made, chosen) => {
        const head = made.reduce(advance, emptyLedger);
        const counted = [
          ...made.flatMap(({ rows }) => rows.map((row) => ({ row }))),
          ...made.flatMap(({ quarantined }) => quarantined.map((reasons) => ({ reasons }))),
        ];
        const one = counted[chosen % Math.max(1, counted.length)];
        const after = withoutCase(head, one);
        const total = ({ accepted, quarantined }: typeof head) => accepted + quarantined;
        expect(after.revision).toBe(head.revision + 1);
        expect(after.sequence).toBe(head.sequence);
        expect(total(after)).toBe(total(head) - (one === undefined ? 0 : 1));
        expect(after.accepted + after.erased).toBe(head.accepted);
        expect(sum(after.labels)).toBe(after.accepted);
        expect(sum(after.trainLabels)).toBe(after.accepted - after.holdout - after.gold);
        const left = sum(head.reasons as Record<string, number>) - sum(after.reasons as Record<string, number>);
        expect(left).toBe(one !== undefined && 'reasons' in one ? one.reasons.length : 0);
      }),
    );
  });

  it('keeps the observation taken: the same case, sent again, is not accepted and loses its content', () => {
    const [late] = decideCases([candidate('a', 'f')], new Map([['f', null]]));
    expect(late).toMatchObject({
      accepted: false,
      reasons: ['erased'],
      content: { subject: null, input: {}, label: null },
    });
  });
});

describe('a ledger of numbers', () => {
  const numbers = [1.5, 2.5, 2.5].map((label) => ({ label, split: 'train' as const }));
  const head = advance(emptyLedger, { rows: numbers, quarantined: [], holdoutShare: 0.2, at: '' });

  it('counts no labels', () => {
    expect(head).toMatchObject({ accepted: 3, labels: {}, trainLabels: {} });
  });

  it('is enough to train on where cases are left besides holdout and gold', () => {
    expect(checkEnough({ ...head, accepted: 50 }, { minimumCases: 50 })).toEqual({ enough: true });
    expect(checkEnough({ ...head, accepted: 50, holdout: 30, gold: 20 }, { minimumCases: 50 })).toHaveProperty(
      'detail',
      expect.stringContaining('besides the holdout and gold, found none among 50'),
    );
  });

  it('takes a number within the tolerance for the same label', () => {
    const held = new Map([['f', 1.5]]);
    const reasonOf = (given: number) => decideCases([candidate('a', 'f', given)], held, 0.5)[0];
    expect(reasonOf(2)).toMatchObject({ reasons: ['duplicate'] });
    expect(reasonOf(2.01)).toMatchObject({ reasons: ['conflicting-label'] });
  });
});

describe('what a dataset makes of a case', () => {
  const dataset = { cut: 10, erased: 2 };
  const traced = { segment: 10, split: 'train', firstGold: undefined, erasure: undefined } as const;

  it.each([
    ['that it holds', traced, 'trained'],
    ['that is held out', { ...traced, split: 'holdout' }, 'held-out'],
    ['that is gold', { ...traced, split: 'gold', firstGold: 10 }, 'gold'],
    ['whose subject has a gold case in it', { ...traced, firstGold: 10 }, 'held-out'],
    ['whose subject has a gold case that came later', { ...traced, firstGold: 11 }, 'trained'],
    ['that came later', { ...traced, segment: 11 }, undefined],
    ['that was erased before', { ...traced, erasure: 2 }, undefined],
    ['that was erased since', { ...traced, erasure: 3 }, 'trained'],
  ] as const)('%s', (_, given, use) => {
    expect(useIn(dataset, given)).toBe(use);
  });
});

describe('enough cases to train', () => {
  const trainLabels = { malignant: 20, benign: 30 };
  const counts = { holdout: 0, gold: 0, labels: trainLabels, trainLabels };

  it('are the number of the policy, of two classes', () => {
    expect(checkEnough({ ...counts, accepted: 50 }, { minimumCases: 50 })).toEqual({ enough: true });
  });

  it('are named where they are missing', () => {
    const found = checkEnough({ ...counts, accepted: 38 }, { minimumCases: 50 });
    expect(found).toMatchObject({ enough: false, needed: 50, accepted: 38 });
    expect(found).toHaveProperty(
      'detail',
      expect.stringContaining('at least 50 accepted cases, found 38. Send 12 more'),
    );
  });

  it('are not cases of one class, nor such as only the holdout has', () => {
    const found = checkEnough(
      { ...counts, accepted: 60, trainLabels: { benign: 48, malignant: 0 } },
      { minimumCases: 50 },
    );
    expect(found).toHaveProperty('detail', expect.stringContaining('at least 2 classes'));
  });
});
