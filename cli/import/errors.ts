import { CommandError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';

/** A file that cannot be used as it is; nothing was sent. */
export class FileError extends CommandError {
  override readonly name = 'FileError';

  constructor(message: string, options: ErrorOptions = {}) {
    super(message, ExitCode.Refused, options);
  }
}
