import { describe, expect, test } from '@jest/globals';
import { put, remove } from '../configuration/configuration.ts';
import { entityKey } from '../configuration/entities.ts';
import { OpenIdWorld, type OpenIdClient } from '../testing/openid-world.ts';
import { aSession } from '../testing/people-of-a-spec.ts';
import { bound, claimsOf, issuerOf, jsonOf, PROFILE, SECRET } from '../testing/service-builder.ts';
import { createSigningKey } from './signing-keys.ts';
import { missingPairwiseSecrets, PAIRWISE_SECRET, pairwiseSession, pairwiseSubject } from './pairwise-subject.ts';

const PAIRWISE = { subjectType: 'pairwise' } as const;
const KEY = entityKey(PROFILE, PAIRWISE_SECRET);

/** A client that is told pairwise subjects, with the secret that the service makes. */
async function open(client: OpenIdClient = {}): Promise<OpenIdWorld> {
  const app = await OpenIdWorld.open({ ...client, openId: { ...PAIRWISE, ...client.openId } });
  const { world } = app;
  await world.change(...(await missingPairwiseSecrets(world.live.current, world.sealer, world.now)));
  return app;
}

/** Another client, of another host unless told. */
function other(members: OpenIdClient['openId'] = {}) {
  const client = OpenIdWorld.client('other', {
    openId: { ...PAIRWISE, ...members },
    codes: { redirectUris: ['https://app2.example/callback'] },
  });
  return put('client', client);
}

/** By which the client knows alice. */
const subOf = async (app: OpenIdWorld, parameters: Readonly<Record<string, string>> = {}) => String((await app.idToken(parameters))['sub']);

