import { beforeEach, describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import {
  bound,
  claimsOf,
  clientOf,
  endpointOf,
  gatewayOf,
  issuerOf,
  ISSUER,
  jsonOf,
  PROFILE,
  ServiceUnderTest,
  shippedSource,
} from '../testing/service-builder.ts';
import { aLibrary, aLibraryVersion, aProcedure, aVersion } from '../testing/store-builders.ts';
import { DryRunBusyError, DryRunError, type DryRunReport, type DryRunRequest } from './dry-run.ts';
import { ProcedureDryRunner } from './procedure-dry-runner.ts';

let world: ServiceUnderTest;
let runner: ProcedureDryRunner;

beforeEach(async () => {
  world = await ServiceUnderTest.open();
  runner = new ProcedureDryRunner(
    world.sandbox,
    () => ({ snapshot: world.snapshot, configuration: world.live.current }),
    () => world.now,
    5000,
  );
});

const INTROSPECT = 'oauth-introspect';
const TOKENS = 'oauth-token-client-credentials';
const PHANTOM = shippedSource('examples', 'phantom-token');
const CREDENTIALS = shippedSource(TOKENS, TOKENS);

const dryRun = (source: string, members: Partial<DryRunRequest> = {}): Promise<DryRunReport> =>
  runner.run({ profile: PROFILE, flow: INTROSPECT, program: { source }, ...members });
const body = (report: DryRunReport) => JSON.parse(report.answer.body) as Record<string, unknown>;

async function refused(request: Partial<DryRunRequest>, source = 'function result() { return {}; }'): Promise<DryRunError> {
  try {
    await dryRun(source, request);
  } catch (error) {
    if (error instanceof DryRunError) return error;
    throw error;
  }
  throw new Error('was run');
}

test('dry runs go one after the other, and so many may wait: the next is told to come back', async () => {
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => dryRun(PHANTOM)));
  const refusals = all.filter((one) => one.status === 'rejected').map((one) => one.reason as unknown);
  expect(refusals).toHaveLength(4);
  for (const refusal of refusals) expect(refusal).toBeInstanceOf(DryRunBusyError);
  expect(await dryRun(PHANTOM)).toMatchObject({ outcome: 'answered' });
});

describe('a dry run answers what a client would have got', () => {
  test('introspection as JSON, against a sample token', async () => {
    const report = await dryRun(PHANTOM, { scopes: ['read'] });
    expect(report).toMatchObject({
      outcome: 'answered',
      fault: null,
      findings: [],
      answer: { status: 200, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } },
    });
    expect(body(report)).toMatchObject({ active: true, iss: ISSUER, scope: 'read', client_id: 'sample-client', token_type: 'bearer' });
    expect(report.usage).toMatchObject({ runs: expect.any(Number), wallMilliseconds: expect.any(Number), heapBytes: expect.any(Number) });
  });

  test('with given token data over the sample, and null for an inactive token', async () => {
    expect(body(await dryRun(PHANTOM, { tokenData: { sub: 'alice', tenant: 'acme' } }))).toMatchObject({ sub: 'alice', tenant: 'acme' });
    expect(await dryRun(PHANTOM, { tokenData: null })).toMatchObject({ outcome: 'answered', answer: { body: '{"active":false}' } });
  });

  test('introspection as a bare JWT', async () => {
    const report = await dryRun(shippedSource('oauth-introspect-application-jwt', 'oauth-introspect-application-jwt'), {
      flow: 'oauth-introspect-application-jwt',
    });
    expect(report.answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/jwt' } });
    expect(report.answer.body).not.toMatch(/\s/);
    expect(claimsOf(report.answer.body)).toMatchObject({ sub: 'sample-client', iss: ISSUER });
  });

  test('client credentials, with what would have been stored', async () => {
    const report = await dryRun(CREDENTIALS, { flow: TOKENS, client: 'app', scopes: ['read'] });
    expect(body(report)).toMatchObject({ token_type: 'bearer', scope: 'read', access_token: expect.stringMatching(/^twa_/) });
    expect(report.effects.map(({ kind }) => kind)).toEqual(['delegation', 'opaque access_token']);
    expect(report.effects[1]?.detail).toMatchObject({ sub: 'app', scope: 'read' });
  });

  test('revocation', async () => {
    const report = await dryRun("function result(c) { logger.info('revoked {}', c.revokedTokenClientId); return {}; }", {
      flow: 'oauth-revoke',
      client: 'app',
    });
    expect(report).toMatchObject({
      outcome: 'answered',
      answer: { status: 200, body: '' },
      log: [{ level: 'info', message: 'revoked app' }],
    });
  });

  test('for a stored version, a client of the profile and an endpoint of its choice', async () => {
    await world.change(
      put('endpoint', endpointOf(INTROSPECT, '/two', { id: 'two', advertised: false })),
      put('client', gatewayOf('named', {}, { properties: { beta: 'true' } })),
      ...bound(INTROSPECT, 'function result(c) { return { active: true, beta: c.client.properties.beta, path: c.request.path }; }'),
    );
    const report = await runner.run({
      profile: PROFILE,
      flow: INTROSPECT,
      program: { procedure: 'own-oauth-introspect', version: 1 },
      client: 'named',
      endpoint: 'two',
    });
    expect(body(report)).toEqual({ active: true, beta: 'true', path: '/two' });
  });

  test('for a stored version in TypeScript with the global scripts it pins', async () => {
    await world.change(
      put('library', aLibrary({ id: 'words', activeVersion: 1 })),
      put(
        'library-version',
        aLibraryVersion('words', {
          source: "function word() { return 'from the library'; }",
          script: "function word() { return 'from the library'; }",
        }),
      ),
      put('procedure', aProcedure({ id: 'typed', flow: INTROSPECT, activeVersion: 1 })),
      put(
        'procedure-version',
        aVersion('typed', {
          language: 'typescript',
          source: 'function result(context: unknown) { return { active: true, word: word() }; }',
          script: 'function result(context         ) { return { active: true, word: word() }; }',
          libraries: [{ library: 'words', version: 1 }],
        }),
      ),
    );
    const report = await runner.run({ profile: PROFILE, flow: INTROSPECT, program: { procedure: 'typed', version: 1 } });
    expect(body(report)).toEqual({ active: true, word: 'from the library' });
  });

  test('with form parameters of its own, and logs as the procedure wrote them', async () => {
    const report = await dryRun(
      "function result(c) { logger.warn('hint {}', c.request.getFormParameter('token_type_hint')); return {}; }",
      { form: { token_type_hint: 'access_token' } },
    );
    expect(report.log).toEqual([{ level: 'warn', message: 'hint access_token' }]);
  });
});

