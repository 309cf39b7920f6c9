import { AwsError, notFound } from './aws-error.ts';
import type { FaultList } from './fault-list.ts';
import { Fault, faultsPath } from './faults.ts';
import { parseRequest } from './requests.ts';

export type FaultRequest = {
  readonly method: string;
  readonly path: string;
  readonly contentType: string | undefined;
  /** Parses the body. @throws {AwsError} SerializationException */
  readonly body: () => unknown;
};

export const isAboutFaults = (path: string): boolean => path === faultsPath || path.startsWith(`${faultsPath}/`);

/**
 * Answers a request of a person or a test about faults.
 *
 * @throws {AwsError} ValidationException naming what is wrong with a fault, ResourceNotFound
 */
export function answerFaults(faults: FaultList, { method, path, contentType, body }: FaultRequest): object {
  const id = path.slice(faultsPath.length + 1);
  switch (`${method} ${id === '' ? 'all' : 'one'}`) {
    case 'GET all':
      return { faults: faults.all() };
    case 'POST all':
      // A page in a browser can send no such content type to another origin without being allowed to.
      if (contentType !== 'application/json') {
        throw new AwsError('ValidationException', `expected Content-Type application/json, got ${contentType}`);
      }
      return faults.add(parseRequest(Fault, body()));
    case 'DELETE all':
      faults.clear();
      return {};
    case 'DELETE one':
      faults.remove(id);
      return {};
    default:
      throw notFound();
  }
}
