import { platform, setPriority } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import type { Servable } from '../../../contracts/route-item.ts';
import type { Answer, LoadedModel } from '../loaded-model.ts';
import { ModelFailureError } from '../model-errors.ts';
import type { Serving } from '../serving.ts';
import { type JobReply, type Reply, type Request, type VersionNumber, Word } from './messages.ts';

interface Version {
  readonly tenant: string;
  readonly servable: Servable;
}

type Ask = Extract<Request, { do: 'ask' }>;

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
    versions.set(version, { tenant, servable });
    serving.load(tenant, servable).then(
      () => reply({ did: 'load', version }),
      (error: Error) => reply({ did: 'refuse', version, reason: error.message }),
    );
  };

  /** From memory where it is there: it may have left for others that needed the room. */
  const modelOf = async (version: VersionNumber): Promise<LoadedModel> => {
    const known = versions.get(version);
    if (known === undefined) throw new Error('Expected a version that some route has; none has it any more.');
    return serving.load(known.tenant, known.servable);
  };

  const run = (model: LoadedModel, { version, job, tensors }: Ask): JobReply => {
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

  const ask = async (request: Ask): Promise<void> => {
    const { version, job } = request;
    const model = await modelOf(version).catch((error: Error) => error);
    reply(model instanceof Error ? { did: 'miss', version, job, reason: model.message } : run(model, request));
  };

  stepBehindMainThread();
  port.on('message', async (request: Request) => {
    if (Atomics.load(words, Word.Released) === 1) process.exit();
    if (request.do === 'load') load(request.version, request.tenant, request.servable);
    if (request.do === 'ask') await ask(request);
  });
};
