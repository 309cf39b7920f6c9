import { describe, expect, it } from '@jest/globals';
import { tallyPredictions } from '../../functions/monitoring/domain/prediction-lines.ts';

const minute = Date.parse('2026-03-01T23:59:00.000Z');

const line = (members: object, at = minute): string =>
  JSON.stringify({
    _aws: { Timestamp: at, CloudWatchMetrics: [] },
    tenant: 'acme',
    model: 'diagnosis',
    version: 'v1.0.0',
    PredictionLatency: 0.1,
    Unserved: 0,
    ...members,
  });
const assigned = (arm: string, at = minute, stage = 'canary') =>
  line({ arm, rollout: 'rol_1', stage, Fallback: 0, ChallengerFailure: 0 }, at);

describe('lines of the log', () => {
  it('are counted by the day of the prediction, UTC', () => {
    const lines = [line({}, minute), line({}, minute + 59_999), line({}, minute + 60_000)];
    expect(tallyPredictions(lines)).toEqual([
      {
        tenant: 'acme',
        model: 'diagnosis',
        days: [
          { day: '2026-03-01', predictions: 2 },
          { day: '2026-03-02', predictions: 1 },
        ],
        arms: [],
      },
    ]);
  });

  it('of a rollout are counted by minute, stage at assignment, and arm, whoever answered', () => {
    const lines = [
      assigned('champion'),
      assigned('challenger'),
      line({ arm: 'challenger', rollout: 'rol_1', stage: 'canary', Fallback: 1, version: 'v1.0.0' }),
      assigned('challenger', minute + 60_000),
      assigned('champion', minute, 'wide'),
    ];
    expect(tallyPredictions(lines)[0]?.arms).toEqual([
      { rollout: 'rol_1', stage: 'canary', minute, champion: 1, challenger: 2 },
      { rollout: 'rol_1', stage: 'wide', minute, champion: 1, challenger: 0 },
      { rollout: 'rol_1', stage: 'canary', minute: minute + 60_000, champion: 0, challenger: 1 },
    ]);
  });

  it('are kept apart by tenant and model', () => {
    const lines = [line({}), line({ model: 'calls' }), line({ tenant: 'globex' }), line({})];
    expect(tallyPredictions(lines).map(({ tenant, model, days }) => [tenant, model, days[0]?.predictions])).toEqual([
      ['acme', 'calls', 1],
      ['acme', 'diagnosis', 2],
      ['globex', 'diagnosis', 1],
    ]);
  });

  it.each([
    ['nobody was answered', line({ Unserved: 1, version: undefined })],
    ['a shadow request was answered', line({ PredictionLatency: undefined, shadow: true, rollout: 'rol_1' })],
    ['the function started', 'START RequestId: 4711 Version: $LATEST'],
    ['a warning was printed', '{"level":"WARN","message":"slow"}'],
    ['nothing is whole', '{"_aws":{"Timestamp":'],
    ['a key would reach into another', line({ tenant: 'acme#model', model: 'x' })],
  ])('by which %s count nothing', (_, text) => {
    expect(tallyPredictions([text])).toEqual([]);
  });

  it('make the same list in whatever order they came', () => {
    const lines = [assigned('champion'), line({ model: 'calls' }), assigned('challenger', minute - 60_000)];
    expect(tallyPredictions([...lines].reverse())).toEqual(tallyPredictions(lines));
  });
});
