import type { Environment } from '../../contracts/environment.ts';

type Setting = Pick<
  Environment<'inference/predict'>,
  'AWS_REGION' | 'AWS_ENDPOINT_URL' | 'AWS_ENDPOINT_URL_S3' | 'BUCKET_NAME'
>;

/** Where the predict function finds the services that it calls; the same variables as for any SDK. */
export interface Endpoints {
  readonly dynamodb: string;
  readonly kms: string;
  /** Of the data bucket; an object's key follows. */
  readonly bucket: string;
}

export const endpointsOf = ({ AWS_REGION, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, BUCKET_NAME }: Setting): Endpoints => {
  const domain = AWS_REGION.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const objects = AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL;
  return {
    dynamodb: AWS_ENDPOINT_URL ?? `https://dynamodb.${AWS_REGION}.${domain}`,
    kms: AWS_ENDPOINT_URL ?? `https://kms.${AWS_REGION}.${domain}`,
    bucket: objects === undefined ? `https://${BUCKET_NAME}.s3.${AWS_REGION}.${domain}` : `${objects}/${BUCKET_NAME}`,
  };
};
