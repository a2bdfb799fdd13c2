import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { BackchannelWorld } from '../testing/backchannel-world.ts';
import { BrowserOfASpec, formIn, formOf } from '../testing/browser-of-a-spec.ts';
import { refusal } from '../testing/exchange-world.ts';
import { locationOf, pagesOf, PASSWORD, textOf } from '../testing/pages-world.ts';
import { claimsOf, endpointOf, jsonOf, PROFILE } from '../testing/service-builder.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import { hashPassword } from './password.ts';

const HASH = await hashPassword(PASSWORD);

/** A till, pages for people, and alice's browser. */
class Pages {
  readonly browser: BrowserOfASpec;

  private constructor(readonly world: BackchannelWorld) {
    this.browser = new BrowserOfASpec(world.service);
  }

  static async open(settings: Parameters<typeof pagesOf>[0] = {}, signInWithin: number | null = null): Promise<Pages> {
    const waiting = { lifetime: 300, maximumLifetime: 600, interval: 5, signInWithin };
    const endpoint = endpointOf('oauth-backchannel-authentication', '/backchannel', { backchannelAuthentication: waiting });
    const pages = new Pages(await BackchannelWorld.open({}, [pagesOf(settings), put('endpoint', endpoint)]));
    await pages.account('alice');
    return pages;
  }

  /** Gives an account a password. */
  async account(username: string): Promise<void> {
    if (username !== 'alice') await this.world.account(username);
    const change = { profile: PROFILE, id: `id-of-${username}`, passwordHash: HASH, at: 0 };
    await this.world.service.stores.accounts.setPassword(change);
  }

  async signIn(username = 'alice'): Promise<void> {
    await this.browser.submit(await this.browser.get('/people/login'), '/login', { username, password: PASSWORD });
  }

  /** The page of the only request that waits for alice. */
  async page(): Promise<OAuthResponse> {
    const [id = 'none'] = await this.world.waiting();
    return this.browser.get(`/people/approve?request=${id}`);
  }

  async decide(decision: string, fields: Readonly<Record<string, string>> = {}): Promise<OAuthResponse> {
    return this.browser.submit(await this.page(), '/approve', { decision, ...fields });
  }
}

describe('the page of a request', () => {
  test('says who asks, for what, what the other device shows, and as whom the person would answer; all of it escaped', async () => {
    const pages = await Pages.open();
    await pages.signIn();
    await pages.world.ask({ binding_message: '<b>W4SCT</b>' });
    const page = await pages.page();
    expect(page.status).toBe(200);
    const text = textOf(page);
    expect(text).toContain('Is this you at The &lt;Till&gt;?');
    expect(text).toContain('&lt;b&gt;W4SCT&lt;/b&gt;');
    expect(text).toContain('You are signed in as alice.');
    expect(text).toContain('Know who you are');
    expect(text).toContain('Only allow it if you have begun this yourself');
  });

  test.each([
    ['de', 'Sind Sie das bei', 'lehnen Sie ab'],
    ['sv', 'Är det du hos', 'neka'],
  ])('speaks %s', async (language, title, warning) => {
    const pages = await Pages.open();
    await pages.signIn();
    await pages.world.ask();
    const [id = ''] = await pages.world.waiting();
    const text = textOf(await pages.browser.get(`/people/approve?request=${id}`, { 'accept-language': language }));
    expect(text).toContain(title);
    expect(text).toContain(warning);
  });

  test('has the person sign in first, and come back', async () => {
    const pages = await Pages.open();
    await pages.world.ask();
    const login = await pages.page();
    expect(locationOf(login).pathname).toBe('/people/login');
    const page = await pages.browser.get(locationOf(login).href);
    const onward = await pages.browser.submit(page, '/login', { username: 'alice', password: PASSWORD });
    const going = await pages.browser.get(locationOf(onward).href);
    const next = /href="(\/people\/approve[^"]*)"/.exec(going.body ?? '')?.[1] ?? '';
    expect(textOf(await pages.browser.get(next))).toContain('Is this you at The &lt;Till&gt;?');
  });

  test('shows nothing of requests of somebody else, that are over or made up: one page, which lets the person be somebody else', async () => {
    const pages = await Pages.open();
    await pages.account('bob');
    await pages.signIn('bob');
    await pages.world.ask();
    const answers = [
      await pages.page(),
      await pages.browser.get('/people/approve?request=made-up'),
      await pages.browser.get('/people/approve'),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect(textOf(answer)).toContain('There is nothing to answer');
      expect(textOf(answer)).not.toContain('Till');
      expect(formIn(answer.body ?? '', '/logout')).not.toBeNull();
    }
  });
});

