import { beforeEach, describe, expect, test } from '@jest/globals';
import type { UpstreamProvider } from '../../configuration/upstream-settings.ts';
import { BrowserOfASpec } from '../../testing/browser-of-a-spec.ts';
import { type PagesWorld, textOf } from '../../testing/pages-world.ts';
import { PROFILE } from '../../testing/service-builder.ts';
import { UPSTREAM_ISSUER, type UpstreamOfASpec } from '../../testing/upstream-of-a-spec.ts';
import { UpstreamWorld } from '../../testing/upstream-world.ts';

let upstream: UpstreamWorld;
let provider: UpstreamOfASpec;
let at: PagesWorld;
beforeEach(async () => {
  upstream = await UpstreamWorld.open();
  ({ provider, at } = upstream);
});

describe('who may come', () => {
  const verified = { sub: 'up-2', email: 'Ida@Example.com', email_verified: true, preferred_username: 'ida' };

  test('is linked people alone, where the settings say so', async () => {
    await upstream.configure({ accounts: 'link' });
    const answer = await upstream.signedIn();
    expect([answer.status, textOf(answer)]).toEqual([403, expect.stringContaining('There is no account here that you may use')]);
    expect(await at.world.stores.accounts.findByUsername(PROFILE, 'una')).toBeNull();
  });

  test('is whoever has a verified address that is the username of an account, where the settings trust the provider so', async () => {
    await at.account('ida@example.com');
    provider.claimsOf = { idToken: verified, userInfo: {} };
    await upstream.configure({ accounts: 'link' });
    expect((await upstream.signedIn()).status).toBe(403);
    await upstream.configure({ accounts: 'link', linkByEmail: true });
    for (const unverified of [
      { ...verified, email_verified: false },
      { ...verified, email_verified: undefined },
    ]) {
      provider.claimsOf = { idToken: unverified, userInfo: {} };
      expect((await upstream.signedIn()).status).toBe(403);
    }
    provider.claimsOf = { idToken: verified, userInfo: {} };
    expect((await upstream.signedIn()).status).toBe(303);
    // What the account says of the person stays: it was not made by the provider.
    expect(await upstream.account()).toMatchObject({ id: 'id-of-ida@example.com', attributes: { name: 'A' } });
    expect(await upstream.audited()).toEqual([
      { action: 'account.link', actor: 'person', after: { by: 'email', provider: 'up', issuer: UPSTREAM_ISSUER } },
    ]);
    // From then on by the link, whatever becomes of the address.
    provider.claimsOf = { idToken: { ...verified, email: 'other@example.com', email_verified: false }, userInfo: {} };
    expect((await upstream.signedIn(new BrowserOfASpec(at.world))).status).toBe(303);
  });

  test.each<[string, Partial<UpstreamProvider>, Record<string, unknown>, boolean]>([
    ['an address of a domain', { allowedEmailDomains: ['example.com'] }, verified, true],
    ['an address below a domain', { allowedEmailDomains: ['example.com'] }, { ...verified, email: 'ida@sub.example.com' }, false],
    [
      'an address that looks like it',
      { allowedEmailDomains: ['example.com'] },
      { ...verified, email: 'ida@example.com@evil.example' },
      false,
    ],
    ['an address that is not verified', { allowedEmailDomains: ['example.com'] }, { ...verified, email_verified: false }, false],
    ['a claim', { requiredClaims: { groups: ['staff', 'boss'] } }, { ...verified, groups: ['guests', 'staff'] }, true],
    ['another claim', { requiredClaims: { groups: ['staff'] } }, { ...verified, groups: ['guests'] }, false],
    ['a claim that is missing', { requiredClaims: { constructor: ['x'] } }, verified, false],
    ['one of two claims', { requiredClaims: { hd: ['example.com'], mfa: ['true'] } }, { ...verified, hd: 'example.com' }, false],
    ['both claims', { requiredClaims: { hd: ['example.com'], mfa: ['true'] } }, { ...verified, hd: 'example.com', mfa: true }, true],
  ])('is decided by %s', async (_what, settings, idToken, isLetIn) => {
    await upstream.configure(settings);
    provider.claimsOf = { idToken, userInfo: {} };
    const answer = await upstream.signedIn();
    expect(answer.status).toBe(isLetIn ? 303 : 403);
    if (!isLetIn) expect(textOf(answer)).toContain('you may not sign in here');
    expect((await at.whoIs()) !== null).toBe(isLetIn);
  });

  test('is nobody whose account is disabled, or has a password and is locked', async () => {
    await upstream.signedIn();
    const { subject = '' } = (await at.whoIs()) ?? {};
    const { accounts } = at.world.stores;
    // Who guesses passwords keeps nobody out who has none.
    for (let i = 0; i < 6; i++) await accounts.attempt(PROFILE, subject, at.world.now);
    expect((await upstream.signedIn()).status).toBe(303);
    await accounts.setPassword({ profile: PROFILE, id: subject, passwordHash: 'hash', at: at.world.now });
    for (let i = 0; i < 6; i++) await accounts.attempt(PROFILE, subject, at.world.now);
    expect((await upstream.signedIn(new BrowserOfASpec(at.world))).status).toBe(403);
    await accounts.unlock(PROFILE, subject, at.world.now);
    expect((await upstream.signedIn(new BrowserOfASpec(at.world))).status).toBe(303);
    await accounts.update(PROFILE, subject, { enabled: false }, at.world.now);
    const answer = await upstream.signedIn(new BrowserOfASpec(at.world));
    expect([answer.status, textOf(answer)]).toEqual([403, expect.stringContaining('There is no account here that you may use')]);
  });
});

