import type { Schemas } from '../../client/index.ts';
import { columnsOfSentences, minute, olderLine, type Page } from './page.ts';

/** Why a model was not trained. */
export const decisionsText = ({ items, nextCursor }: Page<Schemas['TrainingDecision']>): string =>
  items.length === 0
    ? 'nothing was decided against a training in the last 90 days'
    : [
        columnsOfSentences([
          ['day (UTC)', 'times', 'last at', 'reason', 'the last of them'],
          ...items.map(({ day, count, lastAt, reason, detail }) => [
            day,
            count.toLocaleString('en'),
            minute(lastAt).slice(-5),
            reason,
            detail,
          ]),
        ]),
        ...olderLine(nextCursor),
      ].join('\n');
