import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { put } from '../../configuration/configuration.ts';
import { aClientCertificate } from '../../testing/client-certificate.ts';
import { EXCHANGE, ExchangeWorld, refusal } from '../../testing/exchange-world.ts';
import { BASE_URL, bound, claimsOf, clientOf, ISSUER, jsonOf, profileOf, PROFILE, TOKEN } from '../../testing/service-builder.ts';
import { certificateThumbprint } from '../../transport/client-certificate.ts';
import { TOKEN_TYPE } from '../exchange/token-types.ts';

const FLOW = 'oauth-token-oauth-token-exchange';
const REFUSED = [400, 'invalid_request'];

describe('token exchange (RFC 8693)', () => {
  test('gives who was meant a token of the same person, who acts now, under the same delegation (section 2.2.1)', async () => {
    const world = await ExchangeWorld.open();
    const { value, delegationId } = await world.token();
    const answer = await world.exchanged('agent', value, { audience: 'tool-a', scope: 'read' });
    expect(answer).toEqual({
      access_token: expect.stringMatching(/^twa_/),
      issued_token_type: TOKEN_TYPE.accessToken,
      token_type: 'bearer',
      expires_in: 300,
      scope: 'read',
    });
    expect(await world.introspected(answer['access_token'])).toMatchObject({
      ...{ active: true, sub: 'alice', client_id: 'agent', aud: 'tool-a', scope: 'read', act: { sub: 'agent' }, delegationId },
    });
    expect((await world.service.stores.tokens.listDelegations({}, { limit: 9 })).items).toHaveLength(1);
  });

  test('each hop nests the actors before it, the newest outside (section 4.1)', async () => {
    const world = await ExchangeWorld.open();
    let { value } = await world.token();
    for (const [client, audience] of [
      ['agent', 'tool-a'],
      ['tool-a', 'tool-b'],
      ['tool-b', 'store'],
    ] as const)
      value = (await world.exchanged(client, value, { audience }))['access_token'] ?? '';
    const act = { sub: 'tool-b', act: { sub: 'tool-a', act: { sub: 'agent' } } };
    expect(await world.introspected(value)).toMatchObject({ sub: 'alice', client_id: 'tool-b', aud: 'store', act });
  });

  test('who narrows its own token is no further actor, and names itself once', async () => {
    const world = await ExchangeWorld.open();
    const { value } = await world.token({ client: 'agent' });
    const narrowed = await world.exchanged('agent', value, { scope: 'read' });
    expect(await world.introspected(narrowed['access_token'])).not.toHaveProperty('act');
    const given = await world.token();
    const first = await world.exchanged('agent', given.value);
    const second = await world.exchanged('agent', first['access_token'] ?? '');
    expect(await world.introspected(second['access_token'])).toMatchObject({ act: { sub: 'agent' } });
    expect((await world.introspected(second['access_token']))['act']).toEqual({ sub: 'agent' });
  });

  test('takes opaque tokens, wrapped ones, JWTs and phantom tokens of the profile', async () => {
    const wrapping = clientOf('app', { capabilities: ['client-credentials'], accessTokenFormat: 'wrapped-opaque', audiences: ['agent'] });
    const world = await ExchangeWorld.open({}, {}, [
      put('client', wrapping),
      put('client', { ...wrapping, id: 'jwt-app', accessTokenFormat: 'jwt' }),
    ]);
    const { value } = await world.token();
    for (const [token, type] of [
      [await world.service.token(), TOKEN_TYPE.accessToken],
      [await world.service.token(), TOKEN_TYPE.jwt],
      [await world.service.token({}, 'jwt-app'), TOKEN_TYPE.accessToken],
      [await world.service.token({}, 'jwt-app'), TOKEN_TYPE.jwt],
      [await world.service.phantom(value), TOKEN_TYPE.jwt],
    ] as const) {
      const answer = await world.exchanged('agent', token, { subject_token_type: type });
      expect(await world.introspected(answer['access_token'])).toMatchObject({ active: true, client_id: 'agent', act: { sub: 'agent' } });
    }
  });

  test('gives a JWT where that is asked for, and says which of the two it is (sections 2.1 and 3)', async () => {
    const world = await ExchangeWorld.open();
    const { value, delegationId } = await world.token();
    const answer = await world.exchanged('agent', value, {
      requested_token_type: TOKEN_TYPE.jwt,
      audience: ['a', 'b'],
      resource: 'https://c.example/x?y',
    });
    expect(answer['issued_token_type']).toBe(TOKEN_TYPE.jwt);
    const claims = claimsOf(answer['access_token'] ?? '');
    expect(claims).toMatchObject({
      sub: 'alice',
      client_id: 'agent',
      delegationId,
      aud: ['a', 'b', 'https://c.example/x?y'],
      act: { sub: 'agent' },
    });
    expect(claims).not.toHaveProperty('_clientId');
    const plain = await world.exchanged('agent', value, { requested_token_type: TOKEN_TYPE.accessToken });
    expect([plain['issued_token_type'], plain['access_token']]).toEqual([TOKEN_TYPE.accessToken, expect.stringMatching(/^twa_/)]);
    for (const type of [TOKEN_TYPE.refreshToken, TOKEN_TYPE.idToken, 'urn:x:other'])
      expect(refusal(await world.exchange('agent', { subject_token: value, requested_token_type: type }))).toEqual(REFUSED);
  });

  test('a refresh token may be exchanged by its own client alone, and stays as good as before', async () => {
    const world = await ExchangeWorld.open();
    const form = { subject_token_type: TOKEN_TYPE.refreshToken };
    const { value } = await world.token({ client: 'agent', purpose: 'refresh_token' });
    for (let i = 0; i < 2; i++) {
      const answer = await world.exchanged('agent', value, form);
      expect(await world.introspected(answer['access_token'])).toMatchObject({ active: true, sub: 'alice' });
    }
    expect(refusal(await world.exchange('tool-a', { subject_token: value, ...form }))).toEqual(REFUSED);
    expect(refusal(await world.exchange('agent', { subject_token: value }))).toEqual(REFUSED);
    const others = await world.token({ purpose: 'refresh_token' });
    expect(refusal(await world.exchange('agent', { subject_token: others.value, ...form }))).toEqual(REFUSED);
  });

  test('is in the metadata with the older grant, and for clients with the capability alone (RFC 8414 section 2)', async () => {
    const world = await ExchangeWorld.open({}, { capabilities: ['client-credentials'] });
    const document = jsonOf(await world.service.get('/.well-known/oauth-authorization-server/~'));
    expect(document['grant_types_supported']).toEqual(['client_credentials', EXCHANGE, 'https://curity.se/grant/accesstoken']);
    const { value } = await world.token();
    expect(refusal(await world.exchange('agent', { subject_token: value }))).toEqual([400, 'unauthorized_client']);
  });
});

