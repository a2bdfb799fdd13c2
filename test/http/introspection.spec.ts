import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GATEWAY, postForm, type RunningService } from '../support/running-service.ts';
import { caller, claimsOf, INACTIVE, introspected, pause, revoke, startWireService, tokenOf } from '../support/wire-service.ts';
import { forged, verified } from '../support/signatures.ts';

let service: RunningService;
beforeAll(async () => {
  service = await startWireService();
});
afterAll(() => service.stop());

const PATH = '/introspection';
const basic = (text: string, encoding: 'base64' | 'base64url' = 'base64') => `Basic ${Buffer.from(text).toString(encoding)}`;
const post = (form: Record<string, string> | string, headers: Record<string, string> = {}) =>
  postForm(service.url + PATH, form, { headers });

describe('the JSON answer (RFC 7662 section 2.2)', () => {
  test('of an active token has exactly its data, active, token_type, client_id and expired_scope', async () => {
    const { access_token: token } = await tokenOf(service, caller('server-client'), { scope: 'read' });
    const { status, headers, text } = await introspected(service, token);
    const claims = JSON.parse(text) as Record<string, unknown>;
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(claims).toEqual({
      active: true,
      token_type: 'bearer',
      client_id: 'server-client',
      sub: 'server-client',
      aud: 'server-client',
      iss: `${service.url}/~`,
      scope: 'read',
      expired_scope: [],
      purpose: 'access_token',
      delegationId: expect.any(String),
      iat: expect.any(Number),
      nbf: claims['iat'],
      exp: (claims['iat'] as number) + 3600,
    });
  });

  test('has aud as a string when single and as an array when not', async () => {
    const single = await tokenOf(service, caller('orders-client'));
    const many = await tokenOf(service, caller('many-client'));
    expect((await claimsOf(service, single.access_token))['aud']).toBe('https://orders.example');
    expect((await claimsOf(service, many.access_token))['aud']).toEqual(['https://orders.example', 'https://stock.example']);
  });

  test('of an unknown token is exactly {"active":false}, whatever it looks like', async () => {
    const { access_token: known } = await tokenOf(service);
    const typo = `${known.slice(0, 20)}${known[20] === 'A' ? 'B' : 'A'}${known.slice(21)}`;
    for (const token of ['nonsense', `twa_${'0'.repeat(54)}`, typo, `${known} `, known.toUpperCase(), 'a.b.c', '🔑', 'x'.repeat(50_000)]) {
      const { status, text, headers } = await introspected(service, token);
      expect([token.slice(0, 20), status, text]).toEqual([token.slice(0, 20), 200, INACTIVE]);
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  test('of an expired token is exactly {"active":false}', async () => {
    const { access_token: token, expires_in: life } = await tokenOf(service, caller('hasty-client'));
    expect(life).toBe(2);
    expect((await claimsOf(service, token))['active']).toBe(true);
    await pause(2100);
    expect((await introspected(service, token)).text).toBe(INACTIVE);
  });

  test('of a token of another profile is exactly {"active":false}', async () => {
    const { access_token: token } = await tokenOf(service, caller('neighbour-client'), {}, '/neighbour/token');
    expect((await introspected(service, token)).text).toBe(INACTIVE);
    expect((await claimsOf(service, token, { path: '/neighbour/introspection' }))['active']).toBe(true);
  });
});

describe('parameters', () => {
  test('a missing or empty token is invalid_request', async () => {
    for (const form of ['', 'token=', 'token', 'tokens=x']) {
      const response = await post(form, { authorization: basic('gateway_client:Secr3t!') });
      expect([response.status, await response.json()]).toEqual([400, { error: 'invalid_request', error_description: expect.any(String) }]);
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
  });

  test('any parameter given twice is invalid_request', async () => {
    const { access_token: token } = await tokenOf(service);
    for (const form of [
      `token=${token}&token=${token}`,
      `token=${token}&token_type_hint=a&token_type_hint=b`,
      `token=${token}&other=1&other=2`,
      `token=${token}&token=`,
    ]) {
      const response = await post(form, { authorization: basic('gateway_client:Secr3t!') });
      expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([400, 'invalid_request']);
    }
  });

  test('an unknown hint, a wrong hint and unknown parameters change nothing (RFC 7662 section 2.1)', async () => {
    const { access_token: token } = await tokenOf(service);
    for (const form of [
      { token_type_hint: 'refresh_token' },
      { token_type_hint: 'access_token' },
      { token_type_hint: 'surprise' },
      { resource_server: 'x' },
    ])
      expect((await claimsOf(service, token, { form: form as unknown as Record<string, string> }))['active']).toBe(true);
  });

  test('empty client_id and client_secret beside Basic count as absent, as Dovecot sends them', async () => {
    const { access_token: token } = await tokenOf(service);
    const response = await post(`token=${token}&client_id=&client_secret=`, { authorization: basic('gateway_client:Secr3t!') });
    expect([response.status, ((await response.json()) as { active: boolean }).active]).toEqual([200, true]);
  });
});

describe('callers', () => {
  let token: string;
  beforeAll(async () => {
    token = (await tokenOf(service)).access_token;
  });

  test('may authenticate in the form', async () => {
    const response = await post({ token, client_id: GATEWAY.id, client_secret: GATEWAY.secret });
    expect([response.status, ((await response.json()) as { active: boolean }).active]).toEqual([200, true]);
  });

  test.each([
    ['in base64url without padding', basic('gateway_client:Secr3t!', 'base64url')],
    ['with a scheme in another case', basic('gateway_client:Secr3t!').replace('Basic', 'bAsIc')],
    ['with the escapes of RFC 6749 section 2.3.1', basic('gateway%5Fclient:Secr3t%21')],
    ['unescaped, with characters that look like escapes', basic('awkward-gateway:a+b%20c:d&=e')],
    ['escaped, with the same characters', basic(`awkward-gateway:${encodeURIComponent('a+b%20c:d&=e')}`)],
  ])('may send Basic %s', async (_how, authorization) => {
    const response = await post({ token }, { authorization });
    expect([response.status, ((await response.json()) as { active: boolean }).active]).toEqual([200, true]);
  });

  test('with two valid secrets may use either (rotation)', async () => {
    for (const secret of ['first-secret', 'second-secret'])
      expect((await claimsOf(service, token, { as: { id: 'rotating-gateway', secret } }))['active']).toBe(true);
    expect((await introspected(service, token, { as: { id: 'rotating-gateway', secret: 'third-secret' } })).status).toBe(401);
  });

  test('with bad credentials get 401 invalid_client, with one description for all reasons', async () => {
    const bodies = new Set<string>();
    for (const as of [
      caller('nobody'),
      { id: 'gateway_client', secret: 'wrong' },
      caller('disabled-gateway'),
      { id: 'gateway_client', secret: 'x'.repeat(5000) },
    ]) {
      const byForm = await post({ token, client_id: as.id, client_secret: as.secret });
      expect([as.id, byForm.status, byForm.headers.get('www-authenticate')]).toEqual([as.id, 401, null]);
      bodies.add(await byForm.text());
      const byHeader = await introspected(service, token, { as });
      expect([byHeader.status, byHeader.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="tokenwright"']);
      bodies.add(byHeader.text);
    }
    expect([...bodies].map((body) => (JSON.parse(body) as { error: string }).error)).toEqual(['invalid_client']);
  });

  test('with a broken Authorization header get 401 with a challenge', async () => {
    for (const authorization of [
      'Basic',
      'Basic !!!',
      'Basic ',
      basic('gateway_client:Secr3t!').replace(' ', '  '),
      basic('nocolon'),
      basic(':nosuchid'),
      'Bearer abc',
      'Digest username="x"',
      `Basic ${Buffer.from([0xff, 0x3a, 0xfe]).toString('base64')}`,
    ]) {
      const response = await post({ token }, { authorization });
      expect([authorization, response.status, response.headers.get('www-authenticate')]).toEqual([
        authorization,
        401,
        'Basic realm="tokenwright"',
      ]);
    }
  });

  test('without credentials get 401', async () => {
    for (const form of [{ token }, { token, client_id: GATEWAY.id }]) {
      const response = await post(form);
      expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([401, 'invalid_client']);
    }
  });

  test('that use two methods of authentication get invalid_request (RFC 6749 section 2.3)', async () => {
    const response = await post({ token, client_secret: 'Secr3t!' }, { authorization: basic('gateway_client:Secr3t!') });
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([400, 'invalid_request']);
    const other = await post({ token, client_id: 'json-gateway' }, { authorization: basic('gateway_client:Secr3t!') });
    expect(other.status).toBe(400);
  });

  test('that are public clients may never introspect', async () => {
    const response = await post({ token, client_id: 'public-client' });
    expect(response.status).toBe(401);
  });

  test('without the introspection capability get 403 unauthorized_client', async () => {
    const { status, text } = await introspected(service, token, { as: caller('server-client') });
    expect([status, (JSON.parse(text) as { error: string }).error]).toEqual([403, 'unauthorized_client']);
  });
});

describe('caller policies', () => {
  test('"any" is the default of a client that only introspects', async () => {
    const { access_token: token } = await tokenOf(service, caller('orders-client'));
    expect((await claimsOf(service, token, { as: caller('json-gateway') }))['active']).toBe(true);
  });

  test('"own" is the default of other clients: tokens of others are as good as unknown', async () => {
    const as = caller('both-client');
    const own = await tokenOf(service, as);
    const foreign = await tokenOf(service);
    expect((await claimsOf(service, own.access_token, { as }))['active']).toBe(true);
    expect((await introspected(service, foreign.access_token, { as })).text).toBe(INACTIVE);
  });

  test('an API with scopes sees its own scopes only, and no token without one of them', async () => {
    const as = caller('read-api');
    const both = await tokenOf(service, caller('server-client'), { scope: 'read write' });
    const other = await tokenOf(service, caller('server-client'), { scope: 'write' });
    const claims = await claimsOf(service, both.access_token, { as });
    expect([claims['active'], claims['scope']]).toEqual([true, 'read']);
    expect((await introspected(service, other.access_token, { as })).text).toBe(INACTIVE);
  });

  test('narrowing reaches the phantom token and the signed answer too', async () => {
    const as = caller('read-api');
    const { access_token: token } = await tokenOf(service, caller('server-client'), { scope: 'read write' });
    const { text: phantom } = await introspected(service, token, { as, accept: 'application/jwt' });
    expect((await verified(service, phantom)).payload['scope']).toBe('read');
    const { text: signed } = await introspected(service, token, { as, accept: 'application/token-introspection+jwt' });
    expect((await verified(service, signed, 'token-introspection+jwt')).payload['token_introspection']).toMatchObject({ scope: 'read' });
    const { text: whole } = await introspected(service, token, { accept: 'application/jwt' });
    expect((await verified(service, whole)).payload['scope']).toBe('read write');
  });

  test('an API without scopes sees tokens whose audience names it', async () => {
    const as = caller('orders-api');
    for (const client of ['orders-client', 'many-client']) {
      const { access_token: token } = await tokenOf(service, caller(client));
      expect((await claimsOf(service, token, { as }))['active']).toBe(true);
    }
    const { access_token: foreign } = await tokenOf(service);
    expect((await introspected(service, foreign, { as })).text).toBe(INACTIVE);
  });
});

describe('tokens of every form', () => {
  test.each(['server-client', 'jwt-client', 'wrapped-client'])('of %s introspect as active until they are revoked', async (id) => {
    const { access_token: token, scope } = await tokenOf(service, caller(id));
    const claims = await claimsOf(service, token);
    expect(claims).toMatchObject({ active: true, client_id: id, sub: id, scope, purpose: 'access_token', token_type: 'bearer' });
    expect((await revoke(service, token, caller(id))).status).toBe(200);
    expect((await introspected(service, token)).text).toBe(INACTIVE);
  });

  test('a phantom JWT that is presented finds its row', async () => {
    const { access_token: token } = await tokenOf(service);
    const { text: phantom } = await introspected(service, token, { accept: 'application/jwt' });
    const of = await claimsOf(service, token);
    expect(await claimsOf(service, phantom)).toEqual(of);
    await revoke(service, token, caller('server-client'));
    expect((await introspected(service, phantom)).text).toBe(INACTIVE);
  });

  test('a tampered JWT is as good as unknown', async () => {
    for (const id of ['jwt-client', 'wrapped-client']) {
      const { access_token: jwt } = await tokenOf(service, caller(id));
      const tampered = [
        forged(jwt, { scope: 'read write admin' }),
        forged(jwt, { exp: 9_999_999_999 }),
        forged(jwt, {}, { alg: 'none' }).replace(/[^.]*$/, ''),
        `${forged(jwt, {}, { alg: 'none' }).replace(/[^.]*$/, '')}AA`,
        forged(jwt, {}, { kid: 'unknown' }),
        forged(jwt, {}, { alg: 'HS256' }),
        forged(jwt, {}, { typ: 'JWT' }),
        `${jwt.slice(0, -4)}${jwt.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`,
        `${jwt}.${jwt}`,
      ];
      for (const [index, text] of tampered.entries())
        expect([id, index, (await introspected(service, text)).text]).toEqual([id, index, INACTIVE]);
    }
  });

  test('an RFC 9701 response that is presented as a token is none', async () => {
    const { access_token: token } = await tokenOf(service);
    const { text } = await introspected(service, token, { accept: 'application/token-introspection+jwt' });
    expect((await introspected(service, text)).text).toBe(INACTIVE);
  });
});

describe('expired scopes', () => {
  test('leave scope and show in expired_scope when their own lifetime has passed', async () => {
    const { access_token: token, scope } = await tokenOf(service, caller('brief-client'));
    expect(scope).toBe('read brief');
    expect(await claimsOf(service, token)).toMatchObject({ scope: 'read brief', expired_scope: [] });
    await pause(2100);
    expect(await claimsOf(service, token)).toMatchObject({ active: true, scope: 'read', expired_scope: ['brief'] });
    const { text: phantom } = await introspected(service, token, { accept: 'application/jwt' });
    expect((await verified(service, phantom)).payload['scope']).toBe('read');
  });

  test('an API with scopes does not learn of expired scopes that are not its own', async () => {
    const { access_token: token } = await tokenOf(service, caller('brief-client'));
    await pause(2100);
    expect(await claimsOf(service, token, { as: caller('read-api') })).toMatchObject({ scope: 'read', expired_scope: [] });
  });
});

describe('endpoints', () => {
  test('that are switched off or deployed to another role are not there', async () => {
    for (const path of ['/switched-off', '/elsewhere', '/introspection/', '/Introspection', '/introspection//', '/%69ntrospection']) {
      const { status, text } = await introspected(service, 'x', { path });
      expect([path, status, (JSON.parse(text) as { error: string }).error]).toEqual([path, 404, 'not_found']);
    }
  });

  test('take a query along and do not read parameters from it', async () => {
    const { access_token: token } = await tokenOf(service);
    const response = await postForm(`${service.url}${PATH}?token=${token}`, {}, { as: GATEWAY });
    expect(response.status).toBe(400);
    expect((await claimsOf(service, token, { path: `${PATH}?x=1` }))['active']).toBe(true);
  });
});
