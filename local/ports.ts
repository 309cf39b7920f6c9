import { once } from 'node:events';
import { createServer } from 'node:net';
import { PortTakenError } from './errors.ts';

/**
 * Refuses a port that somebody listens on, before time is spent on what would be served there.
 *
 * @param port 0 for any, which is always free
 * @throws {PortTakenError} where it is taken
 */
export async function requireFree(port: number): Promise<void> {
  const probe = createServer();
  probe.listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? new PortTakenError(port) : error;
  }
  probe.close();
  await once(probe, 'close');
}

/** Starts something on the wished-for ports, or on any free ones where one of those is taken. */
export async function onPortsOrAny<Result>(
  wished: readonly number[],
  start: (ports: readonly number[]) => Promise<Result>,
): Promise<Result> {
  try {
    return await start(wished);
  } catch (error) {
    if (error instanceof PortTakenError) {
      return await start(wished.map(() => 0));
    }
    throw error;
  }
}
