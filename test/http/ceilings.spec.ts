import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { admin, CLIENT, postForm, type RunningService } from '../support/running-service.ts';
import { bind, faultsOf, install, type Flow } from '../support/procedures.ts';
import { verified } from '../support/signatures.ts';
import { claimsOf, INACTIVE, introspected, revoke, SERVER_ERROR, startWireService, TOKEN_PATH, tokenOf } from '../support/wire-service.ts';

let service: RunningService;
let token: string;
let data: Record<string, unknown>;
beforeAll(async () => {
  service = await startWireService();
  token = (await tokenOf(service, CLIENT, { scope: 'read' })).access_token;
  data = await claimsOf(service, token);
});
afterAll(() => service.stop());

let count = 0;
const bound = new Map<Flow, string>();
afterEach(async () => {
  for (const [flow, endpoint] of bound) await bind(service, null, flow, endpoint);
  bound.clear();
});

/** Binds a procedure of this body until the end of the test; answers its id. */
async function procedure(body: string, flow: Flow = 'oauth-introspect'): Promise<string> {
  const id = `ceiling-${count++}`;
  const endpoint = flow === 'oauth-token-client-credentials' ? 'oauth-token' : 'introspection';
  await install(service, id, `function result(context) { ${body} }`, flow, endpoint);
  bound.set(flow, endpoint);
  return id;
}

const JWT_FLOW = 'oauth-introspect-application-jwt';
const TOKEN_FLOW = 'oauth-token-client-credentials';
const issuing = (changes: string) =>
  `return { active: true, jwt: context.getDefaultAccessTokenJwtIssuer().issue(Object.assign({}, context.presentedToken.data, ${changes}), context.delegation) };`;
const ask = () => postForm(service.url + TOKEN_PATH, { grant_type: 'client_credentials', scope: 'read' }, { as: CLIENT });
const granting = (changes: string, delegation = '{}') => `
  const delegation = context.delegationIssuer.issue(Object.assign({}, context.getDefaultDelegationData(), ${delegation}));
  const token = Object.assign({}, context.getDefaultAccessTokenData(), ${changes});
  return { access_token: context.accessTokenIssuer.issue(token, delegation), token_type: 'bearer', scope: token.scope };`;

describe('active', () => {
  test('an inactive token never becomes active, and its procedure still runs', async () => {
    const { access_token: revoked } = await tokenOf(service);
    await revoke(service, revoked, CLIENT);
    const id = await procedure(
      "if (context.request.getFormParameter('fail') === 'yes') throw new Error('ran'); return { active: true, sub: 'somebody', scope: 'admin' };",
    );
    for (const presented of ['unknown', revoked]) expect((await introspected(service, presented)).text).toBe(INACTIVE);
    expect((await introspected(service, revoked, { form: { fail: 'yes' } })).text).toBe(SERVER_ERROR);
    expect((await faultsOf(service, id))[0]?.message).toContain('ran');
  });

  test('no phantom token is issued for an inactive one', async () => {
    const id = await procedure(
      "return { active: true, jwt: context.getDefaultAccessTokenJwtIssuer().issue({ sub: 'x' }, null) };",
      JWT_FLOW,
    );
    const { status, text } = await introspected(service, 'unknown', { accept: 'application/jwt' });
    expect([status, text]).toEqual([500, SERVER_ERROR]);
    expect(await faultsOf(service, id)).toHaveLength(1);
  });

  test.each(["return { active: false, sub: 'x' };", 'return {};', "return { active: 'true', sub: 'x' };", 'return { active: 1 };'])(
    'anything but true is the constant answer: %s',
    async (body) => {
      await procedure(body);
      expect((await introspected(service, token)).text).toBe(INACTIVE);
      await procedure(body, JWT_FLOW);
      const { status, text } = await introspected(service, token, { accept: 'application/jwt' });
      expect([status, text]).toEqual([204, '']);
    },
  );
});

