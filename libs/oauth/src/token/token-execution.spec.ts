import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { bound, claimsOf, clientOf, ISSUER, issuerOf, jsonOf, profileOf, ServiceUnderTest } from '../testing/service-builder.ts';

const FLOW = 'oauth-token-client-credentials';

/** A world whose token flow runs this body; `issue` is at hand as the usual way to issue. */
const running = (body: string, ...more: Parameters<typeof ServiceUnderTest.open>[0] & object) =>
  ServiceUnderTest.open([
    ...more,
    ...bound(
      FLOW,
      `function issue(context, data, delegation) { return context.accessTokenIssuer.issue(data, delegation); }\nfunction result(context) { ${body} }`,
    ),
  ]);

const fault = (world: ServiceUnderTest) => world.service.executions.faults[0]?.message;

describe('ceilings on what a procedure issues (PROCEDURE_API 9), reported as a fault, with nothing stored', () => {
  test.each<[string, string, string]>([
    [
      'an expiry after the maximum lifetime',
      'data.exp = data.iat + 3601;',
      "exp is 1 seconds after the latest that the profile's maximumTokenLifetime allows",
    ],
    [
      'a scope that was not granted',
      "data.scope = 'read admin';",
      'the scope "admin" was not granted; give the client this scope, or ask for it, to allow it',
    ],
    [
      'another subject',
      "data.sub = 'somebody';",
      'sub differs from the subject of the delegation; the token issuer setting allowSubjectChange would allow it',
    ],
    ['another audience', "data.aud = 'https://evil';", 'the audience "https://evil" is not among the profile\'s allowedAudiences'],
  ])('%s', async (_what, change, message) => {
    for (const format of ['opaque', 'jwt'] as const) {
      const world = await running(
        `const d = context.delegationIssuer.issue(context.getDefaultDelegationData()); const data = context.getDefaultAccessTokenData(); ${change} return { access_token: issue(context, data, d) };`,
        put('profile', profileOf({ allowedAudiences: ['https://api'] })),
        put('client', clientOf('app', { audiences: ['https://api'], accessTokenFormat: format })),
      );
      const response = await world.tokenRequest();
      expect(response.status).toBe(500);
      expect(jsonOf(response)).toEqual({ error: 'server_error', error_description: 'The server could not complete the request.' });
      expect(fault(world)).toContain(message);
      expect((await world.stores.tokens.listTokens({}, { limit: 1 })).items).toEqual([]);
      expect((await world.stores.tokens.listDelegations({}, { limit: 1 })).items).toEqual([]);
    }
  });

  test('owned claims are set silently in every format, and members that start with an underscore stay inside', async () => {
    for (const format of ['opaque', 'jwt', 'wrapped-opaque'] as const) {
      const world = await running(
        `const d = context.delegationIssuer.issue({}); const data = context.getDefaultAccessTokenData();
         data.iss = 'https://evil'; data.client_id = 'other'; data.jti = 'x'; data.purpose = 'id'; data.delegationId = 'd'; data.cnf = { jkt: 'x' }; data._secret = 1; data.tenant = 'acme';
         return { access_token: issue(context, data, d), _inner: 1 };`,
        put('client', clientOf('app', { accessTokenFormat: format })),
      );
      const answer = jsonOf(await world.tokenRequest());
      expect(Object.keys(answer)).toEqual(['access_token']);
      const claims = claimsOf(await world.phantom(String(answer['access_token'])));
      expect(claims).toMatchObject({ iss: ISSUER, client_id: 'app', purpose: 'access_token', tenant: 'acme' });
      expect(claims['delegationId']).not.toBe('d');
      expect(claims['jti']).not.toBe('x');
      expect(claims).not.toHaveProperty('cnf');
      expect(claims).not.toHaveProperty('_secret');
    }
  });

  test('sub may change where the issuer allows it', async () => {
    const world = await running(
      "const d = context.delegationIssuer.issue({}); const data = context.getDefaultAccessTokenData(); data.sub = 'somebody'; return { access_token: issue(context, data, d) };",
      put('token-issuer', issuerOf('opaque', { allowSubjectChange: true })),
    );
    expect(jsonOf(await world.introspect(await world.token()))).toMatchObject({ sub: 'somebody', client_id: 'app' });
  });

  test('a JWT ends with its shortest-lived scope, an opaque token outlives it and loses it at introspection', async () => {
    for (const [format, life] of [
      ['jwt', 60],
      ['opaque', 300],
    ] as const) {
      const world = await ServiceUnderTest.open([put('client', clientOf('app', { scopes: ['read', 'short'], accessTokenFormat: format }))]);
      await world.token();
      expect((await world.stores.tokens.listTokens({}, { limit: 1 })).items[0]?.expiresAt).toBe(world.now + life);
    }
  });

  test('an iat in the future cannot prolong a scope with a lifetime of its own', async () => {
    const world = await running(
      'const d = context.delegationIssuer.issue({}); const data = context.getDefaultAccessTokenData(); data.iat = data.iat + 100000; return { access_token: issue(context, data, d) };',
      put('client', clientOf('app', { scopes: ['read', 'short'] })),
    );
    const token = await world.token();
    world.now += 60;
    expect(jsonOf(await world.introspect(token))).toMatchObject({ scope: 'read', expired_scope: ['short'] });
  });
});

