import type { Fleet } from '../../../bench/rollback/fleet.ts';
import type { Sent } from './check.ts';

/** Longer than API Gateway waits: what has not come by then is unknown. */
const patienceMilliseconds = 35_000;

/** The app's requests: so many at a time, to one model after the other, until it is told to stop. */
export interface Traffic {
  readonly requests: readonly Sent[];
  stop(): Promise<void>;
}

const ask = async ({ cloud }: Fleet, model: string, input: unknown): Promise<Sent> => {
  const sent = Date.now();
  const done = (more: Partial<Sent>): Sent => ({ model, sent, received: Date.now(), ...more });
  try {
    const response = await fetch(`${cloud.apiUrl}/v1/models/${model}/predictions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${cloud.tenants.acme?.app}`, 'content-type': 'application/json' },
      body: JSON.stringify({ input }),
      signal: AbortSignal.timeout(patienceMilliseconds),
    });
    const answer = (await response.json()) as { version?: string; detail?: string };
    return response.status === 200 && answer.version !== undefined
      ? done({ version: answer.version })
      : done({ unserved: `${response.status} ${answer.detail ?? ''}` });
  } catch (error) {
    const { name, message } = error as Error;
    return name === 'TimeoutError' ? done({ unknown: true }) : done({ unserved: `${name}: ${message}` });
  }
};

export const startTraffic = (fleet: Fleet, atATime: number): Traffic => {
  const requests: Sent[] = [];
  let running = true;
  let number = 0;
  const loop = async (): Promise<void> => {
    while (running) {
      number += 1;
      const { name = '' } = fleet.models[number % fleet.models.length] ?? {};
      const input = { ...fleet.inputs[number % fleet.inputs.length], recordNumber: `MRN-${number}` };
      requests.push(await ask(fleet, name, input));
    }
  };
  const loops = Array.from({ length: atATime }, loop);
  return {
    requests,
    stop: async () => {
      running = false;
      await Promise.all(loops);
    },
  };
};
