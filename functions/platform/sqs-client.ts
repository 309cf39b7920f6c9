import { SQSClient } from '@aws-sdk/client-sqs';

/** Opens SQS with the function's own role, at the endpoint that is configured as for every other service; by default the SDK takes the host that the queue's URL names. */
export const openSqsClient = (): SQSClient => new SQSClient({ useQueueUrlAsEndpoint: false });