describe('delegations (SANDBOX 3.5)', () => {
  test('hold the scope a procedure gave them, as text or list', async () => {
    for (const scope of ["'read'", "['read']"]) {
      const world = await running(
        `const d = context.delegationIssuer.issue({ scope: ${scope} }); const data = context.getDefaultAccessTokenData(); data.scope = 'read'; return { access_token: issue(context, data, d) };`,
      );
      const token = await world.token();
      expect((await world.stores.tokens.listDelegations({}, { limit: 1 })).items[0]?.scope).toBe('read');
      expect(jsonOf(await world.introspect(token))).toMatchObject({ active: true, scope: 'read' });
    }
  });

  test.each<[string, string, string]>([
    [
      'a scope beyond what was granted',
      "const d = context.delegationIssuer.issue({ scope: 'read admin' }); return { access_token: issue(context, context.getDefaultAccessTokenData(), d) };",
      'the scope "admin" was not granted to the delegation',
    ],
    [
      'a scope that is no text',
      'const d = context.delegationIssuer.issue({ scope: 1 }); return {};',
      'the scope of a delegation must be a string',
    ],
    [
      'a token with more scope than its delegation',
      "const d = context.delegationIssuer.issue({ scope: 'read' }); return { access_token: issue(context, context.getDefaultAccessTokenData(), d) };",
      'the scope "write" of a token is not among its delegation\'s',
    ],
    [
      'another owner',
      "const d = context.delegationIssuer.issue({ owner: 'somebody' }); return {};",
      'the owner of the delegation must be the authenticated subject',
    ],
    [
      'revoking one of somebody else',
      "context.delegationIssuer.revoke('another'); return {};",
      'only a delegation of the calling client may be revoked',
    ],
  ])('%s is a fault', async (_what, body, message) => {
    for (const format of ['opaque', 'jwt'] as const) {
      const world = await running(body, put('client', clientOf('app', { accessTokenFormat: format })));
      expect((await world.tokenRequest()).status).toBe(500);
      expect(fault(world)).toContain(message);
      expect((await world.stores.tokens.listDelegations({}, { limit: 1 })).items).toEqual([]);
    }
  });

  test.each<['opaque' | 'jwt' | 'wrapped-opaque', string]>([
    ['opaque', 'the delegation was not issued in this run'],
    ['jwt', 'a token needs a delegation that was issued in this run'],
    ['wrapped-opaque', 'a token needs a delegation that was issued in this run'],
  ])('a token without one is a fault, in format %s, and none is signed', async (format, message) => {
    const world = await running(
      'return { access_token: issue(context, context.getDefaultAccessTokenData()) };',
      put('client', clientOf('app', { accessTokenFormat: format })),
    );
    expect((await world.tokenRequest()).status).toBe(500);
    expect(fault(world)).toContain(message);
    expect((await world.stores.tokens.listTokens({}, { limit: 1 })).items).toEqual([]);
    // Nothing was signed, so there is no signature in vain.
    expect(await world.stores.audit.list({ kind: 'token', limit: 1 })).toEqual([]);
  });

  test.each(['[]', '"text"', '1', 'null', 'true'])('data of one that is no object is a fault: %s', async (data) => {
    const world = await ServiceUnderTest.open();
    const run = world.sandbox.run.bind(world.sandbox);
    world.sandbox.run = async (invocation) => {
      const outcome = await run(invocation);
      if (outcome.kind !== 'returned') return outcome;
      return {
        ...outcome,
        effects: outcome.effects.map((effect) => (effect.kind === 'delegation' ? { ...effect, payload: `0\n${data}` } : effect)),
      };
    };
    expect(await world.tokenRequest()).toMatchObject({ status: 500, body: expect.stringContaining('"server_error"') });
    expect(world.service.executions.faults[0]).toMatchObject({
      kind: 'invalid-response',
      message: 'the data of a delegation must be an object',
    });
    expect((await world.stores.tokens.listDelegations({}, { limit: 1 })).items).toEqual([]);
  });

  test('several in a run each have their own tokens; more than were made beforehand are asked of the host', async () => {
    const world = await running(
      `const ids = []; for (let i = 0; i < 3; i++) { const d = context.delegationIssuer.issue({ claims: { i } }); ids.push(d.id); issue(context, context.getDefaultAccessTokenData(), d); }
       return { ids, access_token: 'none' };`,
    );
    const { ids } = jsonOf(await world.tokenRequest()) as { ids: string[] };
    expect(new Set(ids).size).toBe(3);
    expect(world.sandbox.last('own').asked.filter(({ kind }) => kind === 'mint')).toHaveLength(4);
    const { items } = await world.stores.tokens.listTokens({}, { limit: 10 });
    expect(items.map(({ delegationId }) => delegationId).sort()).toEqual([...ids].sort());
  });

  test('one that a run makes and revokes again takes its tokens with it', async () => {
    const world = await running(
      'const d = context.delegationIssuer.issue({}); const t = issue(context, context.getDefaultAccessTokenData(), d); context.delegationIssuer.revoke(d); return { access_token: t };',
    );
    expect(jsonOf(await world.introspect(await world.token()))).toEqual({ active: false });
  });

  test('a run that is repeated for an answer of the host stores each thing once', async () => {
    const world = await running(
      "const d = context.delegationIssuer.issue({}); const t = issue(context, context.getDefaultAccessTokenData(), d); context.client.properties; context.request.getHeader('x'); return { access_token: t };",
    );
    const token = await world.token();
    expect(world.sandbox.last('own').runs).toBeGreaterThan(1);
    expect((await world.stores.tokens.listTokens({}, { limit: 10 })).items).toHaveLength(1);
    expect(jsonOf(await world.introspect(token))).toMatchObject({ active: true });
  });
});