describe('a pairwise subject (OpenID Connect Core section 8.1)', () => {
  test('is of a sector and a person, and of nobody who has not the secret', () => {
    const known = pairwiseSubject('secret', 'app.example', 'alice');
    expect(known).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(pairwiseSubject('secret', 'app.example', 'alice')).toBe(known);
    const others = [
      ...[pairwiseSubject('other', 'app.example', 'alice'), pairwiseSubject('secret', 'other.example', 'alice')],
      ...[pairwiseSubject('secret', 'app.example', 'bob'), pairwiseSubject('secret', 'app.exampl', 'ealice')],
      pairwiseSession('secret', 'app.example', 'alice'),
    ];
    expect(new Set([known, ...others]).size).toBe(6);
  });

  test('is what the client is told, the same each time, in id token and userinfo', async () => {
    const app = await open();
    const tokens = await app.tokens();
    const { sub, sid } = claimsOf(String(tokens['id_token']));
    expect([sub, sid]).toEqual([expect.stringMatching(/^[A-Za-z0-9_-]{43}$/), expect.stringMatching(/^[A-Za-z0-9_-]{43}$/)]);
    expect(await subOf(app)).toBe(sub);
    expect(jsonOf(await app.userinfo(tokens['access_token']))).toEqual({ sub });
    app.world.people.signedIn = aSession(app.world.now, { subject: 'bob' });
    expect(await subOf(app)).not.toBe(sub);
  });

  test('is shared within a sector, and neither it nor the session tells clients of two sectors that it is one person', async () => {
    const app = await open();
    const mine = await app.idToken();
    const theirs = { client_id: 'other', redirect_uri: 'https://app2.example/callback' };
    const idToken = async () => {
      const back = await app.returned(theirs);
      const form = { grant_type: 'authorization_code', code: back.get('code') ?? '', code_verifier: app.verifier };
      return claimsOf(String(jsonOf(await app.world.tokenRequest(form, 'other'))['id_token']));
    };
    await app.world.change(other());
    expect([(await idToken())['sub'], (await idToken())['sid']]).not.toEqual([mine['sub'], mine['sid']]);
    await app.world.change(other({ sectorIdentifier: 'app.example' }));
    expect((await idToken())['sub']).toBe(mine['sub']);
  });

  test('is what the client sees when it looks at its own tokens; APIs and gateways see the person', async () => {
    const app = await open({
      client: { introspection: { policy: null, formats: ['json', 'jwt'], encryption: null, unknownTokensPerMinute: null } },
    });
    const { access_token: token, refresh_token: refresh, id_token: idToken } = await app.tokens();
    const { sub } = claimsOf(String(idToken));
    const own = await app.world.introspect(String(token), undefined, 'app');
    expect(jsonOf(own)).toMatchObject({ active: true, sub, client_id: 'app' });
    expect(own.body).not.toContain('alice');
    expect(jsonOf(await app.world.introspect(String(refresh), undefined, 'app'))).toMatchObject({ active: true, sub });
    expect(jsonOf(await app.world.introspect(String(token)))).toMatchObject({ active: true, sub: 'alice' });
    expect(claimsOf(await app.world.phantom(String(token)))).toMatchObject({ sub: 'alice' });
    const phantom = await app.world.phantom(String(token), 'app');
    expect(claimsOf(phantom)).toMatchObject({ sub });
    expect(claimsOf(await app.world.phantom(String(token)))).toMatchObject({ sub: 'alice' });
    expect(jsonOf(await app.world.introspect(phantom))).toMatchObject({ active: true, sub: 'alice' });
  });

  test('a procedure of introspection sees no more of the person than the client that asks', async () => {
    const source = `function result(c) { return { active: true, seen: [c.presentedToken.subject, c.delegation.owner, c.subjectAttributes().subject] }; }`;
    const app = await open({ changes: bound('oauth-introspect', source) });
    const { access_token: token, id_token: idToken } = await app.tokens();
    const { sub } = claimsOf(String(idToken));
    expect(jsonOf(await app.world.introspect(String(token), undefined, 'app'))).toMatchObject({ seen: [sub, sub, sub] });
    expect(jsonOf(await app.world.introspect(String(token)))).toMatchObject({ seen: ['alice', 'alice', 'alice'] });
  });

  test.each([
    ['pairwise', false],
    ['public', true],
  ] as const)(
    'JWT access tokens, which the client can read, have the %s one, and are about the person all the same',
    async (kind, isReal) => {
      const app = await open({
        openId: { jwtAccessTokenSubject: kind },
        client: { accessTokenFormat: 'jwt' },
        changes: [put('token-issuer', issuerOf('jwt'))],
      });
      const tokens = await app.tokens();
      const token = String(tokens['access_token']);
      const { sub } = claimsOf(String(tokens['id_token']));
      expect(claimsOf(token)['sub']).toBe(isReal ? 'alice' : sub);
      expect(jsonOf(await app.userinfo(token))).toEqual({ sub });
      expect(jsonOf(await app.world.introspect(token))).toMatchObject({ active: true, sub: 'alice' });
      expect(claimsOf(await app.world.phantom(token))).toMatchObject({ sub: 'alice' });
      expect(jsonOf(await app.world.introspect(token, undefined, 'app'))).toMatchObject({ active: true, sub });
      const exchanged = await app.world.tokenRequest({
        ...{ grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: token },
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      });
      expect(jsonOf(await app.world.introspect(String(jsonOf(exchanged)['access_token'])))).toMatchObject({ active: true, sub: 'alice' });
      await app.world.change(
        put('client', { ...OpenIdWorld.client('app', { openId: { ...PAIRWISE, jwtAccessTokenSubject: kind } }), enabled: false }),
      );
      expect(jsonOf(await app.world.introspect(token))).toMatchObject({ active: true, sub: 'alice' });
      expect((await app.world.stores.tokens.listTokens({ profile: PROFILE, subject: 'alice' }, { limit: 10 })).items).not.toHaveLength(0);
    },
  );

  test('a client means people by it: as a hint and among the claims, and by nothing else that it might guess', async () => {
    const app = await open();
    const { id_token: hint } = await app.tokens();
    const { sub } = claimsOf(String(hint));
    const asking = (subject: unknown) => ({ claims: JSON.stringify({ id_token: { sub: { value: subject } } }), prompt: 'none' });
    expect((await app.returned({ id_token_hint: String(hint), prompt: 'none' })).get('code')).toMatch(/^twc_/);
    expect((await app.returned(asking(sub))).get('code')).toMatch(/^twc_/);
    expect((await app.returned(asking('alice'))).get('error')).toBe('login_required');
    app.world.people.signedIn = aSession(app.world.now, { subject: 'bob' });
    expect((await app.returned({ id_token_hint: String(hint), prompt: 'none' })).get('error')).toBe('login_required');
  });

  test('a client itself is no person', async () => {
    const app = await open({ client: { capabilities: ['client-credentials', 'introspection', 'authorization-code'] } });
    expect(jsonOf(await app.world.introspect(await app.world.token({ scope: 'read' }), undefined, 'app'))).toMatchObject({ sub: 'app' });
  });

  test('whichever of the two a procedure gives, the client is told its own', async () => {
    const told = `function result(c) { return { sub: c.presentedToken.subject }; }`;
    const issued = `function result(c) { const d = c.getDefaultIdTokenData(); d.sub = c.subjectAttributes().subject;
      const delegation = c.delegationIssuer.issue(c.getDefaultDelegationData());
      return { id_token: c.idTokenIssuer.issue(d), access_token: c.accessTokenIssuer.issue(c.getDefaultAccessTokenData(), delegation) }; }`;
    const app = await open({ changes: [...bound('openid-userinfo', told), ...bound('oauth-token-authorization-code', issued)] });
    const { id_token: idToken, access_token: token } = await app.tokens();
    const { sub } = claimsOf(String(idToken));
    expect(sub).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(jsonOf(await app.userinfo(token))).toEqual({ sub });
  });
});

