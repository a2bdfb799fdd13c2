import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { SampleError } from './sample.ts';
import type { Ran } from './ran.ts';
import { Workshop } from './testing/workshop.ts';

// The sandbox and the compiler are real, and the machine may have other work.
jest.setTimeout(60_000);

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
}, 60_000);
afterAll(() => workshop.close());

let count = 0;

/** Runs a source, as a test file beside it would. */
function run(
  source: string,
  changes: Record<string, unknown> = {},
  options: { base?: string; flow?: string; ending?: 'js' | 'ts' } = {},
): Promise<Ran> {
  const { base = null, flow = 'oauth-introspect', ending = 'js' } = options;
  const name = `${flow}/procedure-${++count}`;
  workshop.write(`${name}.${ending}`, source);
  return workshop.runner.run({ testFile: join(workshop.folder, `${name}.test.${ending}`), base, changes });
}

async function refused(...args: Parameters<typeof run>): Promise<string> {
  try {
    await run(...args);
  } catch (error) {
    if (error instanceof SampleError) return error.message;
    throw error;
  }
  throw new Error('was run');
}

const body = (lines: string) => `function result(context) {\n${lines}\n}`;
const CREDENTIALS = { flow: 'oauth-token-client-credentials' };

describe('what a test sees of a run', () => {
  test('the answer with its headers, and the log', async () => {
    const ran = await run(
      body("logger.warn('seen {}', context.client.id); context.response.setHeader('X-Seen', 'yes'); return { active: true, n: 1 };"),
    );
    expect(ran).toMatchObject({
      outcome: 'answered',
      flow: 'oauth-introspect',
      response: { status: 200, body: { active: true, n: 1 }, headers: { 'x-seen': 'yes' } },
      log: [{ level: 'warn', message: 'seen sample-gateway' }],
      denial: null,
      fault: null,
    });
  });

  test('tokens, delegations and decoded JWTs', async () => {
    const source = body(`const delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
      const data = context.getDefaultAccessTokenData(); data.tenant = 'acme';
      return { access_token: context.accessTokenIssuer.issue(data, delegation), other: context.getDefaultAccessTokenJwtIssuer().issue(data, delegation) };`);
    const ran = await run(source, { scopes: ['read'] }, CREDENTIALS);
    expect(ran.tokens.map(({ form, purpose, data }) => [form, purpose, data['tenant']])).toEqual([
      ['opaque', 'access_token', 'acme'],
      ['jwt', 'access_token', 'acme'],
    ]);
    expect(ran.delegations).toMatchObject([{ clientId: 'sample-client', scope: 'read' }]);
    expect(ran.jwts).toMatchObject([{ header: { kid: 'dry-run' }, claims: { tenant: 'acme', client_id: 'sample-client' } }]);
  });

  test('a refusal on purpose, as the client is told', async () => {
    const ran = await run(body("throw exceptionFactory.forbiddenException('Not you.');"));
    expect(ran).toMatchObject({
      outcome: 'rejected',
      denial: { status: 403, error: 'access_denied', description: 'Not you.' },
      fault: null,
    });
  });

  test.each(['js', 'ts'] as const)('a fault with its place in the .%s file as it is written', async (ending) => {
    const typed = ending === 'ts' ? ': IntrospectionTokenProcedureContext' : '';
    const ran = await run(
      `/** @param {IntrospectionTokenProcedureContext} context */\nfunction result(context${typed}) {\n  return inner(context.client.id);\n}\n/** @param {string} id */\nfunction inner(id${ending === 'ts' ? ': string' : ''}) {\n  /* far to the right */ throw new Error('no ' + id);\n}`,
      {},
      { ending },
    );
    expect(ran.fault).toMatchObject({ kind: 'runtime', message: 'Error: no sample-gateway', file: ran.procedure, line: 7, column: 32 });
    expect(ran.fault?.stack[1]).toMatchObject({ file: ran.procedure, line: 3, column: 10 });
  });

  test('a fault of what production would not let pass', async () => {
    const ran = await run(body("return { active: true, scope: 'admin' };"));
    expect(ran).toMatchObject({ outcome: 'fault', fault: { kind: 'invalid-response' }, response: { status: 500 } });
  });

  test('what the upload check refuses, with its place, and without running it', async () => {
    const ran = await run('function result() {\n  return { active: true };\n}\nasync function later() {}');
    expect(ran).toMatchObject({ outcome: 'refused', findings: [{ code: 'unsupported', line: 4, file: ran.procedure }] });
  });

  test('wrong types of TypeScript, which an upload refuses', async () => {
    const ran = await run(
      'function result(context: IntrospectionTokenProcedureContext) {\n  return { sub: context.nothing };\n}',
      {},
      { ending: 'ts' },
    );
    expect(ran).toMatchObject({ outcome: 'refused', findings: [{ line: 2, file: ran.procedure }] });
  });
});

