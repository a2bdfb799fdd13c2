import { beforeEach, describe, expect, test } from '@jest/globals';
import { BrowserOfASpec, formOf } from '../../testing/browser-of-a-spec.ts';
import { locationOf, PagesWorld, PASSWORD, textOf } from '../../testing/pages-world.ts';
import { PROFILE } from '../../testing/service-builder.ts';
import { UPSTREAM_ISSUER, UpstreamOfASpec, upstreamOf } from '../../testing/upstream-of-a-spec.ts';
import type { OAuthResponse } from '../../transport/exchange.ts';

let provider: UpstreamOfASpec;
let at: PagesWorld;
beforeEach(async () => {
  provider = new UpstreamOfASpec();
  at = await PagesWorld.open({ providers: { up: upstreamOf({ accounts: 'link' }) }, client: provider });
});

const account = (by = at.browser) => by.get('/people/account');
const links = (subject = 'id-of-alice') => at.world.stores.links.list(PROFILE, subject);

/** Where the browser comes back to, by what a page of ours sent it to. */
function backBy(going: OAuthResponse): string {
  const state = /[?&;]state=([^"&]+)/.exec(going.body ?? '')?.[1] ?? '';
  return `/people/upstream/up/callback?code=c0de&state=${state}`;
}

/** Presses the button on the account page. */
async function linking(by = at.browser): Promise<string> {
  return backBy(await by.submit(await account(by), '/account/links', {}));
}

async function signedInUpstream(by: BrowserOfASpec): Promise<OAuthResponse> {
  return by.get(backBy(await by.submit(await by.get('/people/login'), '/login/upstream', {})));
}

describe('linking an account', () => {
  beforeEach(async () => {
    await at.signIn();
  });

  test('lets its person sign in by the provider, and is shown and written down', async () => {
    expect(textOf(await account())).toContain('Link with Up &amp; &lt;Co&gt;');
    const answer = await at.browser.get(await linking());
    expect(locationOf(answer).search).toBe('?done=linked');
    const page = textOf(await at.browser.get(locationOf(answer).href));
    expect(page).toContain('Your account is linked.');
    expect(page).not.toContain('Link with Up');
    expect(await links()).toMatchObject([{ issuer: UPSTREAM_ISSUER, subject: 'up-1', madeAccount: false }]);
    const [event] = await at.world.stores.audit.list({ limit: 1 });
    expect(event).toMatchObject({
      action: 'account.link',
      actor: 'person',
      key: 'main/id-of-alice',
      after: { by: 'person', provider: 'up' },
    });
    const other = new BrowserOfASpec(at.world);
    expect((await signedInUpstream(other)).status).toBe(303);
    expect((await at.whoIs(other))?.subject).toBe('id-of-alice');
  });

  test('needs the session that has asked for it: what is begun for one person links no other', async () => {
    const back = await linking();
    await at.account('bob');
    await at.signIn('bob');
    expect((await at.browser.get(back)).status).toBe(400);
    expect([await links(), await links('id-of-bob')]).toEqual([[], []]);
  });

  test('asks whoever has signed in long ago to do so again first', async () => {
    const fresh = await PagesWorld.open({ providers: { up: upstreamOf() }, client: provider, settings: { sessionIdleLifetime: 1000 } });
    await fresh.signIn();
    const old = await fresh.browser.get('/people/account');
    fresh.world.now += 901;
    const answer = await fresh.browser.submit(old, '/account/links', {});
    expect([answer.status, locationOf(answer).pathname]).toEqual([303, '/people/login']);
  });

  test('that are linked already changes nothing, and says so', async () => {
    await at.browser.get(await linking());
    await at.account('bob');
    const bob = new BrowserOfASpec(at.world);
    await at.signIn('bob', PASSWORD, bob);
    const answer = await bob.get(await linking(bob));
    expect(locationOf(answer).search).toBe('?done=link-taken');
    expect(textOf(await bob.get(locationOf(answer).href))).toContain('That account is linked already');
    expect(await links('id-of-bob')).toEqual([]);
  });

  test('says that nothing was changed where the provider does not play along', async () => {
    const back = await linking();
    provider.fails = 'denied';
    const answer = await at.browser.get(back);
    expect(locationOf(answer).search).toBe('?done=link-failed');
    provider.fails = 'unavailable';
    const page = await at.browser.submit(await account(), '/account/links', {});
    expect(locationOf(page).search).toBe('?done=link-failed');
    expect(await links()).toEqual([]);
  });
});

describe('removing a link', () => {
  test('signs everybody else out, and lets nobody in by it', async () => {
    await at.signIn();
    await at.browser.get(await linking());
    const other = new BrowserOfASpec(at.world);
    await signedInUpstream(other);
    const answer = await at.browser.submit(await account(), '/account/links/remove', {});
    expect(locationOf(answer).search).toBe('?done=unlinked');
    expect(await links()).toEqual([]);
    expect([(await at.whoIs())?.subject, await at.whoIs(other)]).toEqual(['id-of-alice', null]);
    expect((await signedInUpstream(other)).status).toBe(403);
    const [event] = await at.world.stores.audit.list({ limit: 1 });
    expect(event).toMatchObject({ action: 'account.unlink', actor: 'person', before: { issuer: UPSTREAM_ISSUER } });
  });

  test('that is the only way to sign in is refused', async () => {
    at = await PagesWorld.open({ providers: { up: upstreamOf() }, client: provider });
    await signedInUpstream(at.browser);
    const { subject = '' } = (await at.whoIs()) ?? {};
    const page = await account();
    // There is no password to change either.
    expect(page.body).not.toContain('/account/password');
    const answer = await at.browser.submit(page, '/account/links/remove', {});
    expect(locationOf(answer).search).toBe('?done=link-last');
    expect(textOf(await at.browser.get(locationOf(answer).href))).toContain('your only way to sign in');
    expect(await links(subject)).toHaveLength(1);
  });

  test('of somebody else does nothing', async () => {
    await at.signIn();
    await at.browser.get(await linking());
    await at.account('bob');
    const bob = new BrowserOfASpec(at.world);
    await at.signIn('bob', PASSWORD, bob);
    const { hidden } = formOf(await account(bob), '/account/links');
    await bob.post('/people/account/links/remove', { ...hidden, issuer: UPSTREAM_ISSUER, subject: 'up-1' });
    expect(await links()).toHaveLength(1);
  });
});
