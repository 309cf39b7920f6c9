import type { Servable } from '../../../contracts/route-item.ts';
import type { Answer } from '../loaded-model.ts';
import type { ModelFault } from '../model-errors.ts';
import type { Tensors } from '../onnx-session.ts';

/** A version's number within one process; 0 is none. */
export type VersionNumber = number;

/** What the main thread asks of the challengers' thread. Each `load` and each `ask` gets exactly one reply. */
export type Request =
  | { readonly do: 'load'; readonly version: VersionNumber; readonly tenant: string; readonly servable: Servable }
  | { readonly do: 'ask'; readonly version: VersionNumber; readonly job: number; readonly tensors: Tensors }
  /** Wakes a thread that has been released, so that it sees it. */
  | { readonly do: 'end' };

/** A version on its way through one job; `milliseconds` are of processor time. */
export type JobReply =
  | { readonly did: 'answer'; readonly job: number; readonly answer: Answer; readonly milliseconds: number }
  | { readonly did: 'fail'; readonly job: number; readonly fault: ModelFault; readonly milliseconds: number }
  /** The version is not in the thread's memory, and cannot be loaded again. */
  | { readonly did: 'miss'; readonly version: VersionNumber; readonly job: number; readonly reason: string };

export type Reply =
  | { readonly did: 'load'; readonly version: VersionNumber }
  | { readonly did: 'refuse'; readonly version: VersionNumber; readonly reason: string }
  | JobReply;

/** Words of the memory that both threads see, for what a blocked thread could not say by a message. */
export const Word = {
  /** The version that the thread runs; 0: none. */
  Running: 0,
  /** 1: the thread is to end as soon as it can. */
  Released: 1,
} as const;

export const newSharedWords = (): Int32Array<SharedArrayBuffer> =>
  new Int32Array(new SharedArrayBuffer(Object.keys(Word).length * Int32Array.BYTES_PER_ELEMENT));