describe('an introspection response', () => {
  test.each([
    ['a later exp', 'return { active: true, exp: context.presentedToken.expiresAt + 1 };'],
    ['an exp that is no number', "return { active: true, exp: 'never' };"],
    ['a scope that was not granted', "return { active: true, scope: 'read admin' };"],
    ['a scope of the client that was not granted to the token', "return { active: true, scope: 'read write' };"],
    ['a scope that is no text', 'return { active: true, scope: 7 };'],
  ])('with %s is a fault', async (_what, body) => {
    const id = await procedure(body);
    const { status, text } = await introspected(service, token);
    expect([status, text]).toEqual([500, SERVER_ERROR]);
    expect(await faultsOf(service, id)).toMatchObject([{ kind: 'invalid-response' }]);
  });

  test('with an earlier exp, fewer scopes and claims of its own is sent as returned', async () => {
    await procedure(
      "return { active: true, exp: context.presentedToken.expiresAt - 10, scope: '', tier: 'gold', nested: { list: [1, 'two', null] } };",
    );
    expect(await claimsOf(service, token)).toEqual({
      active: true,
      exp: (data['exp'] as number) - 10,
      scope: '',
      tier: 'gold',
      nested: { list: [1, 'two', null] },
    });
  });

  test('an array scope is joined with spaces, null and undefined members are dropped', async () => {
    await procedure("return { active: true, scope: ['read'], nothing: null, missing: undefined };");
    expect(await claimsOf(service, token)).toEqual({ active: true, scope: 'read' });
  });

  test('may set extension headers, and they show', async () => {
    await procedure("context.response.setHeader('X-Tier', 'gold'); return { active: true };");
    expect((await introspected(service, token)).headers.get('x-tier')).toBe('gold');
  });
});

describe('a phantom token', () => {
  test.each([
    ['a later exp', '{ exp: context.presentedToken.expiresAt + 1 }'],
    ['a scope that was not granted', "{ scope: 'read admin' }"],
    ['another subject', "{ sub: 'root' }"],
    ['an audience that is no text', '{ aud: [{}] }'],
    ['a time that is none', "{ iat: 'yesterday' }"],
  ])('with %s is refused when it is issued', async (_what, changes) => {
    const id = await procedure(issuing(changes), JWT_FLOW);
    const { status, text } = await introspected(service, token, { accept: 'application/jwt' });
    expect([status, text]).toEqual([500, SERVER_ERROR]);
    expect((await faultsOf(service, id))[0]?.message).toMatch(/exp|scope|sub|aud|iat/);
  });

  test('has the claims the host owns, whatever the procedure put there', async () => {
    const forged =
      "{ iss: 'https://evil.example', jti: 'mine', client_id: 'root', delegationId: 'mine', purpose: 'id', cnf: { jkt: 'x' }, tier: 'gold' }";
    await procedure(issuing(forged), JWT_FLOW);
    const { payload } = await verified(service, (await introspected(service, token, { accept: 'application/jwt' })).text);
    expect(payload).toMatchObject({
      iss: `${service.url}/~`,
      client_id: 'server-client',
      delegationId: data['delegationId'],
      purpose: 'access_token',
      tier: 'gold',
    });
    expect(payload.jti).not.toBe('mine');
    expect(payload).not.toHaveProperty('cnf');
  });

  test('may be narrower and for another audience; members that start with _ stay out', async () => {
    await procedure(
      issuing("{ scope: '', aud: ['https://other.example'], exp: context.presentedToken.expiresAt - 100, _internal: 1 }"),
      JWT_FLOW,
    );
    const { payload } = await verified(service, (await introspected(service, token, { accept: 'application/jwt' })).text);
    expect(payload).toMatchObject({ scope: '', aud: 'https://other.example', exp: (data['exp'] as number) - 100 });
    expect(payload).not.toHaveProperty('_internal');
  });

  test('is one of this run: a text from elsewhere is a fault', async () => {
    const { text: other } = await introspected(service, token, { accept: 'application/jwt' });
    const { access_token: another } = await tokenOf(service);
    for (const jwt of [other, 'a.b.c', another]) {
      const id = await procedure(`return { active: true, jwt: ${JSON.stringify(jwt)} };`, JWT_FLOW);
      const { status, text } = await introspected(service, another, { accept: 'application/jwt' });
      expect([status, text]).toEqual([500, SERVER_ERROR]);
      expect(await faultsOf(service, id)).toMatchObject([{ kind: 'invalid-response' }]);
    }
  });

  test('hangs from the delegation of the presented token and from no look-alike', async () => {
    const id = await procedure(
      "return { active: true, jwt: context.getDefaultAccessTokenJwtIssuer().issue(context.presentedToken.data, { id: context.delegation.id, clientId: 'x' }) };",
      JWT_FLOW,
    );
    expect((await introspected(service, token, { accept: 'application/jwt' })).text).toBe(SERVER_ERROR);
    expect(await faultsOf(service, id)).toHaveLength(1);
  });
});

