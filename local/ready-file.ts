import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Cloud } from './cloud.ts';

/** Writes what a program needs to use the cloud, whole or not at all; only the user may read it, for it holds tokens. */
export async function writeReadyFile(file: string, cloud: Cloud): Promise<void> {
  const { apiUrl, emulatorUrl, emulatorTlsUrl, caFile, sagemakerUrl, userPoolId, userPoolClientId, tenants } = cloud;
  const content = {
    apiUrl,
    emulatorUrl,
    emulatorTlsUrl,
    caFile,
    sagemakerUrl,
    userPoolId,
    userPoolClientId,
    tenants,
  };
  await mkdir(dirname(file), { recursive: true });
  const writing = `${file}.${process.pid}.tmp`;
  await writeFile(writing, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  await rename(writing, file);
}

export async function removeReadyFile(file: string): Promise<void> {
  await rm(file, { force: true });
}
