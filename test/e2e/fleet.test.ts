/** What needs several trained models on a running cloud: they are made once for all of it. */
import { afterAll, beforeAll } from '@jest/globals';
import { type Fleet, type FleetModel, startFleet } from '../../bench/rollback/fleet.ts';
import { describeCommandLine } from './command-line/suite.ts';
import { describeSwitching } from './switching/suite.ts';

let fleet: Fleet;
let model: FleetModel;

beforeAll(async () => {
  const whole = await startFleet({ size: 3, log: () => undefined });
  const [first, ...others] = whole.models;
  if (first === undefined) throw new Error('Expected three models, got none.');
  [fleet, model] = [{ ...whole, models: others }, first];
}, 900_000);

afterAll(() => fleet.dispose(), 120_000);

describeCommandLine(() => ({ fleet, model }));
describeSwitching(() => fleet);
