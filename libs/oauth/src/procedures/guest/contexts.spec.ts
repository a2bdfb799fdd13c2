import { describe, expect, test } from '@jest/globals';
import { inactiveContext, introspectionContext, TOKEN_DATA } from '../../testing/context-builder.ts';
import { PreludeRealm } from '../../testing/prelude-realm.ts';

const realm = new PreludeRealm();
const value = (expression: string, context = introspectionContext()) => realm.value(expression, { context });

describe('The dual access rule (contract section 3)', () => {
  test.each([
    ['context.client', 'context.getClient()'],
    ['context.request', 'context.getRequest()'],
    ['context.response', 'context.getResponse()'],
    ['context.scopeNames', 'context.getScopeNames()'],
    ['context.delegation', 'context.getDelegation()'],
    ['context.presentedToken', 'context.getPresentedToken()'],
    ['context.accessTokenIssuer', 'context.getAccessTokenIssuer()'],
    ['context.delegationIssuer', 'context.getDelegationIssuer()'],
    ['context.defaultAccessTokenJwtIssuer', 'context.getDefaultAccessTokenJwtIssuer()'],
    ['context.presentedToken.data', 'context.presentedToken.getData()'],
    ['context.presentedToken.delegation', 'context.delegation'],
    ['context.presentedToken.active', 'context.presentedToken.isActive()'],
    ['context.client.properties', 'context.client.getProperties()'],
    ['context.client.audiencesAsString', 'context.client.getAudiencesAsString()'],
    ['context.delegation.customClaimValues', 'context.delegation.getCustomClaimValues()'],
    ['context.request.clientIpAddress', 'context.request.getClientIpAddress()'],
    ['context.subjectAttributes()', 'context.subjectAttributes()'],
    ['context.contextAttributes()', 'context.contextAttributes()'],
  ])('%s is %s, the same value at every reading', (property, method) => {
    expect(value(`[${property} === ${method}, ${property} === ${property}]`)).toEqual([true, true]);
  });

  test('default data is fresh each time', () => {
    expect(
      value(`(function () { var a = context.getDefaultAccessTokenData(), b = context.defaultAccessTokenData; a.aud.push('x'); a.sub = 'y';
        return [a !== b, b, context.getDefaultAccessTokenData()]; })()`),
    ).toEqual([true, { sub: 'server-client', aud: ['a', 'b'], scope: 'read' }, { sub: 'server-client', aud: ['a', 'b'], scope: 'read' }]);
    expect(value('[context.getDefaultIdTokenData(), context.getDefaultRefreshTokenData(), context.defaultResponseData]')).toEqual([
      null,
      null,
      null,
    ]);
  });

  test.each([
    'context.client = null',
    'context.foo = 1',
    'context.client.id = "x"',
    'context.client.foo = 1',
    'context.client.properties.beta = "false"',
    'context.client.properties.nested.list.push(3)',
    'context.client.properties.put("a", 1)',
    'context.presentedToken.active = true',
    'context.presentedToken.data = {}',
    'context.delegation.scope = "admin"',
    'context.delegation.claims.nested.deep = 1',
    'context.delegation.getId = null',
    'context.request.method = "GET"',
    'Object.defineProperty(context.client, "id", { value: 1 })',
    'Object.setPrototypeOf(context.client, {})',
    'Object.getPrototypeOf(context.delegation).getId = null',
    'Object.getPrototypeOf(Object.getPrototypeOf(context.delegation)).x = null',
    'delete context.client.getId, delete Object.getPrototypeOf(context.client).getId',
  ])('writing throws: %s', (statement) => {
    expect(() => value(statement)).toThrow(/TypeError/);
  });

  test('the data of the presented token is the run’s own and can be written', () => {
    expect(value('(context.presentedToken.data.extra = 1, context.presentedToken.data.extra)')).toBe(1);
  });
});

describe('Views', () => {
  test('show members and nothing else to JSON.stringify and for...in', () => {
    const client = JSON.parse(value('JSON.stringify(context.client)') as string) as object;
    expect(Object.keys(client)).toEqual([
      ...[
        'id',
        'name',
        'description',
        'properties',
        'audiences',
        'accessTokenTimeToLive',
        'idTokenTimeToLive',
        'delegationTimeToLive',
        'scopes',
        'capabilities',
      ],
    ]);
    expect(value('(function () { var names = []; for (var k in context.delegation) names.push(k); return names; })()')).toContain(
      'clientId',
    );
    expect(value('JSON.stringify([context.accessTokenIssuer, context.response])')).toBe('[{},{}]');
    expect(value('appendObjectTo(context.delegation, {}).clientId')).toBe('server-client');
  });

  test('give no way to make one', () => {
    expect(
      value(
        '[context.delegation.constructor === Object, context.constructor === Object, context.delegation.__proto__.hasOwnProperty("constructor")]',
      ),
    ).toEqual([true, true, false]);
  });

  test('answer only for themselves', () => {
    expect(() => value('Object.getOwnPropertyDescriptor(Object.getPrototypeOf(context.client), "id").get.call({ id: 1 })')).toThrow(
      /TypeError/,
    );
    expect(() => value('Object.create(context.client).id')).toThrow(/TypeError/);
  });
});

