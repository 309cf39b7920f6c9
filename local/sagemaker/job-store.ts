import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from './job.ts';

/** The jobs, in memory for reading and one file each for the next start. */
export class JobStore {
  readonly #folder: string;
  readonly #jobs = new Map<string, Job>();
  /** Writes of one job must not overtake each other. */
  readonly #writes = new Map<string, Promise<void>>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens the store in `folder`, with the jobs that are in it. */
  static async open(folder: string): Promise<JobStore> {
    await mkdir(folder, { recursive: true });
    const store = new JobStore(folder);
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.json'))) {
      const job = JSON.parse(await readFile(join(folder, file), 'utf8')) as Job;
      store.#jobs.set(job.request.TrainingJobName, job);
    }
    return store;
  }

  get(name: string): Job | undefined {
    return this.#jobs.get(name);
  }

  all(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  /** Keeps the job; visible to `get` at once, on disk when the promise resolves. */
  async put(job: Job): Promise<void> {
    const name = job.request.TrainingJobName;
    this.#jobs.set(name, job);
    const write = (this.#writes.get(name) ?? Promise.resolve()).then(() => this.#write(name, job));
    this.#writes.set(name, write);
    await write;
  }

  async #write(name: string, job: Job): Promise<void> {
    const file = join(this.#folder, `${name}.json`);
    await writeFile(`${file}.tmp`, JSON.stringify(job));
    await rename(`${file}.tmp`, file);
  }
}
