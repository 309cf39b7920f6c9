import { GetFunctionConfigurationCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { Fleet } from '../../../bench/rollback/fleet.ts';
import { until } from '../../../bench/rollback/until.ts';
import { expectAnswer } from '../../../client/index.ts';
import type { AuditEntry } from '../../../contracts/monitoring.ts';
import { clientOptions } from '../../../local/aws-clients.ts';
import type { Log } from '../../../local/log.ts';
import { type Checked, checkAnswers } from './check.ts';
import { isPromotion, isReturn, type RouteState, routeHistory } from './history.ts';
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
  /** By the audit. */
  readonly promotions: number;
  readonly rollbacks: number;
  /** Versions, each after its model, that gave no decisive answer. */
  readonly undecided: readonly string[];
  /** Revisions of all routes by the audit, and by the routes themselves. */
  readonly revisions: { readonly audited: number; readonly served: number };
  readonly timeToLive: number;
  readonly seconds: number;
}

const requestsAtATime = 6;
/** ms beyond the time to live for which a promoted challenger serves at least. */
const margin = 1000;
/** Seconds in which something that goes on all the while must have happened. */
const patience = 600;

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

const undecidedOf = ({ models }: Fleet, { decisive }: Checked): string[] => {
  const decided = new Set(decisive.map(({ model, version }) => `${model} ${version}`));
  return models
    .flatMap(({ name, champion, challenger }) => [`${name} ${champion}`, `${name} ${challenger}`])
    .filter((version) => !decided.has(version));
};

/** Sends requests while versions take each other's place, and holds every answer against the history of the routes. */
export const runSwitching = async (
  fleet: Fleet,
  { requests, pairs, log }: SwitchingOptions,
): Promise<SwitchingReport> => {
  const timeToLive = await deployedTimeToLive(fleet);
  const started = performance.now();
  const traffic = startTraffic(fleet, requestsAtATime);
  const looks = await switchRoutes(fleet, pairs, {
    stay: async (name) => {
      const settled = Date.now() + timeToLive;
      await new Promise((resolve) => setTimeout(resolve, timeToLive + margin));
      await until(`${name} to answer`, patience, async () =>
        traffic.requests.some(({ model, sent, version }) => model === name && version !== undefined && sent > settled)
          ? true
          : undefined,
      );
    },
    mayBegin: (begun) => traffic.requests.length >= (begun / pairs) * requests,
    done: (ended) => {
      if (ended % 10 === 0) log(`${ended} of ${pairs} there and back, ${traffic.requests.length} requests answered`);
    },
  });
  await until(`${requests} requests`, patience, async () => (traffic.requests.length >= requests ? true : undefined));
  await traffic.stop();
  const seconds = (performance.now() - started) / 1000;

  const audit = (await readAudit(fleet)).filter(({ model }) => fleet.models.some(({ name }) => name === model));
  const histories = new Map<string, RouteState[]>(
    fleet.models.map(({ name }) => {
      const ofModel = audit.filter(({ model }) => model === name);
      return [name, routeHistory(ofModel, looks.get(name) ?? [])];
    }),
  );
  const audited = [...histories.values()].reduce((sum, states) => sum + (states.at(-1)?.revision ?? 0), 0);
  const served = [...looks.values()].reduce((sum, seen) => sum + (seen.at(-1)?.revision ?? 0), 0);
  const checked = checkAnswers(traffic.requests, histories, timeToLive);
  return {
    ...checked,
    promotions: audit.filter(isPromotion).length,
    rollbacks: audit.filter(isReturn).length,
    undecided: undecidedOf(fleet, checked),
    revisions: { audited, served },
    timeToLive,
    seconds,
  };
};

/** The numbers for a person. */
export const switchingText = (report: SwitchingReport): string => {
  const { sent, answered, unserved, unknown, misrouted, decisive, promotions, rollbacks, revisions } = report;
  return `
  switches    ${promotions} promotions, ${rollbacks} rollbacks: ${revisions.audited} revisions of routes, all audited
  requests    ${sent} sent, ${answered} answered, ${unserved.length} unserved, ${unknown} unknown
  versions    ${misrouted.length} answers by a version that was not routed; for ${decisive.length} answers there was one right version
  took        ${report.seconds.toFixed(0)} s
`;
};
