import type { Command } from 'commander';
import { expectAnswer } from '../../client/index.ts';
import type { OpenSession } from '../session.ts';
import { maturityText } from '../text/maturity.ts';

/** `maturity <model>`: which labels have come. */
export const addMaturity = (program: Command, open: OpenSession): void => {
  program
    .command('maturity <model>')
    .description("what share of each day's predictions has its label, and when a verdict is expected")
    .action(async (model: string, _options: unknown, command: Command) => {
      const session = await open(command);
      const maturity = expectAnswer(
        await session.api.GET('/v1/models/{model}/label-maturity', { params: { path: { model } } }),
      );
      session.show(maturity, maturityText);
    });
};
