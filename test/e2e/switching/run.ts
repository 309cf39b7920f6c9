import { GetFunctionConfigurationCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { Fleet } from '../../../bench/rollback/fleet.ts';
import { until } from '../../../bench/rollback/until.ts';
import type { AuditEntry } from '../../../contracts/monitoring.ts';
import { clientOptions } from '../../../local/aws-clients.ts';
import { expectAnswer } from '../../../local/demo/tenant.ts';
import type { Log } from '../../../local/log.ts';
import { type Checked, checkAnswers } from './check.ts';
import { type RouteState, routeHistory } from './history.ts';
import { switchRoutes } from './switches.ts';
import { startTraffic } from './traffic.ts';

export interface SwitchingOptions {
  /** Requests that are sent at least; they go on until the last switch. */
  readonly requests: number;
  /** Promotions, each followed by a rollback. */
  readonly pairs: number;
  readonly log: Log;
}

export interface SwitchingReport extends Checked {
  readonly promotions: number;
  readonly rollbacks: number;
  /** Revisions of all routes by the audit, and by the routes themselves. */
  readonly revisions: { readonly audited: number; readonly served: number };
  readonly timeToLive: number;
  readonly seconds: number;
}

const requestsAtATime = 6;
/** ms beyond the time to live for which a promoted challenger serves. */
const margin = 1000;

/** ms for which the deployed predict function answers by a route that it has read. */
const deployedTimeToLive = async ({ cloud }: Fleet): Promise<number> => {
  const lambda = new LambdaClient(clientOptions(cloud));
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName } of Functions) {
      const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      const milliseconds = Environment?.Variables?.ROUTE_TTL_MS;
      if (milliseconds !== undefined) return Number(milliseconds);
    }
  }
  throw new Error('Expected a function with ROUTE_TTL_MS in its environment, found none.');
};

/** The whole audit, the oldest entry first. */
const readAudit = async ({ tenant }: Fleet): Promise<AuditEntry[]> => {
  const entries: AuditEntry[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 100, ...(cursor === undefined ? {} : { cursor }) };
    const page = expectAnswer(await tenant.operator.GET('/v1/audit', { params: { query } }));
    entries.push(...(page.items as AuditEntry[]));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return entries.reverse();
};

/** Sends requests while versions take each other's place, and holds every answer against the history of the routes. */
export const runSwitching = async (
  fleet: Fleet,
  { requests, pairs, log }: SwitchingOptions,
): Promise<SwitchingReport> => {
  const timeToLive = await deployedTimeToLive(fleet);
  const started = performance.now();
  const traffic = startTraffic(fleet, requestsAtATime);
  const { looks, promotions, rollbacks } = await switchRoutes(fleet, pairs, {
    stay: timeToLive + margin,
    mayBegin: (begun) => traffic.requests.length >= (begun / pairs) * requests,
    done: (ended) => {
      if (ended % 10 === 0) log(`${ended} of ${pairs} there and back, ${traffic.requests.length} requests answered`);
    },
  });
  await until(`${requests} requests`, 600, async () => (traffic.requests.length >= requests ? true : undefined));
  await traffic.stop();
  const seconds = (performance.now() - started) / 1000;

  const audit = await readAudit(fleet);
  const histories = new Map<string, RouteState[]>(
    fleet.models.map(({ name }) => {
      const ofModel = audit.filter(({ model }) => model === name);
      return [name, routeHistory(ofModel, looks.get(name) ?? [])];
    }),
  );
  const audited = [...histories.values()].reduce((sum, states) => sum + (states.at(-1)?.revision ?? 0), 0);
  const served = [...looks.values()].reduce((sum, seen) => sum + (seen.at(-1)?.revision ?? 0), 0);
  const checked = checkAnswers(traffic.requests, histories, timeToLive);
  return { ...checked, promotions, rollbacks, revisions: { audited, served }, timeToLive, seconds };
};

/** The numbers for a person. */
export const switchingText = (report: SwitchingReport): string => {
  const { sent, answered, unserved, unknown, misrouted, decisive, promotions, rollbacks, revisions } = report;
  return `
  switches    ${promotions} promotions, ${rollbacks} rollbacks: ${revisions.audited} revisions of routes, all audited
  requests    ${sent} sent, ${answered} answered, ${unserved.length} unserved, ${unknown} unknown
  versions    ${misrouted.length} answers by a version that was not routed; for ${decisive} answers there was one right version
  took        ${report.seconds.toFixed(0)} s
`;
};