describe('what a sample says', () => {
  test('the client, the user and the data of the token', async () => {
    const ran = await run(
      body(
        'return { active: true, sub: context.presentedToken.subject, mail: context.presentedToken.data.email, p: context.client.properties.p };',
      ),
      {
        client: { properties: { p: 'q' } },
        user: { subject: 'bob', email: 'bob@example.com' },
      },
    );
    expect(ran.response.body).toMatchObject({ sub: 'bob', mail: 'bob@example.com', p: 'q' });
  });

  test('headers, parameters and address of the request; what no procedure sees stays hidden', async () => {
    const read =
      'const r = context.request; return { active: true, a: [r.getHeader("X-Tenant"), r.getQueryParameter("q"), r.getFormParameter("hint"), r.clientIpAddress, r.getHeader("Authorization")].map(String) };';
    const ran = await run(body(read), {
      headers: { 'X-Tenant': 'acme', Authorization: 'Basic eDp5' },
      query: { q: '1' },
      form: { hint: 'access_token' },
      clientIpAddress: '192.0.2.7',
    });
    expect(ran.response.body).toMatchObject({ a: ['acme', '1', 'access_token', '192.0.2.7', 'null'] });
  });

  test.each([['2026-07-01T09:00:00Z'], [1_782_896_400], [new Date('2026-07-01T09:00:00Z')]])(
    'the time %s, at which Date stands still',
    async (time) => {
      const ran = await run(body('return { active: true, now: Date.now(), left: secondsUntil(context.presentedToken.data.exp) };'), {
        time,
      });
      expect(ran.response.body).toEqual({ active: true, now: 1_782_896_400_000, left: 300 });
    },
  );

  test('Math.random gives the same in every run', async () => {
    const source = body('return { active: true, n: Math.random() };');
    expect((await run(source)).response.body).toEqual((await run(source)).response.body);
  });

  test('libraries, whose faults name their own file', async () => {
    const library = workshop.write(
      'libraries/tenants.js',
      'function tenantOf(id) {\n  if (id === "lost") throw new Error("no tenant");\n  return "tenant of " + id;\n}',
    );
    const source = body('return { active: true, tenant: tenantOf(context.presentedToken.subject) };');
    const libraries = ['../libraries/tenants.js'];
    expect((await run(source, { libraries })).response.body).toMatchObject({ tenant: 'tenant of alice' });
    expect((await run(source, { libraries, user: 'lost' })).fault).toMatchObject({
      file: library,
      line: 2,
      stack: [{ file: library }, { line: 2 }],
    });
  });

  test('changes go over a named sample, member by member', async () => {
    const ran = await run(
      body('return { active: context.presentedToken.active, id: context.client.id, name: context.client.name };'),
      { client: { name: 'Other' } },
      { base: 'inactive-token' },
    );
    expect(ran.response.body).toMatchObject({ active: false });
    expect(ran.procedure).toContain('procedure-');
  });
});

describe('services answer what the test says', () => {
  const CALL =
    "const r = context.getWebServiceClient('crm').get({ path: 'users/' + context.presentedToken.subject, headers: { 'X-Key': secrets.get('key') } });";

  test('HTTP, with secrets of the test, and what was asked is seen', async () => {
    const ran = await run(body(`${CALL} return { active: true, status: r.statusCode, tier: JSON.parse(r.body).tier };`), {
      httpClients: { crm: 'crm.example.com' },
      secrets: { key: 'the key of a test' },
      answers: { 'http GET crm.example.com/users/alice': { body: { tier: 'gold' } } },
    });
    expect(ran.response.body).toMatchObject({ status: 200, tier: 'gold' });
    expect(ran.hostCalls).toMatchObject([
      { kind: 'secret', target: 'key', outcome: 'answered' },
      { kind: 'http', target: 'GET crm.example.com/users/alice', args: { headers: { 'x-key': 'the key of a test' } } },
    ]);
  });

  test('a client sends tokens of the run where the test says that it may', async () => {
    const source = body("context.getWebServiceClient('crm').post({ body: context.presentedToken.value }); return { active: true };");
    const answers = { http: {} };
    const refused = await run(source, { httpClients: { crm: 'crm.example.com' }, answers });
    expect(refused.fault?.message).toContain('allowTokens');
    const allowed = await run(source, { httpClients: { crm: { host: 'crm.example.com', allowTokens: true } }, answers });
    expect(allowed.fault).toBeNull();
  });

  test('several answers one after the other, and a failure', async () => {
    const source = body(
      "const c = context.getWebServiceClient('crm'); const codes = [c.get('a').statusCode, c.get('b').statusCode]; try { c.get('c'); } catch (error) { codes.push(error.message); } return { active: true, codes };",
    );
    const ran = await run(source, {
      httpClients: { crm: 'crm.example.com' },
      answers: { http: [{ statusCode: 201 }, { statusCode: 404 }, { error: 'the host is down' }] },
    });
    expect(ran.response.body).toMatchObject({ codes: [201, 404, 'the host is down'] });
  });

  test('a call without an answer fails and says which answer to give; one of a client that there is not is a fault', async () => {
    const unanswered = await run(body("context.getWebServiceClient('crm').get('users'); return {};"), {
      httpClients: { crm: 'crm.example.com' },
    });
    expect(unanswered.fault?.message).toContain('"http GET crm.example.com/users"');
    expect((await run(body("context.getWebServiceClient('other').get('users'); return {};"))).fault?.message).toContain(
      'no HTTP client "other"',
    );
  });

  test('buckets have the attributes of the test, and what would be stored is seen', async () => {
    const source = body(
      "const bucket = context.getBucket('consents'); const seen = bucket.getAttributes('alice', 'terms'); bucket.storeAttributes('alice', 'terms', { version: seen.version + 1 }); return { active: true, version: seen.version };",
    );
    const ran = await run(source, { buckets: { consents: { terms: { version: 2 } } } });
    expect(ran.response.body).toMatchObject({ version: 2 });
    expect(ran.effects).toEqual([
      { kind: 'bucket-store', detail: { bucket: 'consents', subject: 'alice', purpose: 'terms', attributes: { version: 3 } } },
    ]);
  });

  test('a JWT is verified with the key set that the procedure gives, at the time of the test', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const keySet = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] };
    const token = await new SignJWT({ sub: 'bob' })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .setExpirationTime(2_000_000_000)
      .sign(privateKey);
    const source = body(`return { active: true, sub: jwt.verify(${JSON.stringify(token)}, { keySet: ${JSON.stringify(keySet)} }).sub };`);
    expect((await run(source, { time: 1_999_999_000 })).response.body).toMatchObject({ sub: 'bob' });
    expect(await run(source, { time: 2_000_001_000 })).toMatchObject({ outcome: 'fault' });
  });

  test('a secret in an answer is the fault that it is in production', async () => {
    const ran = await run(body("return { active: true, key: secrets.get('key') };"), { secrets: { key: 'the key of a test' } });
    expect(ran).toMatchObject({ outcome: 'fault', fault: { message: expect.stringContaining('"key"') } });
    expect(JSON.stringify(ran.response)).not.toContain('the key of a test');
  });
});