describe('what the provider says', () => {
  test('becomes attributes of accounts that it has made, at each sign-in', async () => {
    provider.claimsOf = { idToken: { sub: 'up-1' }, userInfo: { sub: 'up-1', name: 'Una', email: 'una@up.example' } };
    await upstream.signedIn();
    expect((await upstream.account())?.attributes).toEqual({ name: 'Una', email: 'una@up.example' });
    const { subject = '' } = (await at.whoIs()) ?? {};
    await at.world.stores.accounts.update(PROFILE, subject, { attributes: { name: 'Una', email: 'una@up.example', plan: 'gold' } }, 1);
    provider.claimsOf = { idToken: { sub: 'up-1', name: 'Una B.' }, userInfo: { name: 'Other' } };
    await upstream.signedIn();
    expect((await upstream.account())?.attributes).toEqual({ name: 'Una B.', plan: 'gold' });
  });

  test('names an account unless the name is taken, and by an address only if that is verified', async () => {
    const names: string[] = [];
    const claims = [
      { sub: '1', preferred_username: 'Alice' },
      { sub: '2', preferred_username: 'alice' },
      { sub: '3', preferred_username: 'ceo@example.com' },
      { sub: '4', preferred_username: 'ceo@example.com', email: 'ceo@example.com', email_verified: true },
      { sub: '5', email: 'five@example.com', email_verified: 'true' },
      { sub: '6', preferred_username: '\u0000' },
    ];
    for (const idToken of claims) {
      provider.claimsOf = { idToken, userInfo: {} };
      const browser = new BrowserOfASpec(at.world);
      await upstream.signedIn(browser);
      names.push((await upstream.account(browser))?.username ?? '');
    }
    expect(names).toEqual(['Alice-2', 'alice-3', 'up-3', 'ceo@example.com', 'five@example.com', 'up-6']);
  });

  test('tells how and when somebody has signed in, as far as the settings take it over (RFC 8176)', async () => {
    const { now } = at.world;
    await upstream.configure({ acr: { 'their-mfa': 'urn:example:mfa' }, passAmr: true });
    provider.claimsOf = {
      idToken: { sub: 'up-1', acr: 'their-mfa', amr: ['otp', 7, 'fed'], auth_time: now - 600 },
      userInfo: { acr: 'x' },
    };
    await upstream.signedIn();
    expect(await at.whoIs()).toMatchObject({ acr: 'urn:example:mfa', amr: ['fed', 'otp'], authenticatedAt: now - 600 });
    provider.claimsOf = { idToken: { sub: 'up-1', acr: 'constructor', auth_time: now + 600 }, userInfo: {} };
    await upstream.signedIn();
    expect(await at.whoIs()).toMatchObject({ acr: 'urn:tokenwright:upstream', amr: ['fed'], authenticatedAt: now });
  });

  test('counts for a client that wants a new sign-in only if it tells of one (OpenID Connect Core section 3.1.2.1, max_age)', async () => {
    const { now } = at.world;
    const fresh = () => at.sealed({ loginSince: now });
    for (const auth_time of [undefined, now - 61, 'now']) {
      provider.claimsOf = { idToken: { sub: 'up-1', auth_time }, userInfo: {} };
      const answer = await upstream.signedIn(at.browser, fresh());
      expect([answer.status, textOf(answer)]).toEqual([403, expect.stringContaining('did not ask you to sign in anew')]);
    }
    // Its clock may be behind.
    provider.claimsOf = { idToken: { sub: 'up-1', auth_time: now - 30 }, userInfo: {} };
    expect((await upstream.signedIn(at.browser, fresh())).status).toBe(303);
    expect((await at.whoIs())?.authenticatedAt).toBe(now);
  });

  test('must name a subject, and that in what is signed', async () => {
    await upstream.configure({ subjectClaim: 'oid' });
    for (const idToken of [{ sub: 'up-1' }, { sub: 'up-1', oid: '' }, { sub: 'up-1', oid: 7 }, { sub: 'up-1', oid: 'a\nb' }]) {
      provider.claimsOf = { idToken, userInfo: { oid: 'up-9' } };
      expect((await upstream.signedIn()).status).toBe(502);
    }
    provider.claimsOf = { idToken: { sub: 'up-1', oid: 'o-1' }, userInfo: {} };
    expect((await upstream.signedIn()).status).toBe(303);
    expect(await at.world.stores.links.find({ profile: PROFILE, issuer: UPSTREAM_ISSUER, subject: 'o-1' })).not.toBeNull();
  });

  test('is not in the log', async () => {
    await upstream.configure({ requiredClaims: { hd: ['other'] } });
    provider.claimsOf = { idToken: { sub: 'up-secret', name: 'N4me', hd: 'x' }, userInfo: {} };
    await upstream.signedIn();
    expect(at.world.log.map(({ message }) => message)).toContain('a sign-in by an upstream provider failed');
    expect(JSON.stringify(at.world.log)).not.toMatch(/up-secret|N4me|c0de/);
  });
});
