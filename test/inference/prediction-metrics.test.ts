import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Arm } from '../../contracts/inference.ts';
import { challengerMetrics, championMetrics } from '../../functions/inference/arm-metrics.ts';
import { type ChallengerResult, Fault } from '../../functions/inference/challengers/result.ts';
import { recordPrediction, recordShadow } from '../../functions/inference/prediction-metrics.ts';
import { servableOf } from './fixtures.ts';

const rollout = 'rol_01J9Z3ABCDEFGHJKMNPQRSTVWX';
const now = 1_700_000_000_000;
const route = {
  champion: servableOf('logistic'),
  ...{ weight: 0, salt: 's', revision: 1, previous: [], updatedAt: '2026-01-02T03:04:05.000Z' },
  slowMilliseconds: 100,
};
const measure = { route, scoreClass: 1 };
const answer = { label: 'yes', probabilities: Float32Array.from([0.25, 0.75]) };

afterEach(() => {
  jest.restoreAllMocks();
});

/** The line that `print` writes. */
const lineOf = (print: () => void) => {
  const printed: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  print();
  jest.restoreAllMocks();
  expect(printed).toHaveLength(1);
  const line = JSON.parse(printed[0] ?? '');
  const [{ Namespace, Dimensions, Metrics }] = line._aws.CloudWatchMetrics;
  for (const { Name } of Metrics) expect(line[Name]).toEqual(expect.any(Number));
  return { line, Namespace, Dimensions, Metrics, names: Metrics.map(({ Name }: { Name: string }) => Name) };
};
const base = { tenant: 'acme', model: 'diagnosis', version: 'v1.0.0', milliseconds: 0.12345, fallback: false };

describe('the metrics of an arm', () => {
  test("the champion's: failure, speed and score", () => {
    expect(championMetrics({ answer }, 99.12345, measure)).toEqual({
      ...{ ChampionFailure: 0, ChampionMalformed: 0, ChampionSlow: 0, ChampionLatency: 99.123, ChampionScore: 0.75 },
    });
    expect(championMetrics({}, 101, measure)).toEqual({
      ...{ ChampionFailure: 1, ChampionMalformed: 0, ChampionSlow: 1, ChampionLatency: 101 },
    });
    expect(championMetrics({ fault: 'malformed' }, 1, measure)).toMatchObject({
      ...{ ChampionFailure: 1, ChampionMalformed: 1, ChampionSlow: 0 },
    });
  });

  test.each<[string, ChallengerResult, object]>([
    [
      'that answered',
      { answer, milliseconds: 100 },
      {
        ChallengerFailure: 0,
        ChallengerMalformed: 0,
        ChallengerSlow: 0,
        ChallengerLatency: 100,
        ChallengerScore: 0.75,
      },
    ],
    [
      'that threw',
      { fault: Fault.Threw, milliseconds: 1 },
      { ChallengerFailure: 1, ChallengerMalformed: 0, ChallengerSlow: 0, ChallengerLatency: 1 },
    ],
    [
      'that answered malformed',
      { fault: Fault.Malformed, milliseconds: 1 },
      { ChallengerFailure: 1, ChallengerMalformed: 1, ChallengerSlow: 0, ChallengerLatency: 1 },
    ],
    [
      'that timed out',
      { fault: Fault.TimedOut, milliseconds: 1000 },
      { ChallengerFailure: 1, ChallengerMalformed: 0, ChallengerSlow: 1, ChallengerLatency: 1000 },
    ],
    ['that is missing', { fault: Fault.Missing, milliseconds: 0 }, { ChallengerFailure: 1 }],
    ['that was not ready, through no fault of its own', { fault: Fault.Unready, milliseconds: 250 }, {}],
  ])("the challenger's %s", (_, result, expected) => {
    expect(challengerMetrics(result, measure)).toEqual(expected);
  });

  test('nothing is slow where the route does not say from when on', () => {
    const { slowMilliseconds: _, ...unsaid } = route;
    expect(championMetrics({ answer }, 1e6, { route: unsaid, scoreClass: 0 }).ChampionSlow).toBe(0);
  });

  test.each([
    [1.0004, 1],
    [-0.0003, 0],
    [0.12346, 0.1235],
  ])('a score is a share of four digits: %d', (probability, score) => {
    const given = { label: 'x', probabilities: Float32Array.from([probability, 0]) };
    expect(championMetrics({ answer: given }, 1, { route, scoreClass: 0 }).ChampionScore).toBe(score);
  });
});