describe('what the person decides', () => {
  test('gives the client its tokens, with when and how the person signed in', async () => {
    const pages = await Pages.open();
    await pages.signIn();
    const signedInAt = pages.world.service.now;
    pages.world.service.now += 30;
    const id = await pages.world.asked();
    const end = await pages.decide('allow');
    expect([end.status, textOf(end)]).toEqual([200, expect.stringContaining('Allowed')]);
    const { id_token: idToken } = jsonOf(await pages.world.poll(id));
    expect(claimsOf(String(idToken))).toMatchObject({
      ...{ sub: 'id-of-alice', auth_time: signedInAt, acr: 'urn:tokenwright:password', amr: ['pwd'] },
    });
    // The client is on another device: what it got does not end with this browser.
    expect(claimsOf(String(idToken))).not.toHaveProperty('sid');
  });

  test('may be no', async () => {
    const pages = await Pages.open();
    await pages.signIn();
    const id = await pages.world.asked();
    expect(textOf(await pages.decide('deny'))).toContain('Denied');
    expect(refusal(await pages.world.poll(id))).toEqual([400, 'access_denied']);
  });

  test('is written down as theirs', async () => {
    const pages = await Pages.open();
    await pages.signIn();
    await pages.world.ask();
    await pages.decide('deny');
    const [event] = await pages.world.service.stores.audit.list({ kind: 'account', limit: 1 });
    expect(event).toMatchObject({ actor: 'person', action: 'backchannel-authentication.deny', key: `${PROFILE}/id-of-alice` });
  });

  test('can be less than was asked for, where people may choose', async () => {
    const pages = await Pages.open({ scopeChoice: true });
    await pages.signIn();
    const id = await pages.world.asked({ scope: 'openid read write' });
    await pages.decide('allow', { 'scope-2': 'on' });
    expect(jsonOf(await pages.world.poll(id))['scope']).toBe('openid write');
  });

  test('counts once: who is second is told so, whatever they say', async () => {
    const pages = await Pages.open();
    await pages.signIn();
    const id = await pages.world.asked();
    const page = await pages.page();
    await pages.world.decide('deny');
    const late = await pages.browser.submit(page, '/approve', { decision: 'allow' });
    expect([late.status, textOf(late)]).toEqual([404, expect.stringContaining('There is nothing to answer')]);
    expect(refusal(await pages.world.poll(id))).toEqual([400, 'access_denied']);
  });

  test('comes from our own form, for this request and this browser', async () => {
    const pages = await Pages.open();
    await pages.signIn();
    await pages.world.ask();
    const { action, hidden } = formOf(await pages.page(), '/approve');
    const sent = { ...hidden, decision: 'allow' };
    expect((await pages.browser.post(action, { ...sent, token: 'x' })).status).toBe(403);
    expect((await pages.browser.post(action, sent, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await pages.browser.post(action, { ...sent, request: 'another' })).status).toBe(403);
    expect((await pages.browser.post(action, { ...hidden, decision: 'perhaps' })).status).toBe(400);
    expect(await pages.world.waiting()).toHaveLength(1);
  });

  test('needs a fresh login to be yes where the endpoint says so, and none to be no', async () => {
    const pages = await Pages.open({}, 60);
    await pages.signIn();
    await pages.world.ask();
    const page = await pages.page();
    expect(page.status).toBe(200);
    pages.world.service.now += 61;
    expect(locationOf(await pages.page()).pathname).toBe('/people/login');
    const late = await pages.browser.submit(page, '/approve', { decision: 'allow' });
    expect(locationOf(late).pathname).toBe('/people/login');
    expect(await pages.world.waiting()).toHaveLength(1);
    expect(textOf(await pages.browser.submit(page, '/approve', { decision: 'deny' }))).toContain('Denied');
  });
});

describe("the page of the person's account", () => {
  test('lists what waits for an answer, with the way there', async () => {
    const pages = await Pages.open({ selfService: false });
    await pages.signIn();
    expect(textOf(await pages.browser.get('/people/account'))).not.toContain('Waiting for your answer');
    await pages.world.ask({ binding_message: 'W4SCT' });
    const [id = ''] = await pages.world.waiting();
    const text = textOf(await pages.browser.get('/people/account'));
    expect(text).toContain('Waiting for your answer');
    expect(text).toContain('The &lt;Till&gt;');
    expect(text).toContain('W4SCT');
    expect(text).toContain(`/people/approve?request=${id}`);
  });
});
