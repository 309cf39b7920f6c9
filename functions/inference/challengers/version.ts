import type { Servable } from '../../../contracts/route-item.ts';
import type { VersionNumber } from './messages.ts';
import { Fault } from './result.ts';

const firstRest = 1000;
const longestRest = 60_000;
/** ms before which a run is late, and no run that hangs, however short its time-out. */
const shortestHang = 1000;
/** ms for which a version that a process has come to want may be on its way into memory. */
const grace = 30_000;

/** A version that some route has as its challenger or as a rival, on its way into the thread's memory and out of it. */
export class WantedVersion {
  readonly number: VersionNumber;
  readonly tenant: string;
  readonly servable: Servable;
  /** ms within which it has to answer. */
  readonly timeout: number;
  readonly #wantedAt: number;
  #state: 'absent' | 'loading' | 'ready' = 'absent';
  /** It could not be loaded, hung or crashed, and has not been ready since: nobody waits for it. */
  #isBroken = false;
  #rests = 0;
  #restsUntil = Number.NEGATIVE_INFINITY;

  /** @param wantedAt - since when, ms of the stopwatch */
  constructor(number: VersionNumber, tenant: string, servable: Servable, timeout: number, wantedAt: number) {
    this.number = number;
    this.tenant = tenant;
    this.servable = servable;
    this.timeout = timeout;
    this.#wantedAt = wantedAt;
  }

  /** ms after which a run is one that hangs. */
  get hangLimit(): number {
    return Math.max(this.timeout, shortestHang);
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  get isLoading(): boolean {
    return this.#state === 'loading';
  }

  /** Whether it has been loaded. It may have left memory since, for others that needed the room. */
  get isReady(): boolean {
    return this.#state === 'ready';
  }

  /** Why it gives no answer to a request that it cannot be asked for now. */
  faultWhenUnasked(now: number): Fault {
    return now - this.#wantedAt <= grace ? Fault.Unready : Fault.Starved;
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

  /** Its artifact cannot be loaded: the next look at the route tries again. */
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
