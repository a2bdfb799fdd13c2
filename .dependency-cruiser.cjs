/** The table "may import" of the README of the libs, enforced. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from,
  to: { pathNot: allowed, dependencyTypesNot: ['type-only'] },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'libs-know-no-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    only(
      'oauth-knows-the-protocol-alone',
      { path: '^libs/oauth/src/', pathNot: '(\\.spec\\.ts|/testing/)' },
      '^(libs/(oauth|dpop)/|node_modules/(jose|@node-rs/argon2|@node-rs/bcrypt)/|node:|crypto$|zlib$|net$)',
    ),
    only(
      'dpop-knows-proofs-alone',
      { path: '^libs/dpop/src/', pathNot: '\\.spec\\.ts$' },
      '^(libs/dpop/|node_modules/jose/|node:|crypto$)',
    ),
    only(
      'resource-server-stands-alone',
      { path: '^libs/resource-server/src/', pathNot: '(\\.spec\\.ts|/testing/)' },
      '^(libs/(resource-server|dpop)/|node_modules/jose/|node:|[a-z_]+$)',
    ),
    only(
      'sandbox-knows-isolates-alone',
      { path: '^libs/sandbox/src/', pathNot: '\\.spec\\.ts$' },
      '^(libs/sandbox/|node_modules/(isolated-vm|acorn|acorn-walk)/|[a-z_]+(/promises)?$)',
    ),
    only(
      'host-services-know-the-network-alone',
      { path: '^libs/host-services/src/', pathNot: '(\\.spec\\.ts|/testing/)' },
      '^(libs/(host-services|oauth)/|node_modules/(jose|openid-client|undici)/|node:|[a-z_]+(/promises)?$)',
    ),
    only(
      'executions-know-runs-alone',
      { path: '^libs/executions/src/', pathNot: '(\\.spec\\.ts|/testing/)' },
      '^(libs/(executions|oauth)/|node:|crypto$)',
    ),
    only(
      'procedure-check-knows-types-alone',
      { path: '^libs/procedure-check/src/', pathNot: '\\.spec\\.ts$' },
      '^(libs/procedure-check/|node_modules/typescript/|[a-z_]+(/promises)?$)',
    ),
    only(
      'procedure-testing-knows-no-sandbox',
      { path: '^libs/procedure-testing/src/', pathNot: '(\\.spec\\.ts|/testing/)' },
      '^(libs/(procedure-testing|oauth)/|node_modules/(diff|zod)/|node:|[a-z_]+(/promises)?$)',
    ),
    only(
      'test-files-run-on-their-own',
      { path: '^libs/procedure-testing/src/worker/', pathNot: '\\.spec\\.ts$' },
      '^(libs/procedure-testing/src/worker/|node:|[a-z_]+(/promises)?$)',
    ),
    only(
      'admin-ui-takes-types-alone',
      { path: '^apps/admin-ui/src/', pathNot: '\\.spec\\.tsx?$' },
      // The check of types is the very one of the service.
      '^(apps/admin-ui/|libs/procedure-check/src/editor\\.ts$|procedures/types/|node_modules/(prettier|react|react-dom|react-router|@tanstack|@codemirror|@lezer|@typescript|@valtown|comlink|typescript|uplot|vite)/)',
    ),
    only('admin-ui-is-reached-over-http-alone', { path: '^(apps/(?!admin-ui/)|libs/)' }, '^(?!apps/admin-ui/)'),
    {
      name: 'isolates-in-one-folder',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/sandbox/src/process/' },
      to: { path: 'node_modules/isolated-vm' },
    },
    {
      name: 'typeorm-in-persistence',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/persistence/' },
      to: { path: 'node_modules/(typeorm|better-sqlite3|pg)/' },
    },
    {
      name: 'frameworks-in-apps',
      severity: 'error',
      // What APIs put into their frameworks names the types of these, and its specs run it in them.
      from: { path: '^libs/', pathNot: '^libs/resource-server/src/((express|fastify|nest)|frameworks\\.spec)\\.ts$' },
      to: { path: 'node_modules/(@nestjs|fastify|express)' },
    },
    {
      name: 'one-barrel-a-lib',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: {
        path: '^libs/([^/]+)/src/(?!index\\.ts$)',
        pathNot: '^libs/$2/|^libs/oauth/src/testing/|^libs/procedure-check/src/editor\\.ts$',
      },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['tokenwright-source', 'import', 'node', 'default'], exportsFields: ['exports'] },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^dist/|\\.d\\.ts$)' },
  },
};
