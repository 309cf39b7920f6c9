import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Fleet, FleetModel } from '../../../bench/rollback/fleet.ts';
import { ExitCode } from '../../../cli/exit-codes.ts';
import { root } from '../../../local/paths.ts';
import { type Ran, relearn } from '../../cli/command-line.ts';
import { eventually } from '../world.ts';

/**
 * What the command line does on a running cloud.
 *
 * @param open - gives a fleet and one of its models that nobody else uses; called within the tests
 */
export const describeCommandLine = (open: () => { fleet: Fleet; model: FleetModel }): void =>
  describe('the command line', () => {
    let fleet: Fleet;
    let model: FleetModel;
    beforeAll(() => {
      ({ fleet, model } = open());
    });

    const environment = () => ({
      RELEARN_URL: fleet.cloud.apiUrl,
      RELEARN_TOKEN: fleet.cloud.tenants.acme?.operator,
    });
    const run = (...args: string[]): Promise<Ran> => relearn(args, { environment: environment() });
    const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).out);

    /** Alarms judge only where there is something to judge: the app goes on asking. */
    const whileAsked = async <Result>(work: Promise<Result>): Promise<Result> => {
      let busy = true;
      const asking = (async () => {
        for (let number = 0; busy; number += 1) {
          const body = { input: { ...fleet.inputs[number % fleet.inputs.length], recordNumber: `MRN-${number}` } };
          await fleet.tenant.app.POST('/v1/models/{model}/predictions', {
            params: { path: { model: model.name } },
            body,
          });
        }
      })();
      try {
        return await work;
      } finally {
        busy = false;
        await asking;
      }
    };

    it('plans with what is given, and with what is measured', async () => {
      const given = await json(
        'plan',
        model.name,
        '--labels-per-day',
        '1000',
        '--difference=-0.1',
        '--difference',
        '0',
      );
      expect(given).toMatchObject({ declared: 'paired', assumed: { labelsPerDay: 1000 } });
      expect(given.plans[0].verdicts.map(({ difference }: { difference: number }) => difference)).toEqual([-0.1, 0]);
      expect(given.plans[0].verdicts[0]).toMatchObject({ verdict: 'roll-back', rolledBack: 1 });
      const measured = await json('plan', model.name, '--difference', '0');
      expect(measured.assumed).toMatchObject({ labelsPerDay: 80, outcomesPerDay: 0 });
      expect(measured.assumed.accuracy).toBeGreaterThan(0.5);
      const { out } = await run('plan', model.name);
      expect(out).toMatch(/paired, which the model declares: 80 samples a day/);
      expect(out).toMatch(/randomised evidence needs rewards/i);
    });

    it('tells in the words of the problem what the platform refuses, and ends with 1', async () => {
      const none = await run('plan', model.name, '--labels-per-day', '0', '--outcomes-per-day', '0');
      expect(none).toMatchObject({ exitCode: ExitCode.Refused, out: '', err: expect.stringMatching(/labelsPerDay/) });
      expect(await run('current', 'nobody-registered-this')).toMatchObject({ exitCode: ExitCode.Refused });
      const pointers = await run('plan', model.name, '--margin', '0.9');
      expect(pointers).toMatchObject({ exitCode: ExitCode.Refused, err: expect.stringMatching(/^ {2}\/margin: /m) });
      const nothing = await run('rollback', model.name, '--reason', 'nerves');
      expect(nothing).toMatchObject({
        exitCode: ExitCode.Refused,
        err: expect.stringMatching(/no champion to go back/),
      });
      expect((await run('drill', model.name)).exitCode).toBe(ExitCode.Refused);
    });

    it('deploys, follows, and rolls back', async () => {
      const begun = await json('deploy', model.name, model.challenger, '--reason', 'to see');
      expect(begun).toMatchObject({ version: model.challenger, status: 'running' });
      const second = await run('deploy', model.name, model.challenger, '--reason', 'again');
      expect(second).toMatchObject({ exitCode: ExitCode.Refused, err: expect.stringContaining(begun.id) });
      await eventually(
        () => json('current', model.name),
        ({ weight }) => weight === 50,
      );
      expect((await run('current', model.name)).out).toMatch(/challenges with 50%, in canary/);
      const shown = await run('rollouts', 'show', model.name, begun.id);
      expect(shown.out).toMatch(/▶ +canary +50% +██████████··········/);
      expect((await run('rollouts', 'list', model.name)).out).toContain(begun.id);
      const early = await run('approve', model.name, begun.id, '--reason', 'looks fine');
      expect(early).toMatchObject({ exitCode: ExitCode.Refused, err: expect.stringMatching(/does not wait/) });
      const back = await json('rollback', model.name, '--reason', 'seen enough');
      expect(back).toMatchObject({ from: model.challenger, to: model.champion, rollout: begun.id });
      expect((await run('rollouts', 'show', model.name, begun.id)).out).toMatch(/rolled-back \(by-hand\)/);
    }, 600_000);

    it('rehearses a rollback, and prints what it took', async () => {
      const flags = ['--reason', 'all at once', '--strategy', 'blue-green', '--bake-seconds', '0'];
      await whileAsked(
        run('deploy', model.name, model.challenger, ...flags).then(() =>
          eventually(
            () => json('current', model.name),
            ({ champion }) => champion === model.challenger,
            300,
          ),
        ),
      );
      const drill = await run('drill', model.name, '--seconds', '300');
      expect({ exitCode: drill.exitCode, err: drill.err }).toEqual({
        exitCode: ExitCode.Done,
        err: expect.stringMatching(/drill rol_\w+: .* in the shadow of/),
      });
      expect(drill.out).toMatch(/alarm to route +[\d,]+ ms/);
      expect(drill.out).toMatch(/failure to route +[\d,]+ ms/);
      expect(drill.out).toContain(`${model.challenger} serves`);
    }, 900_000);

    it('shows the labels that have come', async () => {
      const { exitCode, out } = await run('maturity', model.name);
      expect({ exitCode, out }).toEqual({ exitCode: ExitCode.Done, out: expect.stringMatching(/the window of/) });
    });

    it('is a program of its own', async () => {
      const relearnProgram = (args: string[]) =>
        promisify(execFile)(process.execPath, [join(root, 'cli/relearn.ts'), ...args], {
          env: { ...process.env, ...environment() },
        });
      expect(JSON.parse((await relearnProgram(['current', model.name, '--json'])).stdout).model).toBe(model.name);
      const failed = await relearnProgram(['current', 'nobody-registered-this']).catch((error) => error);
      expect({ code: failed.code, stdout: failed.stdout }).toEqual({ code: ExitCode.Refused, stdout: '' });
      expect(failed.stderr).not.toMatch(/\n\s+at /);
    });
  });
