import { AwsError, validationError } from './aws-error.ts';
import { jobArn } from './job.ts';

/** A request as it came in: what its signature covers. */
export type SignedRequest = {
  readonly method: string;
  readonly path: string;
  /** Names and values alternating, as Node gives them. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
};

type Check = {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
};

type Decision =
  | { readonly allowed: true; readonly principal: string }
  | { readonly allowed: false; readonly code: string; readonly message: string };

/**
 * Has the emulator check a request's signature, and the caller's permission for each action that it needs.
 *
 * @throws {AwsError} with the code that AWS answers: MissingAuthenticationToken, UnrecognizedClientException,
 *   SignatureDoesNotMatch, AccessDeniedException …
 */
export async function authorize(emulatorUrl: string, request: SignedRequest, checks: readonly Check[]): Promise<void> {
  const headers: [string, string][] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    headers.push([request.rawHeaders[index] ?? '', request.rawHeaders[index + 1] ?? '']);
  }
  const { method, path, body } = request;
  const answer = await fetch(`${emulatorUrl}/_relearn/authorize`, {
    method: 'POST',
    body: JSON.stringify({ method, path, headers, body, service: 'sagemaker', checks }),
  });
  const decision = (await answer.json()) as Decision;
  if (!decision.allowed) {
    throw new AwsError(decision.code, decision.message, 400);
  }
}

/** What the caller of an operation must be allowed to do. */
export function checksOf(operation: string, body: unknown): readonly Check[] {
  const { TrainingJobName = '*', RoleArn, Tags } = body as Readonly<Record<string, unknown>>;
  if (operation === 'ListTrainingJobs') {
    return [{ action: 'sagemaker:ListTrainingJobs', resource: '*' }];
  }
  const resource = jobArn(String(TrainingJobName));
  const checks: Check[] = [{ action: `sagemaker:${operation}`, resource }];
  if (operation === 'CreateTrainingJob') {
    if (typeof RoleArn !== 'string') {
      throw validationError("1 validation error detected: Value at 'RoleArn' must not be null");
    }
    const context = { 'iam:PassedToService': 'sagemaker.amazonaws.com' };
    checks.push({ action: 'iam:PassRole', resource: RoleArn, context });
    if (Array.isArray(Tags) && Tags.length > 0) {
      checks.push({ action: 'sagemaker:AddTags', resource });
    }
  }
  return checks;
}
