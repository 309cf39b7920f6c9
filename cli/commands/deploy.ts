import { type Command, Option } from 'commander';
import { expectAnswer } from '../../client/index.ts';
import { Strategy } from '../../contracts/rollout-policy.ts';
import { notNegative, several } from '../arguments.ts';
import type { OpenSession } from '../session.ts';
import { rolloutText } from '../text/rollout.ts';

interface Options {
  readonly reason: string;
  readonly overrideGate?: boolean;
  readonly strategy?: Strategy;
  readonly bakeSeconds?: number;
  readonly rival?: string[];
}

/** `deploy <model> <version>`: begins a rollout. */
export const addDeploy = (program: Command, open: OpenSession): void => {
  program
    .command('deploy <model> <version>')
    .description('begin the rollout of a version')
    .requiredOption('--reason <text>', 'kept in the audit')
    .option('--override-gate', 'deploy a version that the gate rejected for its quality')
    .addOption(new Option('--strategy <name>', "in place of the policy's").choices(Object.values(Strategy)))
    .option('--bake-seconds <number>', 'blue-green only: how long the champion stands by', notNegative)
    .option(
      '--rival <version>',
      'a further version that a bandit compares; may be repeated',
      several((text) => text),
    )
    .action(async (model: string, version: string, { rival: rivals, ...given }: Options, command: Command) => {
      const session = await open(command);
      const body = { version, ...given, ...(rivals === undefined ? {} : { rivals }) };
      const rollout = expectAnswer(
        await session.api.POST('/v1/models/{model}/rollouts', { params: { path: { model } }, body }),
      );
      session.show(rollout, rolloutText);
    });
};
