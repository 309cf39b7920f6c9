/** setTimeout takes no more. */
const longestSeconds = (2 ** 31 - 1) / 1000;

/** At most one thing to be done later for each name. */
export class Timers {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** @param work must not reject */
  set(name: string, seconds: number, work: () => Promise<void>): void {
    this.delete(name);
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      void work();
    }, Math.min(seconds, longestSeconds) * 1000);
    this.#timers.set(name, timer);
  }

  delete(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  clear(): void {
    for (const name of [...this.#timers.keys()]) {
      this.delete(name);
    }
  }
}