describe('an issued token', () => {
  test.each([
    ["an exp past the profile's maximum", granting('{ exp: Math.floor(Date.now() / 1000) + 90000 }')],
    ['a scope that was not granted', granting("{ scope: 'read admin' }")],
    ['a scope of the client that was not asked for', granting("{ scope: 'read write' }")],
    ['another subject', granting("{ sub: 'root' }")],
    ['a delegation of another owner', granting('{}', "{ owner: 'root' }")],
    ['a delegation with more scope', granting('{}', "{ scope: 'read admin' }")],
    [
      'a delegation that was not issued',
      "return { access_token: context.accessTokenIssuer.issue(context.getDefaultAccessTokenData(), { id: 'made-up' }) };",
    ],
    ['a response that is no object', "context.delegationIssuer.issue(context.getDefaultDelegationData()); return 'token';"],
  ])('with %s is a fault, and nothing of it is stored', async (_what, body) => {
    const stored = async () =>
      ((await (await admin(service, 'GET', '/profiles/token-service/delegations?limit=500')).json()) as { items: unknown[] }).items.length;
    const before = await stored();
    const id = await procedure(body, TOKEN_FLOW);
    const response = await ask();
    expect([response.status, await response.text()]).toEqual([500, SERVER_ERROR]);
    expect(await faultsOf(service, id)).toHaveLength(1);
    expect(await stored()).toBe(before);
  });

  test('has the claims the host owns, whatever the procedure put there', async () => {
    await procedure(
      granting(
        "{ iss: 'https://evil.example', jti: 'x', client_id: 'root', delegationId: 'x', purpose: 'id', cnf: { jkt: 'x' }, tier: 'gold', _secret: 1 }",
      ),
      TOKEN_FLOW,
    );
    const { access_token: issued } = (await (await ask()).json()) as { access_token: string };
    const claims = await claimsOf(service, issued);
    expect(claims).toMatchObject({
      active: true,
      iss: `${service.url}/~`,
      client_id: 'server-client',
      purpose: 'access_token',
      tier: 'gold',
      token_type: 'bearer',
    });
    for (const name of ['cnf', 'jti', '_secret']) expect(claims).not.toHaveProperty(name);
    expect(claims['delegationId']).not.toBe('x');
  });

  test('may live shorter, or longer up to the maximum', async () => {
    for (const life of [10, 86_000]) {
      await procedure(granting(`{ exp: context.getDefaultAccessTokenData().iat + ${life} }`), TOKEN_FLOW);
      const { access_token: issued } = (await (await ask()).json()) as { access_token: string };
      const claims = await claimsOf(service, issued);
      expect((claims['exp'] as number) - (claims['iat'] as number)).toBe(life);
    }
  });

  test('of a run that fails later is not stored: no token without commit', async () => {
    await procedure(`const all = (function () { ${granting('{}')} })(); throw new Error(all.access_token);`, TOKEN_FLOW);
    const response = await ask();
    expect([response.status, await response.text()]).toEqual([500, SERVER_ERROR]);
    const { faults } = (await (await admin(service, 'GET', '/status')).json()) as { faults: { message: string }[] };
    expect(faults[0]?.message).not.toMatch(/twa_/);
  });
});

describe('what a procedure sees', () => {
  test('has no secrets: neither of the caller nor of headers', async () => {
    await procedure(`return { active: true, a: context.request.getFormParameter('client_secret'), b: context.request.getHeader('authorization'), c: context.request.getHeader('cookie'),
      d: String(context.request.bodyAsString), e: JSON.stringify(context.client), f: context.request.formParameterNames.length };`);
    const byForm = await postForm(
      `${service.url}/introspection`,
      { token, client_id: 'gateway_client', client_secret: 'Secr3t!' },
      { headers: { cookie: 'session=Canary' } },
    );
    const text = await byForm.text();
    expect(byForm.status).toBe(200);
    expect(text).not.toMatch(/Secr3t|Canary|argon2/);
    const byHeader = await introspected(service, token);
    expect(byHeader.text).not.toMatch(/Basic|Secr3t/);
  });
});
