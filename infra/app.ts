import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, ServerlessChecks } from 'cdk-nag';
import package_ from '../package.json' with { type: 'json' };
import { readSettings } from './settings.ts';
import { RelearnStack } from './stack.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new HIPAASecurityChecks(app), new ServerlessChecks(app));
new RelearnStack(app, 'Relearn', {
  description: 'Relearn: collects validated cases, retrains, judges the challenger, promotes it or rolls it back',
  settings: readSettings(app),
  codeVersion: package_.version,
});