describe('the line of a prediction', () => {
  test("is the platform's, with no arm, while no rollout runs", () => {
    const { line, Namespace, Metrics } = lineOf(() => recordPrediction(now, base));
    expect(Namespace).toBe('Relearn');
    const { _aws, ...members } = line;
    expect(_aws.Timestamp).toBe(now);
    expect(members).toEqual({
      ...{ tenant: 'acme', model: 'diagnosis', version: 'v1.0.0', PredictionLatency: 0.123, Unserved: 0 },
    });
    expect(Metrics).toEqual([
      { Name: 'PredictionLatency', Unit: 'Milliseconds' },
      { Name: 'Unserved', Unit: 'Count' },
    ]);
  });

  test("is the rollout's while one runs, and tells arm and stage", () => {
    const assigned = {
      id: rollout,
      stage: 'canary',
      arm: Arm.Champion,
      metrics: championMetrics({ answer }, 0.1, measure),
    };
    const { line, Namespace, Dimensions, names } = lineOf(() => recordPrediction(now, { ...base, rollout: assigned }));
    expect({ Namespace, Dimensions }).toEqual({ Namespace: `Relearn/Rollouts/${rollout}`, Dimensions: [[]] });
    expect(line).toMatchObject({ arm: 'champion', rollout, stage: 'canary', version: 'v1.0.0', Fallback: 0 });
    expect(names.toSorted()).toEqual(
      [
        'PredictionLatency',
        'Unserved',
        'Fallback',
        'ChampionFailure',
        'ChampionMalformed',
        'ChampionSlow',
        'ChampionLatency',
        'ChampionScore',
      ].toSorted(),
    );
  });

  test('tells of the challenger where it was asked, quickly enough for the alarms', () => {
    const metrics = challengerMetrics({ fault: Fault.Malformed, milliseconds: 0.05 }, measure);
    const assigned = { id: rollout, stage: 'canary', arm: Arm.Challenger, asked: 'v1.1.0', metrics };
    const { line, Metrics } = lineOf(() => recordPrediction(now, { ...base, fallback: true, rollout: assigned }));
    expect(line).toMatchObject({
      ...{ arm: 'challenger', asked: 'v1.1.0', version: 'v1.0.0', Fallback: 1 },
      ...{ ChallengerFailure: 1, ChallengerMalformed: 1, ChallengerSlow: 0, ChallengerLatency: 0.05 },
    });
    for (const Name of ['ChallengerFailure', 'ChallengerMalformed', 'ChallengerSlow']) {
      expect(Metrics).toContainEqual({ Name, Unit: 'Count', StorageResolution: 1 });
    }
  });

  test('tells of a request that nobody answered', () => {
    const { line } = lineOf(() => recordPrediction(now, { ...base, version: undefined }));
    expect(line).toMatchObject({ Unserved: 1 });
    expect(line).not.toHaveProperty('version');
  });
});

describe('the line of a shadow request', () => {
  test('tells what the challenger made of it, and is not taken for a prediction', () => {
    const metrics = { ...challengerMetrics({ answer, milliseconds: 0.2 }, measure), Disagreement: 1 };
    const record = { tenant: 'acme', model: 'diagnosis', rollout, stage: 'shadow', asked: 'v1.1.0', metrics };
    const { line, Namespace, names } = lineOf(() => recordShadow(now, record));
    expect(Namespace).toBe(`Relearn/Rollouts/${rollout}`);
    expect(line).toMatchObject({ shadow: true, asked: 'v1.1.0', rollout, stage: 'shadow', Disagreement: 1 });
    expect(names).toContain('ChallengerFailure');
    for (const member of ['PredictionLatency', 'Unserved', 'arm', 'version']) expect(line).not.toHaveProperty(member);
  });
});