describe('what makes no sense is said to the author of the test', () => {
  const SOURCE = body('return { active: true };');

  test('members that there are not, and values of the wrong kind, all at once', async () => {
    expect(await refused(SOURCE, { clinet: {}, scopes: 'read', client: { id: 5 } })).toMatch(/client\.id: [^]*scopes: [^]*"clinet"/);
  });

  test('a sample that the flow does not have, with those that it has', async () => {
    expect(await refused(SOURCE, {}, { base: 'client' })).toBe(
      'flow oauth-introspect has no sample "client"; it has "user-token", "client-token", "inactive-token"',
    );
  });

  test('a time that is none, a token for a flow without one, data that no token has', async () => {
    expect(await refused(SOURCE, { time: 'soon' })).toContain('time: must be seconds since 1970');
    expect(await refused(SOURCE, { user: 'alice' }, CREDENTIALS)).toContain('has neither a user nor a presented token');
    expect(await refused(SOURCE, { token: { exp: 'tomorrow' } })).toContain('token.exp: must be a number of seconds');
    expect(await refused(SOURCE, { scopes: ['admin'], client: { scopes: ['read'] } }, CREDENTIALS)).toContain('scopes: ');
  });

  test('no procedure beside the test, or one that does not say its flow', async () => {
    const asked = (testFile: string, changes = {}) =>
      workshop.runner.run({ testFile: join(workshop.folder, testFile), base: null, changes });
    await expect(asked('lonely.test.js')).rejects.toThrow('there is neither lonely.js nor lonely.ts beside lonely.test.js');
    await expect(asked('lonely.test.js', { procedure: './gone.js' })).rejects.toThrow('there is no file');
    workshop.write('mine.js', SOURCE);
    await expect(asked('mine.test.js')).rejects.toThrow('it does not say which flow');
    expect(await asked('mine.test.js', { flow: 'oauth-introspect' })).toMatchObject({ outcome: 'answered' });
    workshop.write('said.js', `/** Flow: oauth-introspect */\n${SOURCE}`);
    expect(await asked('said.test.js')).toMatchObject({ flow: 'oauth-introspect' });
    workshop.write('wrong.js', `/** @flow oauth-nothing */\n${SOURCE}`);
    await expect(asked('wrong.test.js')).rejects.toThrow('the flow "oauth-nothing", which there is not');
    workshop.write(
      'typed.js',
      `/** @param {ClientCredentialsTokenProcedureContext} context */\n${body('return { flow: "told by its type" };')}`,
    );
    expect(await asked('typed.test.js')).toMatchObject({ flow: 'oauth-token-client-credentials' });
  });
});

test('runs asked for at once do not disturb each other', async () => {
  const source = body('return { active: true, sub: context.presentedToken.subject };');
  const answers = await Promise.all(['a', 'b', 'c', 'd'].map((user) => run(source, { user })));
  expect(answers.map(({ response }) => (response.body as { sub: string }).sub)).toEqual(['a', 'b', 'c', 'd']);
});
