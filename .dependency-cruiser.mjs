/**
 * The import law: who may import whom. `npm run lint` and test/architecture hold the code to it.
 *
 * The edges between slices; anything that is not listed is forbidden.
 */
const edges = {
  inference: [],
  models: ['inference'],
  cases: ['models'],
  training: ['cases', 'models'],
  rollouts: ['inference', 'models', 'cases'],
  monitoring: ['inference', 'models', 'cases', 'rollouts'],
};

const slices = Object.keys(edges);
const any = (names) => `(${names.join('|')})`;

const sliceRules = slices.flatMap((slice) => {
  const strangers = slices.filter((other) => other !== slice && !edges[slice].includes(other));
  const friends = edges[slice];
  return [
    {
      name: `${slice}-knows-only-its-neighbours`,
      severity: 'error',
      comment: `functions/${slice} may reach ${friends.join(', ') || 'no other slice'}`,
      from: { path: `^functions/${slice}/` },
      to: { path: `^functions/${any(strangers)}/` },
    },
    ...(friends.length === 0
      ? []
      : [
          {
            name: `${slice}-enters-by-the-index`,
            severity: 'error',
            comment: 'another slice is entered by its index.ts alone',
            from: { path: `^functions/${slice}/` },
            to: { path: `^functions/${any(friends)}/`, pathNot: `^functions/${any(friends)}/index\\.ts$` },
          },
        ]),
  ];
});

export default {
  forbidden: [
    ...sliceRules,
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'two modules that import each other are one',
      from: {},
      to: { circular: true },
    },
    {
      name: 'contracts-import-only-zod',
      severity: 'error',
      comment: 'contracts are shared by every layer, the browser included',
      from: { path: '^contracts/' },
      to: { pathNot: ['^contracts/', '(^|/)node_modules/zod/'] },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'a decision takes what it needs as arguments: no AWS, no node:*, no platform, no other slice',
      from: { path: '^functions/([^/]+)/domain/' },
      to: { pathNot: ['^contracts/', '^functions/$1/domain/', '(^|/)node_modules/(zod|@stdlib)/'] },
    },
    {
      name: 'platform-knows-no-slice',
      severity: 'error',
      comment: 'platform serves every slice alike',
      from: { path: '^functions/platform/' },
      to: { path: `^functions/${any(slices)}/` },
    },
    {
      name: 'infra-names-handlers-by-path',
      severity: 'error',
      comment: 'the stack bundles functions, it does not run them',
      from: { path: '^infra/' },
      to: { path: '^(functions|local|test|client)/' },
    },
    {
      name: 'functions-know-no-outer-layer',
      severity: 'error',
      comment: 'a function does not know where it runs',
      from: { path: '^functions/' },
      to: { path: '^(infra|local|test|client|cli|examples|bench)/' },
    },
    {
      name: 'client-knows-only-contracts',
      severity: 'error',
      comment: 'the client is generated from the OpenAPI document',
      from: { path: '^client/', pathNot: '^client/generate\\.ts$' },
      to: { path: '^(functions|infra|local)/' },
    },
    {
      name: 'cli-speaks-the-public-api',
      severity: 'error',
      comment: 'the command line is a client like any other',
      from: { path: '^cli/' },
      to: { path: '^(functions|infra|local|test|bench|examples)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
