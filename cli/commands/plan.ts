import type { Command } from 'commander';
import { expectAnswer } from '../../client/index.ts';
import { difference, notNegative, several, share } from '../arguments.ts';
import type { OpenSession } from '../session.ts';
import { planText } from '../text/plan.ts';

interface Options {
  readonly labelsPerDay?: number;
  readonly outcomesPerDay?: number;
  readonly accuracy?: number;
  readonly meanReward?: number;
  readonly disagreement?: number;
  readonly margin?: number;
  readonly difference?: number[];
}

/** `plan <model>`: how long until a verdict. */
export const addPlan = (program: Command, open: OpenSession): void => {
  program
    .command('plan <model>')
    .description('how long until a verdict, for each kind of evidence; what is not given is measured')
    .option('--labels-per-day <number>', 'validated cases a day', notNegative)
    .option('--outcomes-per-day <number>', 'predictions a day whose reward comes back', notNegative)
    .option('--accuracy <share>', "the champion's", share)
    .option('--mean-reward <share>', "the champion's", share)
    .option('--disagreement <share>', 'of cases in which exactly one of the two versions is right', share)
    .option('--margin <share>', "in place of the policy's", share)
    .option('--difference <share>', "challenger's mean less the champion's; may be repeated", several(difference))
    .action(async (model: string, { difference: differences, ...given }: Options, command: Command) => {
      const session = await open(command);
      const body = { ...given, ...(differences === undefined ? {} : { differences }) };
      const plan = expectAnswer(
        await session.api.POST('/v1/models/{model}/rollouts/plan', { params: { path: { model } }, body }),
      );
      session.show(plan, planText);
    });
};
