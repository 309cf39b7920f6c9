import { describe, expect, test } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ArtifactError, ModelFailureError } from '../../functions/inference/model-errors.ts';
import { openOnnxSession } from '../../functions/inference/onnx-session.ts';
import { bytesOf, graphOf, holdoutOf, type Trained, tensorsOf } from './fixtures.ts';

const healthy: Trained[] = ['logistic', 'xgboost', 'categorical', 'worse'];

/** onnxruntime's public way. */
const runPublicly = async (name: Trained): Promise<Float32Array> => {
  const session = await InferenceSession.create(graphOf(name));
  const { rows, numeric, categorical } = tensorsOf(holdoutOf(name));
  const feeds: Record<string, Tensor> = {};
  if (numeric.length > 0) feeds.numeric = new Tensor('float32', numeric, [rows, numeric.length / rows]);
  if (categorical.length > 0)
    feeds.categorical = new Tensor('string', [...categorical], [rows, categorical.length / rows]);
  return (await session.run(feeds)).probabilities?.data as Float32Array;
};

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? Number.NaN))), 0);

describe('a session', () => {
  test.each(healthy)("gives bit for bit what onnxruntime's public session gives: %s", async (name) => {
    const found = openOnnxSession(graphOf(name), 1).run(tensorsOf(holdoutOf(name)));
    expect([...found]).toEqual([...(await runPublicly(name))]);
  });

  test.each(healthy)('agrees with the Python classifier: %s', (name) => {
    const cases = holdoutOf(name);
    const found = openOnnxSession(graphOf(name), 1).run(tensorsOf(cases));
    expect(
      largestDifference(
        found,
        cases.flatMap(({ probabilities }) => probabilities),
      ),
    ).toBeLessThan(1e-5);
  });

  test('gives a row alone what it gives it among others', () => {
    const session = openOnnxSession(graphOf('xgboost'), 1);
    const cases = holdoutOf('xgboost');
    const alone = cases.flatMap((one) => [...session.run(tensorsOf([one]))]);
    expect(alone).toEqual([...session.run(tensorsOf(cases))]);
  });

  test.each<[Trained, string]>([
    ['nan', 'no probabilities: expected probabilities from 0 to 1, got NaN'],
    ['throws', 'failed on the input'],
  ])('tells that the graph failed: %s', (name, why) => {
    const session = openOnnxSession(graphOf(name), 1);
    const run = () => session.run(tensorsOf(holdoutOf(name)));
    expect(run).toThrow(ModelFailureError);
    expect(run).toThrow(why);
  });

  test('tells that numbers are no probabilities', () => {
    const session = openOnnxSession(bytesOf('not-probabilities.onnx'), 1);
    const run = (...numbers: number[]) =>
      session.run({ rows: 1, numeric: Float32Array.from(numbers), categorical: [] });
    expect([...run(0.25, 0.75)]).toEqual([0.25, 0.75]);
    expect(() => run(0.25, 0.25)).toThrow('sum of 0.5');
    expect(() => run(-0.5, 1.5)).toThrow('from 0 to 1, got -0.5');
    expect(() => run(Number.NaN, 1)).toThrow('got NaN');
  });

  test('never repeats the input in what it tells', () => {
    const session = openOnnxSession(graphOf('categorical'), 1);
    const run = () => session.run({ rows: 1, numeric: new Float32Array(1), categorical: ['Jane Doe'] });
    expect(run).toThrow(ModelFailureError);
    expect(run).not.toThrow('Jane');
  });

  test.each(['corrupt.onnx', 'external-data.onnx', 'custom-operator.onnx'])('is not opened for %s', (path) => {
    expect(() => openOnnxSession(bytesOf(path), 1)).toThrow(ArtifactError);
  });

  test('is not opened for bytes that are no graph', () => {
    expect(() => openOnnxSession(Uint8Array.from([1, 2, 3]), 1)).toThrow(ArtifactError);
  });
});
