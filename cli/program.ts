import { Command } from 'commander';
import { addApproval } from './commands/approval.ts';
import { addCurrent } from './commands/current.ts';
import { addDecisions } from './commands/decisions.ts';
import { addDeploy } from './commands/deploy.ts';
import { addDrill } from './commands/drill.ts';
import { addEvaluations } from './commands/evaluations.ts';
import { addExplain } from './commands/explain.ts';
import { addImport } from './commands/import.ts';
import { addJobs } from './commands/jobs.ts';
import { addMaturity } from './commands/maturity.ts';
import { addPlan } from './commands/plan.ts';
import { addRollback } from './commands/rollback.ts';
import { addRollouts } from './commands/rollouts.ts';
import { addSuggest } from './commands/suggest.ts';
import { addTrain } from './commands/train.ts';
import { type ConnectionOptions, type ConnectionSources, openConnection } from './connection.ts';
import type { OfflineSession, OpenSession, Session, Terminal } from './session.ts';

/** Everything outside the program. */
export interface Surroundings extends Terminal, ConnectionSources, Pick<Session, 'pause' | 'now' | 'ask' | 'watched'> {}

interface CommonOptions extends ConnectionOptions {
  readonly json: boolean;
}

const exitCodes = `
Exit codes: 0 done; 1 refused by the platform, a file that cannot be used or whose cases still wait to be examined, a
training or an evaluation that failed, or a drill that did not roll back; 2 wrong command line, or no address or token; 3 nothing answers at the address.`;

const openSession = (surroundings: Surroundings): OpenSession => {
  const offline = (command: Command): OfflineSession => {
    const { json } = command.optsWithGlobals<CommonOptions>();
    const { print, tell, pause, now, ask, watched } = surroundings;
    return {
      print,
      tell,
      pause,
      now,
      ask,
      watched,
      show: (answer, textOf) => print(json ? JSON.stringify(answer, undefined, 2) : textOf(answer)),
    };
  };
  const open = async (command: Command): Promise<Session> => ({
    ...offline(command),
    api: await openConnection(command.optsWithGlobals<CommonOptions>(), surroundings),
  });
  return Object.assign(open, { offline });
};

/** The command line as commander runs it. It throws where commander would end the process. */
export const makeProgram = (surroundings: Surroundings): Command => {
  const withoutLineEnd = (text: string): string => text.replace(/\n$/, '');
  const program = new Command('relearn')
    .description(
      "A model's life: import its cases, look at them, train, compare, explain, roll out, roll back, rehearse.",
    )
    .option('--url <address>', "the API's address; else RELEARN_URL, else the embedded cloud that runs")
    .option('--token <token>', 'a bearer token; else RELEARN_TOKEN, else one of the embedded cloud')
    .option('--state <folder>', 'of the embedded cloud, as it was given to npm start; else RELEARN_STATE')
    .option('--tenant <name>', 'a tenant of the embedded cloud', 'acme')
    .option('--role <role>', 'whose token of the embedded cloud is used', 'operator')
    .option('--json', 'print the answer as JSON', false)
    .addHelpText('after', exitCodes)
    .showHelpAfterError('(--help tells more)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => surroundings.print(withoutLineEnd(text)),
      writeErr: (text) => surroundings.tell(withoutLineEnd(text)),
    });
  const open = openSession(surroundings);
  for (const add of [
    addImport,
    addSuggest,
    addTrain,
    addJobs,
    addDecisions,
    addEvaluations,
    addExplain,
    addCurrent,
    addPlan,
    addDeploy,
    addRollouts,
    addApproval,
    addRollback,
    addDrill,
    addMaturity,
  ]) {
    add(program, open);
  }
  return program;
};