describe('the request (RFC 8693 section 2.1)', () => {
  test.each<[string, Readonly<Record<string, string | readonly string[]>>, string]>([
    ['without a subject token', { subject_token: '' }, 'invalid_request'],
    ['without its type', { subject_token_type: '' }, 'invalid_request'],
    ['with a type that is no URI', { subject_token_type: 'access_token' }, 'invalid_request'],
    ['with an actor token without its type', { actor_token: 'x' }, 'invalid_request'],
    ['with the type of an actor token that is not there', { actor_token_type: TOKEN_TYPE.jwt }, 'invalid_request'],
    ['for a type that is no URI', { requested_token_type: 'jwt' }, 'invalid_request'],
    ['with the subject token twice', { subject_token: ['a', 'b'] }, 'invalid_request'],
    ['with the scope twice', { scope: ['read', 'read'] }, 'invalid_request'],
    ['with a malformed scope', { scope: ' read' }, 'invalid_scope'],
    ['for a resource that is relative', { resource: '/api' }, 'invalid_target'],
    ['for a resource that is no URI', { resource: 'api' }, 'invalid_target'],
    ['for a resource with a fragment', { resource: 'https://api.example/#x' }, 'invalid_target'],
    ['for 33 audiences', { audience: Array.from({ length: 33 }, (_, i) => `a${i}`) }, 'invalid_target'],
    ['for an audience of 3000 characters', { audience: 'a'.repeat(3000) }, 'invalid_target'],
    ['with a subject token of a million characters', { subject_token: 'a'.repeat(1_000_000) }, 'invalid_request'],
    ['with a JWT of a million characters', { subject_token: `${'a'.repeat(500_000)}.${'b'.repeat(500_000)}.c` }, 'invalid_request'],
  ])('%s is refused', async (_what, form, error) => {
    const world = await ExchangeWorld.open();
    const { value } = await world.token();
    expect(refusal(await world.exchange('agent', { subject_token: value, ...form }))).toEqual([400, error]);
  });
});

