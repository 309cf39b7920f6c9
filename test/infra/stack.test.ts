import { describe, expect, test } from '@jest/globals';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, HIPAASecurityChecks, ServerlessChecks } from 'cdk-nag';
import { describeDeliveries } from './stack/deliveries.ts';
import { describeFunctions } from './stack/functions.ts';
import { describeHoldings } from './stack/holdings.ts';
import { describePermissions } from './stack/permissions.ts';
import { describeRoutes } from './stack/routes.ts';
import { stack } from './support/stack.ts';
import { flat, Synthesised } from './support/synthesised.ts';

// One test file for all of them, because loading the CDK takes seconds.
describeRoutes();
describeFunctions();
describePermissions();
describeDeliveries();
describeHoldings();

describe('settings', () => {
  test('that do not fit are named', () => {
    expect(() => new Synthesised({ accessTokenHours: '99', auditLock: 'none' })).toThrow(
      /accessTokenHours[\s\S]*auditLock/,
    );
  });

  test('give the image of training jobs', () => {
    const imageOf = (from: Synthesised) =>
      flat(from.functionOf('training/submit-job').properties.Environment.Variables.TRAINING_IMAGE);
    expect(imageOf(new Synthesised({ trainingImageUri: 'registry.example/train:7' }))).toBe('registry.example/train:7');
  });

  test('give how many trainings may run at a time, to each function that starts any', () => {
    const limits = 'default=2,ml.g5.xlarge=1';
    const limited = new Synthesised({ trainingLimits: limits });
    for (const entry of ['training/submit-job', 'training/on-job-state', 'training/reconcile-jobs']) {
      expect(limited.functionOf(entry).properties.Environment.Variables.TRAINING_LIMITS).toBe(limits);
    }
    expect(() => new Synthesised({ trainingLimits: 'ml.x9.huge=2' })).toThrow(/trainingLimits/);
  });
});

describe('cdk-nag', () => {
  const findings = ({ app }: Synthesised): string[] =>
    [new AwsSolutionsChecks(app), new HIPAASecurityChecks(app), new ServerlessChecks(app)]
      .flatMap((pack) => pack.validateScope(app).violations)
      .flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
      );

  test('has no finding that is not acknowledged with a reason', () => {
    expect(findings(stack)).toEqual([]);
  });

  test('would find a bucket that is left open', () => {
    const careless = new Synthesised({}, (scope) => new Bucket(scope, 'Careless'));
    expect(findings(careless)).toEqual(expect.arrayContaining(['AwsSolutions-S10 Relearn/Careless/Resource']));
  });
});
