import type { Servable } from '../../../contracts/route-item.ts';
import type { VersionNumber } from './messages.ts';

const firstRest = 1000;
const longestRest = 60_000;

/** A version that some route has as its challenger or as a rival, on its way into the thread's memory and out of it. */
export class WantedVersion {
  readonly number: VersionNumber;
  readonly tenant: string;
  readonly servable: Servable;
  /** ms within which it has to answer. */
  readonly timeout: number;
  #state: 'absent' | 'loading' | 'ready' = 'absent';
  /** It could not be loaded, hung or crashed, and has not been ready since: nobody waits for it. */
  #isBroken = false;
  #rests = 0;
  #restsUntil = Number.NEGATIVE_INFINITY;

  constructor(number: VersionNumber, tenant: string, servable: Servable, timeout: number) {
    this.number = number;
    this.tenant = tenant;
    this.servable = servable;
    this.timeout = timeout;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  get isLoading(): boolean {
    return this.#state === 'loading';
  }

  /** Whether it is time to load it. */
  mayLoad(now: number): boolean {
    return this.#state === 'absent' && now >= this.#restsUntil;
  }

  beginLoading(): void {
    this.#state = 'loading';
  }

  becomeReady(): void {
    this.#state = 'ready';
    this.#isBroken = false;
  }

  /** Its artifact was refused: the next look at the route tries again. */
  refuse(): void {
    this.#state = 'absent';
    this.#isBroken = true;
  }

  /** The thread is gone, through no fault of this version. */
  leaveMemory(): void {
    this.#state = 'absent';
  }

  /** It hung or crashed: it rests, twice as long each time. */
  rest(now: number): void {
    this.#state = 'absent';
    this.#isBroken = true;
    this.#restsUntil = now + Math.min(longestRest, firstRest * 2 ** this.#rests);
    this.#rests += 1;
  }
}
