import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { limitsFinding } from '../../functions/models/domain/findings.ts';
import { readOnnxFile } from '../../functions/models/domain/onnx-file.ts';
import { MalformedProtobufError } from '../../functions/models/domain/protobuf.ts';

const fixture = (name: string): Uint8Array => readFileSync(`${import.meta.dirname}/../inference/fixtures/${name}`);
const limits = (name: string) => limitsFinding(readOnnxFile(fixture(name)), fixture(name).length);

/** Whether the bytes were read or refused, the only two things that may happen. */
const isHandled = (bytes: Uint8Array): boolean => {
  try {
    return readOnnxFile(bytes).nodes >= 0;
  } catch (error) {
    return error instanceof MalformedProtobufError;
  }
};

describe('reading an ONNX file without running it', () => {
  test('finds versions, nodes and operators of a graph that the training program made', () => {
    const file = readOnnxFile(fixture('categorical/model.onnx'));
    expect(file.opsets.get('ai.onnx')).toBeGreaterThanOrEqual(13);
    expect([...file.operators]).toContain('ai.onnx.ml.OneHotEncoder');
    expect(file).toMatchObject({ hasExternalData: false, hasSubgraphs: false, hasFunctions: false });
    const { onnx } = JSON.parse(
      readFileSync(`${import.meta.dirname}/../inference/fixtures/categorical/model.json`, 'utf8'),
    );
    expect(file.nodes).toBe(onnx.nodes);
  });

  test.each(['logistic', 'xgboost', 'categorical', 'worse', 'nan', 'throws'])(
    'finds what the training program makes within the limits: %s',
    (name) => {
      expect(limits(`${name}/model.onnx`)).toMatchObject({ passed: true });
    },
  );

  test.each([
    ['external-data.onnx', 'data in another file'],
    ['branching.onnx', 'a graph inside a node'],
    ['custom-operator.onnx', 'x.y.Predict'],
  ])('refuses %s and says why', (name, why) => {
    expect(limits(name)).toMatchObject({ passed: false, detail: expect.stringContaining(why) });
  });

  test('refuses a graph that ends too early', () => {
    expect(() => readOnnxFile(fixture('corrupt.onnx'))).toThrow(MalformedProtobufError);
  });

  test('refuses an empty file', () => {
    expect(() => readOnnxFile(new Uint8Array())).toThrow('one graph');
  });

  test('reads or refuses any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), isHandled), { numRuns: 2000 });
  });

  test('reads or refuses a graph cut off or altered anywhere', () => {
    const whole = fixture('categorical/model.onnx');
    const place = fc.nat({ max: whole.length - 1 });
    fc.assert(
      fc.property(place, place, fc.nat({ max: 255 }), (end, at, byte) => {
        const altered = Uint8Array.from(whole);
        altered[at] = byte;
        return isHandled(altered) && isHandled(altered.subarray(0, end));
      }),
      { numRuns: 2000 },
    );
  });
});
