export type S3Location = { readonly bucket: string; readonly key: string };

/**
 * @param uri `s3://bucket/key`, the key possibly empty
 * @throws {TypeError} where it is no such URI
 */
export function parseS3Uri(uri: string): S3Location {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  if (bucket === undefined) {
    throw new TypeError(`expected s3://BUCKET/KEY, got ${uri}`);
  }
  return { bucket, key };
}

/**
 * Where in its channel's folder an object lies that the prefix of the channel selected.
 *
 * A prefix that names a folder is left out whole; one that names an object or the beginning of names is left out up to
 * its last slash: `data/train` gives `a.csv` for `data/train/a.csv`, and `train-1.csv` for `data/train-1.csv`.
 */
export function pathInChannel(key: string, prefix: string): string {
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  return key.startsWith(folder) ? key.slice(folder.length) : key.slice(prefix.lastIndexOf('/') + 1);
}

/**
 * The objects that a SageMaker manifest file selects.
 *
 * @param text `[{ "prefix": "s3://bucket/folder/" }, "relative/key", …]`
 * @returns each object with the path it has in the channel's folder: the one relative to the prefix
 * @throws {TypeError} where the text is no such manifest
 */
export function objectsOfManifest(text: string): { readonly location: S3Location; readonly path: string }[] {
  const [head, ...relatives] = JSON.parse(text) as unknown[];
  const prefix = (head as { prefix?: unknown } | undefined)?.prefix;
  if (typeof prefix !== 'string' || !relatives.every((relative) => typeof relative === 'string')) {
    throw new TypeError('expected a manifest [{"prefix": "s3://…"}, "relative key", …], got something else');
  }
  const { bucket, key } = parseS3Uri(prefix);
  return relatives.map((path) => ({ location: { bucket, key: key + path }, path }));
}
