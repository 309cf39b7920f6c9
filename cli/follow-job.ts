import { expectAnswer, type Schemas } from '../client/index.ts';
import { isFinishedJob, JobStatus } from '../contracts/statuses.ts';
import { WorkFailedError } from './errors.ts';
import { follow } from './follow.ts';
import type { Session } from './session.ts';
import { endedText, standingOf } from './text/training.ts';

type Job = Schemas['TrainingJob'];

/** The version of a job that made one: what the gate thinks of it is told with it. */
const versionOf = async ({ api }: Session, { model, version }: Job): Promise<Schemas['Version'] | undefined> =>
  version === undefined
    ? undefined
    : expectAnswer(await api.GET('/v1/models/{model}/versions/{version}', { params: { path: { model, version } } }));

/**
 * Follows a training to its end, and shows what came of it.
 *
 * @throws WorkFailedError where it made no version
 */
export const followJob = async (session: Session, begun: Job): Promise<void> => {
  const { model, id } = begun;
  const path = { model, job: id };
  session.tell(`${id}: it goes on where this is interrupted; relearn jobs show ${model} ${id}`);
  const job = await follow(session, begun, {
    ask: async () =>
      expectAnswer(await session.api.GET('/v1/models/{model}/training-jobs/{job}', { params: { path } })),
    isEnded: ({ status }) => isFinishedJob(status),
    standing: standingOf,
  });
  const version = await versionOf(session, job);
  session.show(job, () => endedText(job, version));
  if (job.status === JobStatus.Failed) throw new WorkFailedError(job.failure ?? 'It failed, and no reason was kept.');
  if (job.status === JobStatus.Cancelled) throw new WorkFailedError('It was cancelled.');
};
