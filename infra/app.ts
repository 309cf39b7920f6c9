import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks, HIPAASecurityChecks, ServerlessChecks } from 'cdk-nag';
import package_ from '../package.json' with { type: 'json' };
import { bundleFunctions, writeBundles } from './platform/bundles.ts';
import { readSettings } from './settings.ts';
import { RelearnStack } from './stack.ts';

const bundleFolder = mkdtempSync(join(tmpdir(), 'relearn-bundles-'));
try {
  writeBundles(await bundleFunctions(), bundleFolder);
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new HIPAASecurityChecks(app), new ServerlessChecks(app));
  new RelearnStack(app, 'Relearn', {
    description: 'Relearn: collects validated cases, retrains, judges the challenger, promotes it or rolls it back',
    settings: readSettings(app),
    codeVersion: package_.version,
    // Copied into the cloud assembly at once.
    codeOf: (entry) => Code.fromAsset(join(bundleFolder, entry)),
  });
  app.synth();
} finally {
  rmSync(bundleFolder, { recursive: true, force: true });
}
