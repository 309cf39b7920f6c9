/** `npm run set-up [-- torch]`: the project's own Python environment, and what is installed only where it is asked for. */
import { Argument, Command } from 'commander';
import { type Extra, extras, preparePython } from './set-up/python-environment.ts';

const [wanted = []] = new Command('set-up')
  .description('Makes the Python environment in .venv, which everything else makes by itself too.')
  .addArgument(new Argument('[extras...]', 'what to install besides').choices(extras))
  .addHelpText(
    'after',
    `
torch is PyTorch, which adds networks to the recipe tabular. For Linux the package index has it with CUDA, gigabytes;
without: PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu npm run set-up -- torch`,
  )
  .parse().processedArgs as [Extra[]?];

try {
  await preparePython({ log: console.log, extras: wanted });
} catch (error) {
  console.error(`\nThe set-up failed: ${(error as Error).message}`);
  process.exitCode = 1;
}
