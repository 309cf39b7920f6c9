export type LogEvent = { readonly timestamp: number; readonly message: string };

/** Limits of PutLogEvents: events of a batch, bytes of a batch with 26 for each event. */
const batchEvents = 10_000;
const batchBytes = 1_000_000;
const overheadBytes = 26;
/** What a stream takes in full; the emulator keeps logs in memory, and a program that never stops printing gets less then. */
const generousBytes = 16 * batchBytes;
const meagreBytes = 128_000;
/** Of a batch that is full. */
const keptShare = 0.75;
/** Of the line that tells of others. */
const noteBytes = 200;

/** Lines that wait to be sent: never more than one batch, the oldest left out where more come. */
export class LogLines {
  #events: LogEvent[] = [];
  #bytes = 0;
  #taken = 0;
  #leftOut = 0;

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  add(event: LogEvent): void {
    this.#events.push(event);
    this.#bytes += sizeOf(event);
    const bytes = (this.#taken < generousBytes ? batchBytes : meagreBytes) - noteBytes;
    if (this.#events.length >= batchEvents || this.#bytes > bytes) {
      // Some at a time: to move thousands of lines for each that comes would cost more than they are worth.
      this.#leaveOut(keptShare * batchEvents, keptShare * bytes);
    }
  }

  #leaveOut(mostEvents: number, mostBytes: number): void {
    let first = 0;
    while (this.#events.length - first > Math.max(1, mostEvents) || this.#bytes > mostBytes) {
      this.#bytes -= sizeOf(this.#events[first] as LogEvent);
      first += 1;
    }
    this.#leftOut += first;
    this.#events.splice(0, first);
  }

  /** Takes what waits, as one batch that PutLogEvents accepts. */
  take(): LogEvent[] {
    const [first] = this.#events;
    const message = `… ${this.#leftOut} lines are left out: more came than a log takes`;
    const note = this.#leftOut > 0 && first ? [{ timestamp: first.timestamp, message }] : [];
    const batch = [...note, ...this.#events];
    this.#taken += this.#bytes;
    this.#events = [];
    this.#bytes = 0;
    this.#leftOut = 0;
    return batch;
  }
}

const sizeOf = ({ message }: LogEvent): number => Buffer.byteLength(message) + overheadBytes;
