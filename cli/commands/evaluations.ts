import { type Command, Option } from 'commander';
import { expectAnswer, type Schemas } from '../../client/index.ts';
import { EvaluatedPart } from '../../contracts/evaluations.ts';
import { EvaluationStatus, isFinishedEvaluation } from '../../contracts/statuses.ts';
import { WorkFailedError } from '../errors.ts';
import { follow } from '../follow.ts';
import type { OpenSession, Session } from '../session.ts';
import { evaluationText } from '../text/evaluation.ts';

interface Options {
  readonly dataset?: string;
  readonly part?: EvaluatedPart;
}

type Evaluation = Schemas['Evaluation'];

const ofCases = (command: Command): Command =>
  command
    .option('--dataset <id>', 'default: the newest')
    .addOption(new Option('--part <name>', 'of the dataset; default: holdout').choices(Object.values(EvaluatedPart)));

/** Waits for an evaluation, and shows it. @throws WorkFailedError */
const showEvaluation = async (session: Session, begun: Evaluation): Promise<void> => {
  const path = { model: begun.model, evaluation: begun.id };
  const evaluation = await follow(session, begun, {
    ask: async () =>
      expectAnswer(await session.api.GET('/v1/models/{model}/evaluations/{evaluation}', { params: { path } })),
    isEnded: ({ status }) => isFinishedEvaluation(status),
    standing: ({ id, versions, part }) => ({ what: `${id}: measuring ${versions.join(', ')} on ${part}` }),
  });
  session.show(evaluation, evaluationText);
  if (evaluation.status === EvaluationStatus.Failed) {
    throw new WorkFailedError(evaluation.failure ?? 'It failed, and no reason was kept.');
  }
};

/** `evaluate <model> <version>` and `compare <model> <version> <version...>`. */
export const addEvaluations = (program: Command, open: OpenSession): void => {
  ofCases(program.command('evaluate <model> <version>'))
    .description('measure a version on a dataset')
    .action(async (model: string, version: string, body: Options, command: Command) => {
      const session = await open(command);
      const params = { path: { model, version } };
      const begun = await session.api.POST('/v1/models/{model}/versions/{version}/evaluations', { params, body });
      await showEvaluation(session, expectAnswer(begun));
    });
  ofCases(program.command('compare <model> <version> <versions...>'))
    .description('measure versions side by side on one dataset; each is compared with the first')
    .action(async (model: string, first: string, others: string[], options: Options, command: Command) => {
      const session = await open(command);
      const body = { versions: [first, ...others], ...options };
      const begun = await session.api.POST('/v1/models/{model}/compare', { params: { path: { model } }, body });
      await showEvaluation(session, expectAnswer(begun));
    });
};
