import { beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import type { TrustedIssuer } from '../../configuration/token-exchange-settings.ts';
import { HostServiceError, type HostServiceErrorCode, type JwtVerification } from '../../procedures/host-services.ts';
import { ExchangeWorld, refusal } from '../../testing/exchange-world.ts';
import { bound, clientOf, ISSUER, jsonOf, profileOf, ServiceUnderTest } from '../../testing/service-builder.ts';
import { put } from '../../configuration/configuration.ts';
import { ForeignKeys } from '../../foreign-keys.ts';
import { TrustedIssuers } from './trusted-issuers.ts';
import { TOKEN_TYPE } from './token-types.ts';

const PARTNER = 'https://partner.example';
const FLOW = 'oauth-token-oauth-token-exchange';
const REFUSED = [400, 'invalid_request'];
const jwt = { subject_token_type: TOKEN_TYPE.jwt };

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
    ...{ audiences: [ISSUER], algorithms: ['ES256'], subjectPrefix: null },
  };
});

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

const signed = (claims: JWTPayload = {}, header: Record<string, unknown> = {}, key: CryptoKey | Uint8Array = privateKey) =>
  new SignJWT({ iss: PARTNER, sub: 'bob', aud: ISSUER, exp: inSeconds(120), ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
    .sign(key);

const open = (members: Partial<TrustedIssuer> = {}, agent = {}, changes: Parameters<typeof ExchangeWorld.open>[2] = []) =>
  ExchangeWorld.open({ trustedIssuers: [{ ...trusted, ...members }] }, agent, changes);

describe('a JWT of a trusted issuer (RFC 8693 section 2.1)', () => {
  test.each([TOKEN_TYPE.jwt, TOKEN_TYPE.accessToken, TOKEN_TYPE.idToken])(
    'as %s gives a token of its subject, under a delegation of the client',
    async (type) => {
      const world = await open();
      const answer = await world.exchanged('agent', await signed(), { subject_token_type: type, scope: 'read', audience: 'tool-a' });
      const shown = await world.introspected(answer['access_token']);
      expect(shown).toMatchObject({
        ...{ active: true, sub: `${PARTNER}|bob`, iss: ISSUER, client_id: 'agent', aud: 'tool-a', scope: 'read', act: { sub: 'agent' } },
      });
      expect(Number(shown['exp'])).toBeLessThanOrEqual(inSeconds(120));
      const { items } = await world.service.stores.tokens.listDelegations({}, { limit: 9 });
      expect(items).toMatchObject([{ clientId: 'agent', owner: `${PARTNER}|bob` }]);
    },
  );

  test('its subjects are taken for nobody else, unless operators say that they are the same people', async () => {
    const same = await open({ subjectPrefix: '' });
    const answer = await same.exchanged('agent', await signed({ sub: 'alice' }), jwt);
    expect(await same.introspected(answer['access_token'])).toMatchObject({ sub: 'alice' });
    const named = await open({ subjectPrefix: 'partner:' });
    const other = await named.exchanged('agent', await signed({ sub: 'alice' }), jwt);
    expect(await named.introspected(other['access_token'])).toMatchObject({ sub: 'partner:alice' });
  });

  test('scopes are the client’s alone, whatever the token says, and its actors stay', async () => {
    const world = await open({}, { scopes: ['read'] });
    const token = await signed({ scope: 'admin write', act: { sub: 'theirs', iss: PARTNER } });
    const answer = await world.exchanged('agent', token, jwt);
    expect(await world.introspected(answer['access_token'])).toMatchObject({
      scope: 'read',
      act: { sub: 'agent', act: { sub: 'theirs', iss: PARTNER } },
    });
    expect(refusal(await world.exchange('agent', { subject_token: token, ...jwt, scope: 'write' }))).toEqual([400, 'invalid_scope']);
  });

  test('may name who may act, and may be the actor, who is named with its issuer (sections 4.1 and 4.4)', async () => {
    const world = await open();
    const forAgent = await signed({ may_act: { sub: 'agent', iss: ISSUER } });
    expect((await world.exchange('agent', { subject_token: forAgent, ...jwt })).status).toBe(200);
    expect(refusal(await world.exchange('tool-a', { subject_token: forAgent, ...jwt }))).toEqual(REFUSED);
    const { value } = await world.token();
    const actor = { actor_token: await signed({ sub: 'robot' }), actor_token_type: TOKEN_TYPE.jwt };
    const answer = await world.exchanged('agent', value, actor);
    expect((await world.introspected(answer['access_token']))['act']).toEqual({ sub: 'robot', iss: PARTNER });
  });

  test.each<[string, () => Promise<string>]>([
    ['signed by somebody else', () => signed({}, {}, others)],
    ['by a key of another name', () => signed({}, { kid: 'two' })],
    ['with alg none', async () => new UnsecuredJWT({ iss: PARTNER, sub: 'bob', aud: ISSUER, exp: inSeconds(60) }).encode()],
    ['with a header that cannot be read', async () => `x.${(await signed()).split('.')[1] ?? ''}.z`],
    ['by a shared secret', () => signed({}, { alg: 'HS256' }, Buffer.from(JSON.stringify(trusted.jwks)))],
    ['by an algorithm that is not taken', async () => signed({}, { alg: 'ES384' }, (await generateKeyPair('ES384')).privateKey)],
    ['for somebody else', () => signed({ aud: 'https://else.example' })],
    ['for nobody', () => signed({ aud: undefined as unknown as string })],
    ['that has expired', () => signed({ exp: inSeconds(-10) })],
    ['that never expires', () => signed({ exp: undefined as unknown as number })],
    ['that is not valid yet', () => signed({ nbf: inSeconds(60) })],
    ['without a subject', () => signed({ sub: undefined as unknown as string })],
    ['that is a logout token', () => signed({}, { typ: 'logout+jwt' })],
    ['that is bound to a key', () => signed({ cnf: { jkt: 'x' } })],
    ['with claims of another signature', async () => swapped(await signed(), { sub: 'root' })],
    ['nested a thousand deep', () => signed({ x: JSON.parse('['.repeat(1000) + ']'.repeat(1000)) as unknown })],
  ])('%s is refused, and no procedure sees it', async (_what, token) => {
    const world = await open({}, {}, bound(FLOW, 'function result() { return { seen: true }; }'));
    expect(jsonOf(await world.exchange('agent', { subject_token: await signed(), ...jwt }))).toEqual({ seen: true });
    expect(refusal(await world.exchange('agent', { subject_token: await token(), ...jwt }))).toEqual(REFUSED);
    const { value } = await world.token();
    const actor = { actor_token: await token(), actor_token_type: TOKEN_TYPE.jwt };
    expect(refusal(await world.exchange('agent', { subject_token: value, ...actor }))).toEqual(REFUSED);
  });

  test('an access token is no id token', async () => {
    const world = await open();
    const token = await signed({}, { typ: 'at+jwt' });
    expect((await world.exchange('agent', { subject_token: token, ...jwt })).status).toBe(200);
    expect(refusal(await world.exchange('agent', { subject_token: token, subject_token_type: TOKEN_TYPE.idToken }))).toEqual(REFUSED);
  });

  test('of an issuer that is not trusted it is the procedure that judges: its subject is whom that names', async () => {
    const source = `function result(context) {
      const claims = jwt.decode(context.subjectTokenValue).payload;
      const none = [context.presentedSubjectToken, context.presentedSubjectTokenDelegation, context.subjectAttributes().subject ?? null];
      const full = context.getInitializedContext(claims.known ? 'partner|' + claims.sub : null, null, 'tool-a', 'read');
      const delegation = full.delegationIssuer.issue(full.getDefaultDelegationData());
      return { none, access_token: full.accessTokenIssuer.issue(full.getDefaultAccessTokenData(), delegation) };
    }`;
    const world = await ExchangeWorld.open({}, {}, bound(FLOW, source));
    const answer = await world.exchanged('agent', await signed({ known: true }), jwt);
    expect(answer['none']).toEqual([null, null, null]);
    expect(await world.introspected(answer['access_token'])).toMatchObject({ sub: 'partner|bob', aud: 'tool-a', scope: 'read' });
    expect(refusal(await world.exchange('agent', { subject_token: await signed(), ...jwt }))).toEqual([500, 'server_error']);
    const { faults } = world.service.service.executions;
    expect(faults.map(({ message }) => message).join('\n')).toContain('getInitializedContext needs the member "subject"');
  });
});

function swapped(token: string, claims: Readonly<Record<string, unknown>>): string {
  const [head = '', payload = '', signature = ''] = token.split('.');
  const all = { ...(JSON.parse(Buffer.from(payload, 'base64url').toString()) as object), ...claims };
  return `${head}.${Buffer.from(JSON.stringify(all)).toString('base64url')}.${signature}`;
}

describe('the keys that a trusted issuer publishes', () => {
  const verifying = (end: () => Promise<string>) => {
    const asked: JwtVerification[] = [];
    const verify = (verification: JwtVerification) => {
      asked.push(verification);
      return end();
    };
    return { asked, issuers: new TrustedIssuers(new ForeignKeys({ verify })) };
  };
  const uri = { jwks: null, jwksUri: `${PARTNER}/jwks` };
  const snapshotWith = async (members: Partial<TrustedIssuer>) => {
    const world = await ServiceUnderTest.open([
      put('profile', profileOf({ trustedIssuers: [{ ...trusted, ...members }] })),
      put('client', clientOf('app')),
    ]);
    const profile = world.snapshot.profiles.get('main');
    if (profile === undefined) throw new Error('no profile');
    return profile;
  };

  test('are asked for with everything that a token must be', async () => {
    const profile = await ExchangeWorld.open().then(({ service }) => service.snapshot.profiles.get('main'));
    if (profile === undefined) throw new Error('no profile');
    // Validation wants an HTTP client for the address; here it is the port that is asked.
    const trusting = Object.assign(Object.create(profile) as typeof profile, { trustedIssuer: () => ({ ...trusted, ...uri }) });
    const { asked, issuers } = verifying(async () => '{}');
    const token = await signed();
    expect(await issuers.verify(trusting, token, TOKEN_TYPE.jwt, inSeconds(0))).toMatchObject({ subject: `${PARTNER}|bob` });
    expect(asked).toMatchObject([{ token, jwksUri: `${PARTNER}/jwks`, issuer: PARTNER, audience: [ISSUER], algorithms: ['ES256'] }]);
  });

  test.each<[HostServiceErrorCode, string]>([
    ['invalid', 'ForeignTokenError'],
    ['no-key', 'ForeignTokenError'],
    ['unreachable', 'OAuthError'],
    ['timeout', 'OAuthError'],
    ['busy', 'OAuthError'],
  ])('that end as %s give a %s', async (code, name) => {
    const profile = await snapshotWith({});
    const trusting = Object.assign(Object.create(profile) as typeof profile, { trustedIssuer: () => ({ ...trusted, ...uri }) });
    const { issuers } = verifying(() => Promise.reject(new HostServiceError(code, 'no')));
    const error: unknown = await issuers.verify(trusting, await signed(), TOKEN_TYPE.jwt, inSeconds(0)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name, ...(name === 'OAuthError' ? { code: 'temporarily_unavailable', retryAfter: 5 } : {}) });
  });
});