describe('Sections the host left out', () => {
  const answers: Record<string, string> = {
    client: JSON.stringify(introspectionContext().client),
    request: JSON.stringify(introspectionContext().request),
    delegation: 'null',
    defaults: '{"accessToken":{"sub":"s"}}',
  };

  test('are fetched at the first reading, once', () => {
    const { client: _c, request: _r, delegation: _d, defaults: _f, ...sparse } = introspectionContext();
    const outcome = realm.run(
      `function result(context) { return { v: [context.client.id, context.client.name, context.request.method, context.delegation, context.delegation,
        context.presentedToken.delegation, context.getDefaultAccessTokenData().sub, context.getDefaultAccessTokenData().sub] }; }`,
      { context: sparse, answer: (_kind, name) => answers[name] ?? '' },
    );
    expect(JSON.parse(outcome.response ?? '')).toEqual({ v: ['gateway_client', 'Gateway', 'POST', null, null, null, 's', 's'] });
    expect(outcome.calls).toEqual(['section:client', 'section:request', 'section:delegation', 'section:defaults']);
  });

  test('cost nothing when they are not read', () => {
    const { client: _c, request: _r, delegation: _d, defaults: _f, ...sparse } = introspectionContext();
    expect(realm.run('function result(context) { return { v: context.presentedToken.data.sub }; }', { context: sparse }).calls).toEqual([]);
  });
});

