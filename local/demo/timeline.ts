/** What happened, in the order in which it happened: printed at once and kept for the report. */
export interface Entry {
  /** Seconds since the demo began. */
  readonly at: number;
  readonly text: string;
}

export interface Timeline {
  readonly entries: readonly Entry[];
  /** Seconds since the demo began. */
  elapsed(): number;
  chapter(title: string): void;
  event(text: string): void;
  /** A passing state; printed, not kept. */
  note(text: string): void;
  /**
   * Asks until the answer is there, and says every two seconds at most how it stands.
   *
   * @param attempt - gives the answer, or a sentence on how it stands
   * @throws Error when `seconds` have gone by
   */
  until<Answer>(
    what: string,
    seconds: number,
    attempt: () => Promise<{ done: Answer } | { waiting: string }>,
  ): Promise<Answer>;
  /** Ends the signs of life. */
  close(): void;
}

const pollMilliseconds = 300;
/** Nobody should wait longer than two seconds without a sign of life. */
const silenceMilliseconds = 1800;
const heartbeatMilliseconds = 200;

/** @param logFolder - named where something does not come in time */
export const startTimeline = (print: (line: string) => void, logFolder: string): Timeline => {
  const started = performance.now();
  const entries: Entry[] = [];
  const elapsed = (): number => (performance.now() - started) / 1000;
  const stamp = (): string => `${elapsed().toFixed(1).padStart(6)} s`;
  let spoken = performance.now();
  let standing = 'working';
  const say = (line: string): void => {
    spoken = performance.now();
    print(line);
  };
  const note = (text: string): void => {
    standing = text;
    say(`${stamp()}  · ${text}`);
  };
  const heartbeat = setInterval(() => {
    if (performance.now() - spoken > silenceMilliseconds) note(standing);
  }, heartbeatMilliseconds);
  return {
    entries,
    elapsed,
    note,
    close: () => clearInterval(heartbeat),
    chapter: (title) => say(`\n── ${title} ${'─'.repeat(Math.max(2, 76 - title.length))}`),
    event: (text) => {
      entries.push({ at: elapsed(), text });
      standing = 'working';
      say(`${stamp()}  ${text}`);
    },
    until: async (what, seconds, attempt) => {
      const deadline = performance.now() + seconds * 1000;
      let last = '';
      while (performance.now() < deadline) {
        const outcome = await attempt();
        if ('done' in outcome) return outcome.done;
        if (outcome.waiting !== last) {
          last = outcome.waiting;
          note(last);
        }
        await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
      }
      throw new Error(
        `Expected ${what} within ${seconds} s; the last that was seen: ${last || 'nothing'}. The logs are in ${logFolder}.`,
      );
    },
  };
};