describe('the checks are those of production (SANDBOX 3.10)', () => {
  test.each<[string, string, Partial<DryRunRequest>, string]>([
    ['a widened response', "return { active: true, scope: 'admin' };", {}, '"admin" was not granted'],
    ['a later expiry', 'return { active: true, exp: context.presentedToken.data.exp + 1 };', {}, 'exp must be a number'],
    ['a header that is not allowed', "context.response.setHeader('Vary', '*'); return { active: true };", {}, 'is not allowed'],
    [
      'a JWT that was not issued',
      "return { active: true, jwt: 'a.b.c' };",
      { flow: 'oauth-introspect-application-jwt' },
      'must be a JWT that this run issued',
    ],
    [
      'a scope beyond the grant',
      "const d = context.delegationIssuer.issue({ scope: 'admin' }); return {};",
      { flow: TOKENS, client: 'app' },
      'was not granted to the delegation',
    ],
    [
      'a header in a token response',
      "context.response.setHeader('Set-Cookie', 'x'); return {};",
      { flow: TOKENS, client: 'app' },
      'is not allowed',
    ],
  ])('%s is a fault, whose reason the administrator sees and the client would not', async (_what, code, members, message) => {
    const report = await dryRun(`function result(context) { ${code} }`, members);
    expect(report.outcome).toBe('fault');
    expect(report.fault?.message).toContain(message);
    expect(report.answer).toMatchObject({
      status: 500,
      body: '{"error":"server_error","error_description":"The server could not complete the request."}',
    });
    expect(report.effects).toEqual([]);
  });

  test('a throw is a fault with its line, a refusal is what the client would get', async () => {
    expect(await dryRun("function result() {\n  throw new Error('oops');\n}")).toMatchObject({
      outcome: 'fault',
      fault: { kind: 'runtime', line: 2, message: expect.stringContaining('oops') },
    });
    const report = await dryRun("function result() { throw exceptionFactory.badRequestException('invalid_target', 'No.'); }");
    expect(report).toMatchObject({
      outcome: 'rejected',
      fault: null,
      answer: { status: 400, body: '{"error":"invalid_target","error_description":"No."}' },
    });
  });

  test('a source that does not pass the upload check is refused with its findings, and not run', async () => {
    const report = await dryRun('function result( { return {}; }');
    expect(report).toMatchObject({ outcome: 'refused', findings: [{ code: 'syntax', line: 1 }], usage: null });
    expect(world.sandbox.seen).toHaveLength(0);
  });
});

