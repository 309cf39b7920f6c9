import type { Worker } from 'node:worker_threads';
import { newSharedWords, type Reply, type Request, type VersionNumber, Word } from './messages.ts';

/** Starts a thread on the predict function's own bundle. */
export type StartThread = (words: Int32Array<SharedArrayBuffer>) => Worker;

/** ms since a thread was heard of while it had something to do. */
export interface Silence {
  /** By the clock, which goes on while a sandbox is frozen. */
  readonly clock: number;
  /** Of the processor, by all threads but the main one: nothing that a frozen sandbox could be mistaken for. */
  readonly processor: number;
}

export interface ThreadEvents {
  readonly onReply: (reply: Reply) => void;
  /** Again and again while it owes a reply, also to nobody who waits. */
  readonly onSilence: (silence: Silence) => void;
  /** @param error - why it ended; undefined: it was released */
  readonly onEnd: (error: Error | undefined) => void;
}

/** The challengers' thread as the main thread sees it. */
export interface Thread {
  post(request: Request): void;
  /** The version whose graph it runs now; 0: none. */
  running(): VersionNumber;
  /** @returns undefined where it has nothing to do */
  silence(): Silence | undefined;
  /**
   * Lets it end by itself, after what it is at. It is never terminated: onnxruntime aborts the whole process where its
   * thread is torn down in the middle of a run.
   */
  release(): void;
}

/** ms. */
const silenceInterval = 100;

const milliseconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;

/** ms of the processor that the threads beside this one have used: those of V8 take next to none. */
const processorOfOthers = (): number => milliseconds(process.cpuUsage()) - milliseconds(process.threadCpuUsage());

export const openThread = (start: StartThread, stopwatch: () => number, events: ThreadEvents): Thread => {
  const words = newSharedWords();
  const worker = start(words);
  let unanswered = 0;
  let heard = { clock: 0, processor: 0 };
  const hear = (): void => {
    heard = { clock: stopwatch(), processor: processorOfOthers() };
  };
  const silence = (): Silence | undefined =>
    unanswered === 0
      ? undefined
      : { clock: stopwatch() - heard.clock, processor: processorOfOthers() - heard.processor };
  const watch = setInterval(() => {
    const now = silence();
    if (now !== undefined) events.onSilence(now);
  }, silenceInterval).unref();
  let failure: Error | undefined;

  worker.on('message', (reply: Reply) => {
    unanswered -= 1;
    hear();
    events.onReply(reply);
  });
  // It keeps no process alive, which listening has just made it do: whoever waits for an answer has a timer.
  worker.unref();
  worker.once('error', (error) => {
    failure = error;
  });
  worker.once('exit', (code) => {
    clearInterval(watch);
    const released = Atomics.load(words, Word.Released) === 1;
    events.onEnd(released ? undefined : (failure ?? new Error(`The thread for challengers ended with ${code}.`)));
  });
  return {
    post: (request) => {
      if (unanswered === 0) hear();
      unanswered += 1;
      worker.postMessage(request);
    },
    running: () => Atomics.load(words, Word.Running),
    silence,
    release: () => {
      Atomics.store(words, Word.Released, 1);
      worker.postMessage({ do: 'end' } satisfies Request);
    },
  };
};
