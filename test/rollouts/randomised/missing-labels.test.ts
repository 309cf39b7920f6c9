import { describe, expect, it } from '@jest/globals';
import {
  applyLabelCounts,
  InvalidLabelCountsError,
  type LabelBlock,
  labelsDiffer,
  type MissingLabelsState,
  missingLabelsEvidence,
  missingShares,
  startMissingLabels,
} from '../../../functions/rollouts/domain/randomised/missing-labels.ts';

const block = (champion: number, challenger: number, given: Partial<LabelBlock> = {}): LabelBlock => ({
  stage: 'canary',
  champion: { assigned: 100, labelled: champion },
  challenger: { assigned: 50, labelled: challenger },
  ...given,
});

const repeated = (times: number, counted: LabelBlock): MissingLabelsState => {
  let state = startMissingLabels();
  for (let time = 0; time < times; time += 1) state = applyLabelCounts(state, counted);
  return state;
};

describe('the evidence that labels are missing', () => {
  it('is an e-value of 1 at the start, as a share of the 100 that are needed', () => {
    expect(missingLabelsEvidence(startMissingLabels())).toBeCloseTo(0.01, 12);
    expect(missingShares(startMissingLabels())).toEqual({ champion: null, challenger: null });
  });

  it('grows where one arm loses more labels than the other, whichever it is', () => {
    expect(labelsDiffer(repeated(30, block(90, 38)))).toBe(true);
    expect(labelsDiffer(repeated(30, block(76, 45)))).toBe(true);
    expect(labelsDiffer(repeated(30, block(90, 45)))).toBe(false);
  });

  it('is the average of the two directions', () => {
    const state = repeated(1, block(90, 30));
    const capital = (logs: readonly number[]) => logs.reduce((sum, log) => sum + Math.exp(log), 0);
    const average = (capital(state.moreLabels.logCapital) + capital(state.fewerLabels.logCapital)) / 2;
    expect(average).toBeGreaterThan(1);
    expect(missingLabelsEvidence(state)).toBeCloseTo(average / 100, 10);
  });

  it('does not take a share that changes for both arms for a difference', () => {
    let state = startMissingLabels();
    for (let time = 0; time < 40; time += 1)
      state = applyLabelCounts(state, block(90 - time, (90 - time) / 2 - 0.5 * (time % 2)));
    expect(labelsDiffer(state)).toBe(false);
  });

  it('compares within stages', () => {
    let state = startMissingLabels();
    for (let time = 0; time < 40; time += 1) {
      state = applyLabelCounts(state, { ...block(90, 45), stage: 'early', challenger: { assigned: 10, labelled: 9 } });
      state = applyLabelCounts(state, { ...block(40, 20), stage: 'late', challenger: { assigned: 100, labelled: 40 } });
    }
    const { champion, challenger } = missingShares(state);
    expect((challenger ?? 0) - (champion ?? 0)).toBeGreaterThan(0.2);
    expect(labelsDiffer(state)).toBe(false);
  });

  it('waits until both arms have a prediction', () => {
    const nobody = { assigned: 0, labelled: 0 };
    const waiting = applyLabelCounts(startMissingLabels(), block(90, 0, { challenger: nobody }));
    expect(waiting.pending).toHaveLength(1);
    expect(waiting.strata).toHaveLength(0);
    const closed = applyLabelCounts(waiting, block(0, 45, { champion: nobody }));
    expect(closed).toEqual(applyLabelCounts(startMissingLabels(), block(90, 45)));
  });

  it('grows more slowly where predictions are those of few subjects', () => {
    const [alone = 0, together = 0] = [1, 10].map((perSubject) =>
      missingLabelsEvidence(repeated(3, block(90, 30, { perSubject }))),
    );
    expect(together).toBeLessThan(alone);
    expect(together).toBeGreaterThan(missingLabelsEvidence(startMissingLabels()));
  });

  it('stays shown when the labels come again', () => {
    const lost = repeated(30, block(90, 30));
    expect(labelsDiffer(applyLabelCounts(lost, block(50, 50)))).toBe(true);
  });

  it('holds its state in less than 1 KB of JSON', () => {
    let state = startMissingLabels();
    for (const stage of ['canary-5', 'canary-25', 'canary-50', 'holdback']) {
      for (let time = 0; time < 100; time += 1) state = applyLabelCounts(state, { ...block(91, 44), stage });
    }
    expect(JSON.stringify(state).length).toBeLessThan(1024);
  });

  it.each([
    ['more labels than predictions', block(101, 50)],
    ['a fraction', block(0.5, 50)],
    ['a negative count', block(90, -1)],
    ['less than one prediction per subject', block(90, 45, { perSubject: 0.5 })],
    ['no number', block(90, 45, { perSubject: Number.NaN })],
  ])('refuses %s', (_, counted) => {
    expect(() => applyLabelCounts(startMissingLabels(), counted)).toThrow(InvalidLabelCountsError);
    expect(() => applyLabelCounts(startMissingLabels(), counted)).toThrow(
      /^Expected for canary .* got .* Count them again\.$/,
    );
  });
});
