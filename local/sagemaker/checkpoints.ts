import { readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { filesBelow } from './archives.ts';
import { downloadPrefix } from './channels.ts';
import { parseS3Uri } from './s3-uri.ts';

export type CheckpointsOptions = {
  readonly s3: S3Client;
  /** The folder that stands for `/opt/ml/checkpoints`. */
  readonly folder: string;
  /** `S3Uri` of the job's CheckpointConfig. */
  readonly uri: string;
};

/**
 * The checkpoints of a job: in S3 from one start of its program to the next, in a folder while it runs.
 *
 * As on AWS, a file that the program deletes stays in S3, and a file that changes while it is copied is copied again.
 */
export class Checkpoints {
  readonly #options: CheckpointsOptions;
  /** How each file was when it was last the same as in S3. */
  readonly #copied = new Map<string, string>();

  constructor(options: CheckpointsOptions) {
    this.#options = options;
  }

  /** Brings what an earlier start has left; call once, before the program starts. */
  async restore(): Promise<void> {
    const { s3, folder, uri } = this.#options;
    await downloadPrefix(s3, `${uri.replace(/\/+$/, '')}/`, folder);
    for (const file of await filesBelow(folder)) {
      this.#copied.set(file, (await stateOf(file)) ?? '');
    }
  }

  /**
   * Copies what has changed to S3, with the client's own permissions.
   *
   * @throws what S3 refuses with
   */
  async save(): Promise<void> {
    for (const file of await filesBelow(this.#options.folder)) {
      const state = await stateOf(file);
      if (state !== undefined && state !== this.#copied.get(file) && (await this.#copy(file))) {
        this.#copied.set(file, state);
      }
    }
  }

  async #copy(file: string): Promise<boolean> {
    const { s3, folder, uri } = this.#options;
    // A program writes beside a checkpoint and renames: what was listed may be gone.
    const Body = await readFile(file).catch(whereGone);
    if (Body === undefined) {
      return false;
    }
    const { bucket, key } = parseS3Uri(uri);
    const path = relative(folder, file).split(sep).join('/');
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: join(key, path), Body }));
    return true;
  }
}

async function stateOf(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(whereGone);
  return found && `${found.ino} ${found.size} ${found.mtimeMs}`;
}

function whereGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') {
    throw error;
  }
}