describe('the subject token (RFC 8693 section 2.2.2)', () => {
  const token = { subject_token_type: TOKEN_TYPE.accessToken };

  test('one that was stolen, by a client for which it was not meant, is refused as if it were unknown', async () => {
    const world = await ExchangeWorld.open();
    const { value } = await world.token();
    const stolen = await world.exchange('tool-b', { subject_token: value, ...token });
    const unknown = await world.exchange('tool-b', { subject_token: value.replace(/^twa_/, 'twx_'), ...token });
    expect(refusal(stolen)).toEqual(REFUSED);
    expect(jsonOf(unknown)['error']).toBe('invalid_request');
    await world.service.revoke(value, 'app');
    expect(await world.exchange('tool-b', { subject_token: value, ...token })).toEqual(stolen);
  });

  test('a client may be meant by names of its own, and one that operators trust with it may exchange any', async () => {
    const world = await ExchangeWorld.open();
    const settings = { audiences: null, ownAudiences: ['https://b.example'], subjectTokens: 'audience' } as const;
    const capabilities = ['token-exchange'] as const;
    const { value } = await world.token();
    const named = await world.token({ claims: { aud: ['x', 'https://b.example'] } });
    await world.service.change(put('client', clientOf('tool-b', { capabilities, tokenExchange: settings })));
    expect((await world.exchange('tool-b', { subject_token: named.value })).status).toBe(200);
    expect(refusal(await world.exchange('tool-b', { subject_token: value }))).toEqual(REFUSED);
    await world.service.change(put('client', clientOf('tool-b', { capabilities, tokenExchange: { ...settings, subjectTokens: 'any' } })));
    expect((await world.exchange('tool-b', { subject_token: value })).status).toBe(200);
    const acting = { actor_token: value, actor_token_type: TOKEN_TYPE.accessToken };
    expect(refusal(await world.exchange('tool-b', { subject_token: value, ...acting }))).toEqual(REFUSED);
  });

  test('one that is expired or revoked, or whose delegation is, is refused', async () => {
    const world = await ExchangeWorld.open();
    const revoked = await world.token();
    await world.service.revoke(revoked.value, 'app');
    const ended = await world.token();
    await world.service.stores.tokens.revokeDelegation(PROFILE, ended.delegationId, world.service.now);
    const early = await world.token({ claims: { nbf: world.service.now + 60 } });
    const short = await world.token({ lifetime: 10 });
    world.service.now += 10;
    for (const { value } of [revoked, ended, early, short]) {
      const response = await world.exchange('agent', { subject_token: value });
      expect(refusal(response)).toEqual(REFUSED);
    }
  });

  test.each<[string, (jwt: string) => string]>([
    ['with alg none', (jwt) => `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${jwt.split('.')[1] ?? ''}.`],
    ['with another sub', (jwt) => forged(jwt, { sub: 'root' })],
    ['with a later exp', (jwt) => forged(jwt, { exp: 4_000_000_000 })],
    ['without its signature', (jwt) => jwt.replace(/[^.]+$/, '')],
    ['with another signature', (jwt) => jwt.replace(/[^.]{8}$/, 'AAAAAAAA')],
  ])('a JWT of the profile %s is refused, and no procedure sees it', async (_what, change) => {
    const jwtApp = clientOf('jwt-app', { accessTokenFormat: 'jwt', audiences: ['agent'] });
    const world = await ExchangeWorld.open({}, {}, [put('client', jwtApp), ...bound(FLOW, 'function result() { return { seen: true }; }')]);
    const jwt = await world.service.token({}, 'jwt-app');
    expect((await world.exchange('agent', { subject_token: jwt })).status).toBe(200);
    for (const type of [TOKEN_TYPE.jwt, TOKEN_TYPE.accessToken, TOKEN_TYPE.idToken])
      expect(refusal(await world.exchange('agent', { subject_token: change(jwt), subject_token_type: type }))).toEqual(REFUSED);
  });

  test('one that is bound to a key is refused without proof of it, and stays bound (RFC 7800)', async () => {
    const world = await ExchangeWorld.open();
    for (const cnf of [{ jkt: 'x' }, { 'x5t#S256': 'x' }, {}, 'x', { jkt: 'x', 'x5t#S256': 'x' }]) {
      const { value } = await world.token({ claims: { cnf } });
      expect(refusal(await world.exchange('agent', { subject_token: value }))).toEqual(REFUSED);
      const { value: free } = await world.token();
      const actor = { actor_token: value, actor_token_type: TOKEN_TYPE.accessToken };
      expect(refusal(await world.exchange('agent', { subject_token: free, ...actor }))).toEqual(REFUSED);
    }
  });

  test('one that is bound to a certificate goes with that certificate, and what it gives is bound to it, too (RFC 8705 section 3)', async () => {
    const world = await ExchangeWorld.open();
    const shown = new X509Certificate((await aClientCertificate()).certificate);
    const other = new X509Certificate((await aClientCertificate()).certificate);
    const cnf = { 'x5t#S256': certificateThumbprint(shown) };
    const { value } = await world.token({ claims: { cnf } });
    const showing = (certificate: X509Certificate) =>
      world.exchange('agent', { subject_token: value }, { clientCertificate: () => ({ certificate, isTrusted: false }) });
    expect(refusal(await showing(other))).toEqual(REFUSED);
    const answer = jsonOf(await showing(shown));
    expect(await world.introspected(String(answer['access_token']))).toMatchObject({ active: true, cnf });
  });

  test('one that is bound to a key goes with a DPoP proof of it, and what it gives is bound to it, too (RFC 9449)', async () => {
    const world = await ExchangeWorld.open();
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    const cnf = { jkt: await calculateJwkThumbprint(jwk) };
    const { value } = await world.token({ claims: { cnf } });
    const proof = new SignJWT({ htm: 'POST', htu: BASE_URL + TOKEN, iat: world.service.now, jti: 'one' });
    const dpop = await proof.setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk }).sign(privateKey);
    const answer = jsonOf(await world.exchange('agent', { subject_token: value }, { headers: { dpop } }));
    expect(answer).toMatchObject({ token_type: 'DPoP' });
    expect(await world.introspected(String(answer['access_token']))).toMatchObject({ active: true, cnf, token_type: 'DPoP' });
  });

  test('one that nobody here knows is left to the procedure, which by itself refuses it', async () => {
    const world = await ExchangeWorld.open();
    for (const [value, type] of [
      ['opaque of somebody', TOKEN_TYPE.accessToken],
      ['<saml/>', 'urn:ietf:params:oauth:token-type:saml2'],
      [`e30.${Buffer.from('{"iss":"https://else.example","sub":"bob"}').toString('base64url')}.c2ln`, TOKEN_TYPE.jwt],
    ] as const)
      expect(refusal(await world.exchange('agent', { subject_token: value, subject_token_type: type }))).toEqual(REFUSED);
    expect(refusal(await world.exchange('agent', { subject_token: 'x', subject_token_type: TOKEN_TYPE.refreshToken }))).toEqual(REFUSED);
  });

  test('one with 16 actors goes no further', async () => {
    const world = await ExchangeWorld.open();
    const chain = (actors: number): object => (actors === 1 ? { sub: 'a1' } : { sub: `a${actors}`, act: chain(actors - 1) });
    const fitting = await world.token({ claims: { act: chain(15) } });
    const answer = await world.exchanged('agent', fitting.value, { audience: 'tool-a' });
    expect((await world.introspected(answer['access_token']))['act']).toEqual({ sub: 'agent', act: chain(15) });
    expect(refusal(await world.exchange('tool-a', { subject_token: answer['access_token'] ?? '' }))).toEqual(REFUSED);
    const { value } = await world.token({ claims: { act: chain(17) } });
    expect(refusal(await world.exchange('agent', { subject_token: value }))).toEqual(REFUSED);
  });
});

