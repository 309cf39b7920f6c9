import { run } from '../../cli/run.ts';

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

interface Surroundings {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly readyFile?: string;
  readonly watched?: boolean;
  /** @default waits as long as it is told to */
  readonly pause?: (milliseconds: number) => Promise<void>;
  /** @default the time that passes */
  readonly now?: () => number;
}

/** Runs one command of the command line in this process, and keeps what it prints. */
export const relearn = async (
  args: readonly string[],
  {
    environment = {},
    readyFile = '/nowhere/ready.json',
    watched = false,
    pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    now = () => performance.now(),
  }: Surroundings = {},
): Promise<Ran> => {
  const [out, err]: [string[], string[]] = [[], []];
  const exitCode = await run(args, {
    print: (text) => out.push(text),
    tell: (text) => err.push(text),
    environment,
    readyFile,
    watched,
    pause,
    now,
  });
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
};