describe('Members of every token context (contract section 5)', () => {
  test('client: audiences as text, typed times, empty collections', () => {
    expect(
      value(
        '[context.client.audiencesAsString, context.client.accessTokenTimeToLive, context.client.idTokenTimeToLive, context.client.scopes.contains("read"), context.client.capabilities.size()]',
      ),
    ).toEqual(['https://api.example https://other.example', 300, null, true, 1]);
    const { client } = introspectionContext();
    if (client === undefined) throw new Error('no client');
    const bare = introspectionContext({ client: { ...client, audiences: [], properties: {} } });
    expect(
      value(
        '[context.client.audiencesAsString, context.client.audiences, context.client.properties.isEmpty(), context.client.properties.beta === undefined, context.client.properties.get("beta")]',
        bare,
      ),
    ).toEqual(['', [], true, true, null]);
  });

  test.each([
    ['getFormParameter("token")', 'opaque'],
    ['getFormParameter("audience")', 'one'],
    ['getFormParameter("missing")', null],
    ['getFormParameter("client_secret")', null],
    ['getFormParameter("constructor")', null],
    ['getFormParameters("audience").get(1)', 'two'],
    ['getFormParameters("missing")', []],
    ['getQueryParameter("a")', '1'],
    ['getQueryParameter("__proto__")', null],
    ['getHeader("X-Trace")', 'abc'],
    ['getHeader("Authorization")', null],
    ['getHeader("toString")', null],
    ['method', 'POST'],
    ['path', '/introspection'],
    ['url', 'https://localhost:8443/introspection?a=1&a=2'],
    ['scheme', 'https'],
    ['clientCertificate', null],
    ['acceptableMediaTypes.contains("application/json")', true],
    ['bodyAsString', 'token=opaque&audience=one&audience=two'],
    ['parsedBodyAsJson', null],
    ['formParameterNames.contains("token")', true],
    ['queryParameterNames', ['a']],
  ])('request: %s', (member, expected) => {
    expect(value(`context.request.${member}`)).toEqual(expected);
  });

  test('request: a JSON body is parsed once', () => {
    const { request } = introspectionContext();
    if (request === undefined) throw new Error('no request');
    const context = introspectionContext({ request: { ...request, body: '{"a":{"b":1}}' } });
    expect(
      value(
        '[context.request.parsedBodyAsJson.get("a").b, context.request.parsedBodyAsJson === context.request.getParsedBodyAsJson()]',
        context,
      ),
    ).toEqual([1, true]);
  });

  test('response: setHeader is an effect, and cannot forge a line', () => {
    const outcome = realm.run(
      'function result(context) { context.response.setHeader("X-A", "b"); context.getResponse().setHeader("X-N", 5); return {}; }',
      { context: introspectionContext() },
    );
    expect(outcome.effects).toEqual([
      { kind: 'header', payload: 'X-A\nb' },
      { kind: 'header', payload: 'X-N\n5' },
    ]);
    for (const args of ['"X-A", "a\\r\\nSet-Cookie: x"', '"X-A\\nB", "v"', '"", "v"', 'null, "v"', '"X-A", {}', '"X-A", "ä"']) {
      expect(() => value(`context.response.setHeader(${args})`)).toThrow(/setHeader/);
    }
  });

  test('subjectAttributes and contextAttributes are maps, empty when there are none', () => {
    expect(value('[context.subjectAttributes().get("subject"), context.contextAttributes().acr]')).toEqual(['server-client', 'urn:acr']);
    const { subjectAttributes: _s, contextAttributes: _c, ...bare } = introspectionContext();
    expect(
      value(
        '[context.subjectAttributes(), context.contextAttributes().isEmpty(), context.subjectAttributes() === context.subjectAttributes()]',
        bare,
      ),
    ).toEqual([{}, true, true]);
  });

  test('a delegation shows all of its members', () => {
    expect(
      value(
        '[context.delegation.id, context.delegation.clientId, context.delegation.owner, context.delegation.scope, context.delegation.claims.get("nested"), context.delegation.data, context.delegation.consent, context.delegation.clientCertificate, context.delegation.authenticationAttributes]',
      ),
    ).toEqual(['delegation-given', 'server-client', 'server-client', 'read write', { deep: [1] }, {}, null, null, null]);
  });

  test('getAccessTokenIssuer gives the default without an argument, a named one, or null', () => {
    expect(
      value(
        '[context.getAccessTokenIssuer("partner") !== null, context.getAccessTokenIssuer("none"), context.getAccessTokenIssuer("toString")]',
      ),
    ).toEqual([true, null, null]);
    const bare = introspectionContext({ issuers: { access: null, jwt: null } });
    expect(value('[context.accessTokenIssuer, context.getAccessTokenIssuer(), context.getDefaultAccessTokenJwtIssuer()]', bare)).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('Introspection (contract section 6)', () => {
  test('shows the presented token', () => {
    expect(
      value(
        '(function (t) { return [t.active, t.isActive(), t.type, t.value, t.subject, t.expiresAt, t.issuedAt, t.notBefore, t.expiredScopes.contains("old"), t.tokenClaimNames.contains("sub")]; })(context.presentedToken)',
      ),
    ).toEqual([true, true, 'bearer', 'opaque', 'server-client', 1700000300, 1700000000, 1700000000, true, true]);
    expect(value('JSON.stringify(context.presentedToken.data)')).toBe(TOKEN_DATA);
  });

  test('keeps what the token says when the script changes its data', () => {
    expect(value('(context.presentedToken.subject, context.presentedToken.data.sub = "x", context.presentedToken.subject)')).toBe(
      'server-client',
    );
  });

  test('of an inactive token has no delegation and empty data', () => {
    expect(
      value(
        '[context.presentedToken.active, context.delegation, context.presentedToken.delegation, context.presentedToken.data, context.presentedToken.subject, context.scopeNames]',
        inactiveContext(),
      ),
    ).toEqual([false, null, null, {}, null, []]);
  });
});

describe('What another flow has', () => {
  test('is null as a member', () => {
    expect(
      value(
        '[context.presentedNonce, context.getPresentedNonce(), context.refreshTokenIssuer, context.idTokenIssuer, context.providedState, context.accountAttributes, context.presentedSubjectToken, context.getNonceTokenIssuer("x")]',
      ),
    ).toEqual([null, null, null, null, null, null, null, null]);
    expect(
      realm.value('[context.presentedToken, context.delegation, context.requestedScopes]', { flow: 'oauth-token-client-credentials' }),
    ).toEqual([null, null, []]);
  });

  test.each(['context.getInitializedContext()', 'context.getPresentedActorToken(null)'])('%s throws `not available in flow X`', (call) => {
    expect(() => value(call)).toThrow(/ is not available in flow oauth-introspect$/);
  });
});

describe('Revocation', () => {
  const revocation = {
    tokenTypeHint: 'access_token',
    clientId: 'server-client',
    purpose: 'access_token',
    subject: 'server-client',
    delegationId: 'd',
  };
  const of = (expression: string, context = introspectionContext({ revocation })) =>
    realm.value(expression, { context, flow: 'oauth-revoke' });

  test('shows what was revoked', () => {
    expect(
      of(
        '[context.client.id, context.request.method, context.tokenTypeHint, context.getRevokedTokenClientId(), context.revokedTokenPurpose, context.revokedTokenSubject, context.revokedDelegationId]',
      ),
    ).toEqual(['gateway_client', 'POST', 'access_token', 'server-client', 'access_token', 'server-client', 'd']);
    expect(of('[context.revokedTokenClientId, context.tokenTypeHint]', introspectionContext())).toEqual([null, null]);
  });

  test('can change nothing', () => {
    expect(of('[context.accessTokenIssuer, context.delegationIssuer, context.response, context.presentedToken]')).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});
