import { beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';
import { put, type Change } from '../../configuration/configuration.ts';
import type { Client } from '../../configuration/entities.ts';
import type { TrustedIssuer } from '../../configuration/token-exchange-settings.ts';
import { refusal } from '../../testing/exchange-world.ts';
import { BASE_URL, bound, claimsOf, clientOf, ISSUER, jsonOf, profileOf, ServiceUnderTest, TOKEN } from '../../testing/service-builder.ts';

const PARTNER = 'https://partner.example';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const FLOW = 'oauth-token-assertion';
const CAPABILITIES = ['client-credentials', 'assertion', 'refresh-token', 'introspection', 'revocation'] as const;
const REFUSED = [400, 'invalid_grant'];

let privateKey: CryptoKey;
let others: CryptoKey;
let trusted: TrustedIssuer;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  privateKey = pair.privateKey;
  others = (await generateKeyPair('ES256')).privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one' } as Record<string, unknown>;
  trusted = {
    ...{ issuer: PARTNER, jwks: { keys: [jwk] }, jwksUri: null },
    // Of tokens that are exchanged: assertions are for the issuer, whatever stands here.
    ...{ audiences: ['https://exchange.example'], algorithms: ['ES256'], subjectPrefix: null },
  };
});

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

let count = 0;
const signed = (claims: Readonly<Record<string, unknown>> = {}, header: Record<string, unknown> = {}, key: CryptoKey = privateKey) =>
  new SignJWT({ iss: PARTNER, sub: 'bob', aud: ISSUER, exp: inSeconds(120), jti: `assertion-${++count}`, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
    .sign(key);

const open = (issuer: Partial<TrustedIssuer> = {}, client: Partial<Client> = {}, changes: readonly Change[] = []) =>
  ServiceUnderTest.open([
    put('profile', profileOf({ capabilities: CAPABILITIES, trustedIssuers: [{ ...trusted, ...issuer }] })),
    put('client', clientOf('app', { capabilities: ['assertion'], ...client })),
    ...changes,
  ]);

const present = (service: ServiceUnderTest, assertion: string, form: Readonly<Record<string, string>> = {}) =>
  service.tokenRequest({ grant_type: GRANT, assertion, ...form });

const delegations = async (service: ServiceUnderTest) => (await service.stores.tokens.listDelegations({}, { limit: 9 })).items;

describe('an assertion of a trusted issuer (RFC 7523 section 2.1)', () => {
  test.each([
    ['the issuer', ISSUER],
    ['the token endpoint', `${BASE_URL}${TOKEN}`],
  ])('for %s gives a token of its subject, under a delegation of that one to the client', async (_what, aud) => {
    const service = await open();
    const response = await present(service, await signed({ aud }), { scope: 'read' });
    expect(response.status).toBe(200);
    const answer = jsonOf(response);
    expect(answer).toEqual({ access_token: expect.any(String), token_type: 'bearer', expires_in: 300, scope: 'read' });
    const shown = jsonOf(await service.introspect(String(answer['access_token'])));
    expect(shown).toMatchObject({ active: true, sub: `${PARTNER}|bob`, iss: ISSUER, client_id: 'app', scope: 'read' });
    expect(await delegations(service)).toMatchObject([{ clientId: 'app', owner: `${PARTNER}|bob`, scope: 'read' }]);
  });

  test('its subjects are taken for nobody else, unless operators say that they are the same people', async () => {
    for (const [subjectPrefix, owner] of [
      ['', 'alice'],
      ['partner:', 'partner:alice'],
    ] as const) {
      const service = await open({ subjectPrefix });
      expect((await present(service, await signed({ sub: 'alice' }))).status).toBe(200);
      expect(await delegations(service)).toMatchObject([{ owner }]);
    }
  });

  test('scopes are the client’s alone, whatever the assertion says', async () => {
    const service = await open({}, { scopes: ['read'] });
    const assertion = await signed({ scope: 'admin write' });
    expect(refusal(await present(service, assertion, { scope: 'write' }))).toEqual([400, 'invalid_scope']);
    // Refused for something else it was not used.
    expect(jsonOf(await present(service, assertion))['scope']).toBe('read');
  });

  test('what it says of its subject a procedure sees, which may give a refresh token to a client that may have one', async () => {
    const source = `function result(context) {
      const { department, jti } = context.subjectAttributes();
      const delegation = context.delegationIssuer.issue(context.getDefaultDelegationData());
      return {
        access_token: context.accessTokenIssuer.issue(context.getDefaultAccessTokenData(), delegation),
        refresh_token: context.refreshTokenIssuer.issue(context.getDefaultRefreshTokenData(), delegation),
        token_type: 'bearer', department, jti, issuer: context.contextAttributes().issuer,
      };
    }`;
    const service = await open({}, { capabilities: ['assertion', 'refresh-token'] }, bound(FLOW, source));
    const answer = jsonOf(await present(service, await signed({ department: 'sales' })));
    expect(answer).toMatchObject({ department: 'sales', issuer: PARTNER, refresh_token: expect.stringMatching(/^twr_/) });
    expect(answer).not.toHaveProperty('jti');
    const again = await service.tokenRequest({ grant_type: 'refresh_token', refresh_token: String(answer['refresh_token']) });
    expect(again.status).toBe(200);
  });

  test('metadata names the grant (RFC 8414 section 2)', async () => {
    const service = await open();
    const document = jsonOf(await service.get('/.well-known/oauth-authorization-server/~'));
    expect(document['grant_types_supported']).toContain(GRANT);
  });
});

describe('who may present one (RFC 7521 section 4.1)', () => {
  test('no client without the capability, and none of a profile without it', async () => {
    const without = await open({}, { capabilities: ['client-credentials'] });
    expect(refusal(await present(without, await signed()))).toEqual([400, 'unauthorized_client']);
    const profile = profileOf({ trustedIssuers: [trusted] });
    const other = await open({}, { capabilities: ['client-credentials'] }, [put('profile', profile)]);
    expect(refusal(await present(other, await signed()))).toEqual([400, 'unsupported_grant_type']);
  });

  test('a missing or giant assertion is told as such', async () => {
    const service = await open();
    expect(refusal(await service.tokenRequest({ grant_type: GRANT }))).toEqual([400, 'invalid_request']);
    expect(refusal(await present(service, 'x'.repeat(8193)))).toEqual([400, 'invalid_request']);
  });
});

describe('an assertion that does not hold is refused (RFC 7523 section 3)', () => {
  test.each<{ readonly what: string; readonly claims?: Readonly<Record<string, unknown>>; readonly typ?: string }>([
    { what: 'of another issuer', claims: { iss: 'https://other.example' } },
    { what: 'of this very service', claims: { iss: ISSUER } },
    { what: 'for nobody', claims: { aud: undefined } },
    { what: 'for another service', claims: { aud: 'https://other.example' } },
    { what: 'for this service and another one, which could present it here', claims: { aud: [ISSUER, 'https://other.example'] } },
    { what: 'for what the issuer’s tokens must be for when they are exchanged', claims: { aud: 'https://exchange.example' } },
    { what: 'without a subject', claims: { sub: '' } },
    { what: 'without an end', claims: { exp: undefined } },
    { what: 'that has ended', claims: { exp: inSeconds(-1) } },
    { what: 'that holds for too long', claims: { exp: inSeconds(3700) } },
    { what: 'that is not valid yet', claims: { nbf: inSeconds(60) } },
    { what: 'from the future', claims: { iat: inSeconds(60) } },
    { what: 'without an id', claims: { jti: undefined } },
    { what: 'with an empty id', claims: { jti: '' } },
    { what: 'with a giant id', claims: { jti: 'x'.repeat(257) } },
    { what: 'that is an access token', typ: 'at+jwt' },
    { what: 'that is a logout token', typ: 'logout+jwt' },
  ])('one $what', async ({ claims, typ }) => {
    const service = await open();
    const response = await present(service, await signed(claims, typ === undefined ? {} : { typ }));
    expect(refusal(response)).toEqual(REFUSED);
    expect(await delegations(service)).toEqual([]);
  });

  test('one with a key that is not the issuer’s, with no signature, or that is no JWT', async () => {
    const service = await open();
    const claims = claimsOf(await signed());
    const [, payload = ''] = (await signed()).split('.');
    const header = (text: string) => Buffer.from(text).toString('base64url');
    const broken = [`x.${payload}.z`, `${header('null')}.${payload}.z`, `${header('{"alg":"ES256","typ":7}')}.${payload}.z`];
    for (const text of [await signed({}, {}, others), new UnsecuredJWT(claims).encode(), 'x', 'x.y.z', '..', ...broken])
      expect(refusal(await present(service, text))).toEqual(REFUSED);
  });

  test('one that is bound to a key needs the proof of it (RFC 7800)', async () => {
    const service = await open();
    expect(refusal(await present(service, await signed({ cnf: { jkt: 'x'.repeat(43) } })))).toEqual(REFUSED);
  });

  test('no answer says which of its claims it was', async () => {
    const service = await open();
    const texts = await Promise.all([signed({ aud: 'x' }), signed({ iss: 'x' }), signed({ jti: undefined }), signed({}, {}, others)]);
    const answers = await Promise.all(texts.map(async (text) => jsonOf(await present(service, text))['error_description']));
    expect(new Set(answers).size).toBe(1);
  });
});

describe('an assertion is good for one use (RFC 7523 section 3, jti)', () => {
  test('of many at the same time one is answered', async () => {
    const service = await open();
    const assertion = await signed();
    const answers = await Promise.all(Array.from({ length: 8 }, () => present(service, assertion)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 400)]);
    expect(await delegations(service)).toHaveLength(1);
  });

  test('the same id of another issuer is another assertion', async () => {
    const second = 'https://second.example';
    const service = await open({}, {}, [
      put('profile', profileOf({ capabilities: CAPABILITIES, trustedIssuers: [trusted, { ...trusted, issuer: second }] })),
    ]);
    expect((await present(service, await signed({ jti: 'same' }))).status).toBe(200);
    expect((await present(service, await signed({ jti: 'same', iss: second }))).status).toBe(200);
    expect(refusal(await present(service, await signed({ jti: 'same', iss: second })))).toEqual(REFUSED);
  });
});
