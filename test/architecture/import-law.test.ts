import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const rooms = ['contracts', 'functions', 'infra', 'local', 'client', 'examples'];
const configuration = ['.dependency-cruiser.mjs', 'tsconfig.json', 'package.json'];

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}

/** What the law finds in a tree. */
const violations = async (tree: string): Promise<readonly Violation[]> => {
  const cruise = promisify(execFile)(
    join(root, 'node_modules/.bin/depcruise'),
    [...rooms, '--config', '.dependency-cruiser.mjs', '--output-type', 'json'],
    { cwd: tree, maxBuffer: 268_435_456 },
  );
  // It ends with the number of violations, which is no failure of the run.
  const output = await cruise.then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
  return (JSON.parse(output) as { summary: { violations: readonly Violation[] } }).summary.violations;
};

const trespassers = [
  ['functions/rollouts/domain', "import '../../platform/table.ts';", 'domain-is-pure'],
  ['functions/cases/domain', "import 'node:crypto';", 'domain-is-pure'],
  ['functions/inference', "import '../models/index.ts';", 'inference-knows-only-its-neighbours'],
  ['functions/models', "import '../inference/route-store.ts';", 'models-enters-by-the-index'],
  ['functions/platform', "import '../models/index.ts';", 'platform-knows-no-slice'],
  ['contracts', "import 'electrodb';", 'contracts-import-only-zod'],
  ['infra', "import '../functions/models/index.ts';", 'infra-names-handlers-by-path'],
] as const;

describe('the import law', () => {
  let copy: string;
  let found: readonly Violation[];

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'relearn-law-'));
    await Promise.all(
      [...rooms, ...configuration].map((name) => cp(join(root, name), join(copy, name), { recursive: true })),
    );
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    await Promise.all(
      trespassers.map(([folder, source], index) => writeFile(join(copy, folder, `trespasser-${index}.ts`), source)),
    );
    found = await violations(copy);
  }, 120_000);

  afterAll(() => rm(copy, { recursive: true, force: true }));

  it('is kept by the tree', () => {
    expect(found.filter(({ from }) => !from.includes('trespasser'))).toEqual([]);
  });

  it.each(trespassers.map(([folder, source, rule], index) => ({ folder, source, rule, index })))(
    'finds $source in $folder',
    ({ folder, rule, index }) => {
      const own = found.filter(({ from }) => from === `${folder}/trespasser-${index}.ts`);
      expect(own.map((violation) => violation.rule.name)).toContain(rule);
    },
  );
});
