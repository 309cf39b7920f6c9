import type { Schemas } from '../../client/index.ts';

const milliseconds = (value: number | undefined): string =>
  value === undefined ? 'not measured' : `${Math.round(value).toLocaleString('en')} ms`;

/** What a drill measured, for a person. */
export const drillText = ({ id, status, drill = {} }: Schemas['Rollout']): string =>
  [
    `${id} ${status}`,
    `  alarm to route     ${milliseconds(drill.alarmToRouteMilliseconds)}`,
    `  failure to route   ${milliseconds(drill.totalMilliseconds)}`,
  ].join('\n');
