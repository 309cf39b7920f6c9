import { platform, setPriority } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import type { Servable } from '../../../contracts/route-item.ts';
import type { Answer } from '../loaded-model.ts';
import { ModelFailureError } from '../model-errors.ts';
import type { Tensors } from '../onnx-session.ts';
import type { Serving } from '../serving.ts';
import { type JobReply, type Reply, type Request, type VersionNumber, Word } from './messages.ts';

interface Version {
  readonly tenant: string;
  readonly servable: Servable;
  readonly loading: Promise<void>;
}

/** ms of the processor, of this thread: a frozen sandbox's clock goes on, and this does not. */
const processorTime = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** Of a thread, from −20, the first in turn, to 19; the main thread has 0. */
const niceness = 5;

/**
 * On Linux a priority is a thread's own. Behind the main thread, work for challengers delays no champion; far behind, a
 * busy machine would make every challenger look slow.
 */
const stepBehindMainThread = (): void => {
  if (platform() === 'linux') setPriority(0, niceness);
};

/**
 * What the thread for challengers does, from its start to its end: it loads versions and asks them.
 *
 * @param words - shared with the main thread
 */
export const answerRequests = (port: MessagePort, serving: Serving, words: Int32Array): void => {
  const versions = new Map<VersionNumber, Version>();
  const reply = (message: Reply): void => port.postMessage(message);

  const load = (version: VersionNumber, tenant: string, servable: Servable): void => {
    const loading = serving.load(tenant, servable).then(
      () => reply({ did: 'load', version }),
      (error: Error) => reply({ did: 'refuse', version, reason: error.message }),
    );
    versions.set(version, { tenant, servable, loading });
  };

  const run = (version: VersionNumber, job: number, tensors: Tensors): JobReply => {
    const known = versions.get(version);
    const model = known === undefined ? undefined : serving.loaded(known.tenant, known.servable);
    if (model === undefined) return { did: 'miss', job };
    const start = processorTime();
    Atomics.store(words, Word.Running, version);
    try {
      const [answer] = model.run(tensors) as [Answer];
      return { did: 'answer', job, answer, milliseconds: processorTime() - start };
    } catch (error) {
      if (!(error instanceof ModelFailureError)) throw error;
      return { did: 'fail', job, fault: error.fault, milliseconds: processorTime() - start };
    } finally {
      Atomics.store(words, Word.Running, 0);
    }
  };

  stepBehindMainThread();
  port.on('message', async (request: Request) => {
    if (Atomics.load(words, Word.Released) === 1) process.exit();
    if (request.do === 'load') load(request.version, request.tenant, request.servable);
    if (request.do !== 'ask') return;
    const { version, job, tensors } = request;
    await versions.get(version)?.loading;
    reply(run(version, job, tensors));
  });
};