/** The same signature over other claims. */
function forged(jwt: string, claims: Readonly<Record<string, unknown>>): string {
  const [head = '', , signature = ''] = jwt.split('.');
  return `${head}.${Buffer.from(JSON.stringify({ ...claimsOf(jwt), ...claims })).toString('base64url')}.${signature}`;
}

describe('who acts (RFC 8693 sections 4.1 and 4.4)', () => {
  const acting = (value: string) => ({ actor_token: value, actor_token_type: TOKEN_TYPE.accessToken });

  test('the subject of an actor token is named in place of the client', async () => {
    const world = await ExchangeWorld.open();
    const { value } = await world.token();
    const actor = await world.token({ claims: { sub: 'robot', aud: 'agent' } });
    const answer = await world.exchanged('agent', value, acting(actor.value));
    expect(await world.introspected(answer['access_token'])).toMatchObject({ sub: 'alice', client_id: 'agent', act: { sub: 'robot' } });
  });

  test('an actor token that does not hold, or is not for the client, is refused', async () => {
    const world = await ExchangeWorld.open();
    const { value } = await world.token();
    const others = await world.token({ claims: { aud: 'tool-a' } });
    const revoked = await world.token();
    await world.service.revoke(revoked.value, 'app');
    for (const actor of [others.value, revoked.value, 'x'])
      expect(refusal(await world.exchange('agent', { subject_token: value, ...acting(actor) }))).toEqual(REFUSED);
  });

  test.each<[string, unknown, boolean]>([
    ['the client', { sub: 'agent' }, true],
    ['the client, with the issuer', { sub: 'agent', iss: ISSUER }, true],
    ['the client by its id', { client_id: 'agent' }, true],
    ['another one', { sub: 'tool-a' }, false],
    ['the same of another issuer', { sub: 'agent', iss: 'https://else.example' }, false],
    ['what cannot be known of it', { sub: 'agent', email: 'agent@example.com' }, false],
    ['nobody', {}, false],
    ['a list', [{ sub: 'agent' }], false],
    ['text', 'agent', false],
    ['null', null, false],
  ])('a subject token that names %s as who may act for it is enforced', async (_what, may_act, isLet) => {
    const world = await ExchangeWorld.open();
    const { value } = await world.token({ claims: { may_act } });
    const response = await world.exchange('agent', { subject_token: value });
    if (isLet) expect(response.status).toBe(200);
    else expect(refusal(response)).toEqual(REFUSED);
  });

  test('with an actor token it is that one who must be named, and not the client', async () => {
    const world = await ExchangeWorld.open();
    const robot = await world.token({ claims: { sub: 'robot' } });
    const forRobot = await world.token({ claims: { may_act: { sub: 'robot' } } });
    const forAgent = await world.token({ claims: { may_act: { sub: 'agent' } } });
    expect((await world.exchange('agent', { subject_token: forRobot.value, ...acting(robot.value) })).status).toBe(200);
    expect(refusal(await world.exchange('agent', { subject_token: forRobot.value }))).toEqual(REFUSED);
    expect(refusal(await world.exchange('agent', { subject_token: forAgent.value, ...acting(robot.value) }))).toEqual(REFUSED);
    expect(refusal(await world.exchange('agent', { subject_token: forAgent.value, ...acting('of nobody') }))).toEqual(REFUSED);
  });
});

test('a profile without the capability has no such grant', async () => {
  const world = await ExchangeWorld.open();
  const { value } = await world.token();
  const capabilities = ['client-credentials', 'introspection', 'revocation'] as const;
  await world.service.change(
    put('profile', profileOf({ capabilities })),
    ...['app', 'agent', 'tool-a', 'tool-b'].map((id) => put('client', clientOf(id))),
  );
  expect(refusal(await world.exchange('agent', { subject_token: value }))).toEqual([400, 'unsupported_grant_type']);
});