describe('the secret of pairwise subjects', () => {
  test('is made where a client needs it, once, and not where none does', async () => {
    const app = await OpenIdWorld.open({ openId: {} });
    const { world } = app;
    const secrets = () => missingPairwiseSecrets(world.live.current, world.sealer, world.now);
    expect(await secrets()).toEqual([]);
    await world.change(other());
    expect(await secrets()).toMatchObject([{ kind: 'secret', key: KEY, value: { id: PAIRWISE_SECRET, origin: 'system' } }]);
    await world.change(...(await secrets()));
    expect(await secrets()).toEqual([]);
  });

  test('stays what it is when signing keys change', async () => {
    const app = await open();
    const before = await subOf(app);
    const { world } = app;
    const keys = [...world.live.current.all('signing-key')];
    await world.change(put('signing-key', await createSigningKey(PROFILE, 'ES256', 'active', world.sealer, world.now)));
    await world.change(...keys.map(({ kid }) => remove('signing-key', entityKey(PROFILE, kid))));
    expect(await subOf(app)).toBe(before);
  });

  test('can be neither changed nor removed while a client needs it', async () => {
    const { world } = await open();
    const secret = world.live.current.get('secret', KEY);
    if (secret === undefined) throw new Error('no secret');
    const changed = put('secret', { ...secret, sealedValue: await world.sealer.sealText('another') });
    await expect(world.change(changed)).rejects.toThrow(/would make everybody a stranger/);
    await expect(world.change(remove('secret', KEY))).rejects.toThrow(/would make everybody a stranger/);
    // Who owns it is another matter: a configuration that was exported has it too.
    await world.change(put('secret', { ...secret, origin: 'file' }));
    await world.change(put('client', OpenIdWorld.client('app')), remove('secret', KEY));
    expect(world.live.current.get('secret', KEY)).toBeUndefined();
  });

  test("is no procedure's to read", async () => {
    const { world } = await open();
    const [procedure, version, binding] = bound('oauth-introspect', 'function result() { return { active: false }; }');
    if (procedure === undefined || binding === undefined || version?.kind !== 'procedure-version' || version.value === null)
      throw new Error('no version');
    const reading = put('procedure-version', { ...version.value, secrets: [PAIRWISE_SECRET] });
    await expect(world.change(procedure, reading, binding)).rejects.toThrow(/which the service keeps for itself/);
  });

  test('nobody is told anything where it is missing', async () => {
    const app = await OpenIdWorld.open({ openId: PAIRWISE });
    const back = await app.returned();
    const form = { grant_type: 'authorization_code', code: back.get('code') ?? '', code_verifier: app.verifier, client_secret: SECRET };
    const response = await app.world.tokenRequest(form);
    expect([response.status, jsonOf(response)]).toEqual([500, { error: 'server_error', error_description: expect.any(String) }]);
  });
});
