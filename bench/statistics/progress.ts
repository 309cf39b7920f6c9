/** How far a long command is. */
export interface Progress {
  /** @param share - done, in [0, 1] */
  readonly report: (share: number) => void;
  readonly end: () => void;
}

const terminalMilliseconds = 1_000;
const fileMilliseconds = 15_000;

const spoken = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;

/**
 * One line that is written over on a terminal, and a new line now and then in a file.
 * @param doing - what a person waits for
 */
export const startProgress = (doing: string): Progress => {
  const started = performance.now();
  const { isTTY } = process.stdout;
  let share = 0;
  const write = (): void => {
    const seconds = (performance.now() - started) / 1000;
    const left = share === 0 ? '' : `, about ${spoken((seconds * (1 - share)) / share)} left`;
    const line = `  ${doing}: ${Math.floor(100 * share)}% after ${spoken(seconds)}${left}`;
    process.stdout.write(isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
  };
  write();
  const timer = setInterval(write, isTTY ? terminalMilliseconds : fileMilliseconds);
  return {
    report: (now) => {
      share = now;
    },
    end: () => {
      clearInterval(timer);
      write();
      if (isTTY) process.stdout.write('\n');
    },
  };
};