describe('nothing of it is real (SANDBOX 3.10)', () => {
  test('JWTs are signed with a key of the dry runs alone, which no key set has and introspection does not accept', async () => {
    const report = await dryRun(PHANTOM);
    expect(report.issued).toHaveLength(1);
    expect(report.issued[0]).toMatchObject({ header: { kid: 'dry-run', typ: 'at+jwt' }, claims: { sub: 'sample-client' } });
    expect((await world.get('/~/jwks')).body).not.toContain('dry-run');
    const { phantom_token } = body(report);
    expect(jsonOf(await world.introspect(String(phantom_token)))).toEqual({ active: false });
  });

  test('JWT access tokens of the token endpoint, too', async () => {
    await world.change(put('client', clientOf('app', { accessTokenFormat: 'jwt' })));
    const report = await dryRun(CREDENTIALS, { flow: TOKENS, client: 'app' });
    expect(report.issued[0]?.header).toMatchObject({ kid: 'dry-run' });
    expect(jsonOf(await world.introspect(String(body(report)['access_token'])))).toEqual({ active: false });
    expect(report.effects.map(({ kind }) => kind)).toEqual(['delegation', 'jwt access_token']);
  });

  test('nothing is stored, no execution is recorded, no prediction learned, no program stays loaded', async () => {
    const before = [...world.sandbox.loaded.keys()];
    await dryRun(CREDENTIALS, { flow: TOKENS, client: 'app' });
    await dryRun(PHANTOM);
    await dryRun("function result() { throw new Error('x'); }");
    await refused({ client: 'nobody' });
    expect((await world.stores.tokens.listTokens({}, { limit: 1 })).items).toEqual([]);
    expect((await world.stores.tokens.listDelegations({}, { limit: 1 })).items).toEqual([]);
    expect(world.service.executions.counts.size).toBe(0);
    expect(world.service.signatures.counts.misses).toBe(0);
    expect(world.log).toEqual([]);
    expect([...world.sandbox.loaded.keys()]).toEqual(before);
    expect(await world.stores.configuration.revision()).toBe(world.live.current.revision);
  });

  test('a token it answers is unknown to the service', async () => {
    const report = await dryRun(CREDENTIALS, { flow: TOKENS, client: 'app' });
    expect(jsonOf(await world.introspect(String(body(report)['access_token'])))).toEqual({ active: false });
  });

  test('even a profile without any signing key can be tried', async () => {
    await world.change(put('token-issuer', issuerOf('jwt', { algorithm: 'RS256' })));
    expect((await dryRun(PHANTOM)).issued[0]?.header).toMatchObject({ kid: 'dry-run' });
  });
});

test('what is tried runs where it can harm no other, and is forgotten afterwards', async () => {
  const loads: unknown[] = [];
  const load = world.sandbox.load.bind(world.sandbox);
  world.sandbox.load = (program, ...rest: unknown[]) => {
    loads.push(rest);
    load(program);
  };
  await dryRun(PHANTOM);
  expect(loads).toEqual([[{ apart: true }]]);
  expect(world.sandbox.seen.map((one) => one.apart)).toEqual([true]);
  expect([...world.sandbox.loaded.keys()].filter((key) => key.startsWith('dry-run'))).toEqual([]);
});

describe('what cannot be tried is said with its place', () => {
  test.each<[string, Partial<DryRunRequest>]>([
    ['/flow', { flow: 'nothing' as never }],
    ['/profile', { profile: 'nowhere' }],
    ['/client', { client: 'nobody' }],
    ['/endpoint', { endpoint: 'nowhere' }],
    ['/endpoint', { endpoint: 'oauth-token' }],
    ['/program', { program: { procedure: 'nothing', version: 1 } }],
    ['/scopes', { flow: TOKENS, client: 'app', scopes: ['admin'] }],
    ['/scopes', { flow: TOKENS, client: 'app', scopes: [] }],
    ['/form/scope', { flow: TOKENS, client: 'app', form: { scope: 'admin' } }],
    ['/tokenData/scope', { tokenData: { scope: ['read'] } }],
    ['/tokenData/scope', { tokenData: { scope: null } }],
    ['/tokenData/sub', { tokenData: { sub: 5 } }],
    ['/tokenData/exp', { tokenData: { exp: 'tomorrow' } }],
    ['/tokenData/iat', { tokenData: { iat: 'today' } }],
    ['/tokenData/nbf', { tokenData: { nbf: null } }],
  ])('%s', async (pointer, request) => {
    expect((await refused(request)).pointer).toBe(pointer);
  });

  test('a version of another flow', async () => {
    await world.change(...bound(INTROSPECT, 'function result() { return {}; }'));
    expect((await refused({ flow: TOKENS, program: { procedure: 'own-oauth-introspect', version: 1 } })).pointer).toBe('/flow');
  });
});
