import { beforeEach, describe, expect, test } from '@jest/globals';
import { BrowserOfASpec, formOf } from '../../testing/browser-of-a-spec.ts';
import { locationOf, type PagesWorld, pagesOf, PASSWORD, SESSION_COOKIE, SHOP_PROFILE, textOf } from '../../testing/pages-world.ts';
import { headerOf, PROFILE } from '../../testing/service-builder.ts';
import { UPSTREAM_ISSUER, type UpstreamOfASpec, upstreamOf, withUpstreams } from '../../testing/upstream-of-a-spec.ts';
import { CALLBACK, UpstreamWorld } from '../../testing/upstream-world.ts';

let upstream: UpstreamWorld;
let provider: UpstreamOfASpec;
let at: PagesWorld;
beforeEach(async () => {
  upstream = await UpstreamWorld.open();
  ({ provider, at } = upstream);
});

describe('the login page', () => {
  test('offers each provider under its name, in the language of the page, escaped', async () => {
    expect(textOf(await at.browser.get('/people/login'))).toContain('>Sign in with Up &amp; &lt;Co&gt;</button>');
    expect(textOf(await at.browser.get('/people/login', { 'accept-language': 'de' }))).toContain('>Mit Oben anmelden</button>');
    await upstream.configure({ enabled: false });
    expect(textOf(await at.browser.get('/people/login'))).not.toContain('Up &amp;');
    expect((await at.browser.get(CALLBACK)).status).toBe(404);
  });

  test('goes on by a link, for Chromium applies form-action to redirects, and asks with PKCE, nonce and a redirect URI of its own (RFC 9700 section 4.4.2.2)', async () => {
    const interaction = at.sealed({ parameters: { redirect_uri: 'https://client.example/callback', login_hint: 'una@up.example' } });
    const page = await at.browser.get(at.address('login', interaction));
    const going = await at.browser.submit(page, '/login/upstream', {});
    expect(going.status).toBe(200);
    expect(going.body).toContain(`content="0;url=${UPSTREAM_ISSUER}/authorize?as=up&amp;state=`);
    expect(headerOf(going, 'referrer-policy')).toBe('no-referrer');
    expect(provider.asked).toEqual([
      {
        ...{
          redirectUri: `https://as.example${CALLBACK}`,
          prompt: null,
          maxAge: null,
          acrValues: [],
          loginHint: 'una@up.example',
          uiLocales: 'en',
        },
        ...{ state: expect.any(String), nonce: expect.stringMatching(/^[\w-]{43}$/), codeVerifier: expect.stringMatching(/^[\w-]{43}$/) },
      },
    ]);
    expect(provider.asked[0]?.nonce).not.toBe(provider.asked[0]?.codeVerifier);
  });

  test('passes on what a client asks of the sign-in, unless the settings say otherwise (OpenID Connect Core section 3.1.2.1)', async () => {
    const { now } = at.world;
    const parameters = { redirect_uri: 'https://client.example/callback', prompt: 'login consent', login_hint: 'una' };
    await upstream.begun(at.browser, at.sealed({ parameters, loginSince: now - 30 }));
    expect(provider.asked.at(-1)).toMatchObject({ prompt: 'login', maxAge: 30, loginHint: 'una' });
    await upstream.configure({ prompt: 'select_account', loginHint: false });
    await upstream.begun(at.browser, at.sealed({ parameters }));
    expect(provider.asked.at(-1)).toMatchObject({ prompt: 'select_account', maxAge: null, loginHint: null });
  });

  test('asks by the names of the provider for what a client wants, before what the settings want (OpenID Connect Core section 3.1.2.1)', async () => {
    await upstream.configure({ acr: { 'their-mfa': 'mfa', 'their-otp': 'mfa' }, acrValues: ['their-pwd', 'their-otp'] });
    await upstream.begun(at.browser, at.sealed({ contexts: { names: ['mfa', 'other'], essential: false } }));
    expect(provider.asked.at(-1)?.acrValues).toEqual(['their-mfa', 'their-otp', 'their-pwd']);
    await upstream.begun(at.browser, at.sealed());
    expect(provider.asked.at(-1)?.acrValues).toEqual(['their-pwd', 'their-otp']);
  });

  test('has whoever is signed in do so anew there, so that what was not enough is not asked for again and again', async () => {
    const { now } = at.world;
    provider.claimsOf = { idToken: { sub: 'up-1', auth_time: now - 600 }, userInfo: {} };
    await upstream.signedIn(at.browser, at.sealed());
    expect(provider.asked.at(-1)).toMatchObject({ prompt: null, maxAge: null });
    expect((await upstream.signedIn(at.browser, at.sealed())).status).toBe(403);
    expect(provider.asked.at(-1)).toMatchObject({ prompt: 'login', maxAge: 0 });
    provider.claimsOf = { idToken: { sub: 'up-1', auth_time: now }, userInfo: {} };
    expect((await upstream.signedIn(at.browser, at.sealed())).status).toBe(303);
    expect((await at.whoIs())?.authenticatedAt).toBe(now);
  });

  test('needs a form that this browser was given, and a provider that is there', async () => {
    const form = formOf(await at.browser.get('/people/login'), '/login/upstream');
    const stranger = await new BrowserOfASpec(at.world).post(form.action, form.hidden);
    expect([stranger.status, textOf(stranger)]).toEqual([403, expect.stringContaining('open for too long')]);
    expect((await at.browser.post(form.action, form.hidden, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await at.browser.post(form.action, { ...form.hidden, provider: 'other' })).status).toBe(404);
    expect(provider.asked).toEqual([]);
  });

  test('where there are no passwords and one provider goes straight there, but not once somebody has signed out', async () => {
    await at.world.change(pagesOf({ passwords: false }));
    const straight = await at.browser.get(at.address('login'));
    expect([straight.status, locationOf(straight).origin]).toEqual([303, UPSTREAM_ISSUER]);
    const page = await at.browser.get('/people/login?signed_out=1');
    expect(page.status).toBe(200);
    expect(page.body).not.toContain('type="password"');
    expect((await at.browser.post('/people/login', { username: 'alice', password: PASSWORD })).status).toBe(404);
    await at.world.change(...withUpstreams({ up: upstreamOf(), two: upstreamOf({ issuer: 'https://up.example/two' }) }, SHOP_PROFILE));
    expect((await at.browser.get('/people/login')).status).toBe(200);
  });

  test('leaves out the ways that cannot satisfy an essential acr, and none where no way can (OpenID Connect Core section 5.5.1.1)', async () => {
    const ways = async (names: readonly string[], essential = true) => {
      const page = await at.browser.get(at.address('login', at.sealed({ contexts: { names, essential } })));
      if (page.status === 303) return [locationOf(page).origin];
      const text = textOf(page);
      const [password, up, two] = ['type="password"', 'with Up &amp; &lt;Co&gt;</button>', 'with Two</button>'].map((one) =>
        text.includes(one),
      );
      return [...(password ? ['password'] : []), ...(up ? ['up'] : []), ...(two ? ['two'] : [])];
    };
    const up = upstreamOf({ acr: { theirs: 'mfa' } });
    await at.world.change(...withUpstreams({ up }, SHOP_PROFILE));
    expect(await ways(['mfa'])).toEqual([UPSTREAM_ISSUER]);
    const two = upstreamOf({
      issuer: 'https://up.example/two',
      displayName: 'Two',
      displayNames: {},
      acr: { theirs: 'card', others: 'mfa' },
    });
    await at.world.change(...withUpstreams({ up, two }, SHOP_PROFILE));
    expect(await ways(['mfa'])).toEqual(['up', 'two']);
    expect(await ways(['card'])).toEqual(['https://up.example']);
    expect(await ways(['urn:tokenwright:password'])).toEqual(['password']);
    expect(await ways(['urn:tokenwright:upstream', 'urn:tokenwright:password'])).toEqual(['password', 'up', 'two']);
    expect(await ways(['card'], false)).toEqual(['password', 'up', 'two']);
    expect(await ways(['nobody-has-it'])).toEqual(['password', 'up', 'two']);
  });

  test('says that a provider does not answer, once to administrators, and lets people sign in otherwise', async () => {
    provider.fails = 'unavailable';
    for (let i = 0; i < 3; i++) {
      const page = await at.browser.submit(await at.browser.get('/people/login'), '/login/upstream', {});
      expect([page.status, headerOf(page, 'retry-after'), textOf(page)]).toEqual([
        503,
        '2',
        expect.stringContaining('does not answer at the moment'),
      ]);
    }
    expect(await upstream.audited()).toEqual([
      { action: 'upstream.unavailable', actor: 'system', after: { provider: 'up', reason: 'it does as the spec says' } },
    ]);
    expect(at.world.log.filter(({ message }) => message === 'an upstream provider does not answer')).toHaveLength(1);
    await at.signIn();
    expect((await at.whoIs())?.subject).toBe('id-of-alice');
  });
});

describe('coming back', () => {
  test('makes an account at first sight, of which no password is right, and finds it again', async () => {
    const interaction = at.sealed();
    const answer = await upstream.signedIn(at.browser, interaction);
    expect(answer.status).toBe(303);
    expect(locationOf(answer).pathname).toBe('/people/continue');
    expect(at.world.interactions.open(locationOf(answer).searchParams.get('interaction') ?? '', PROFILE)).toEqual(
      at.world.interactions.open(interaction, PROFILE),
    );
    const session = await at.whoIs();
    expect(session).toMatchObject({ acr: 'urn:tokenwright:upstream', amr: ['fed'], authenticatedAt: at.world.now });
    expect(session?.attributes).toEqual({ preferred_username: 'una', name: 'Una' });
    expect(await upstream.account()).toMatchObject({ username: 'una', passwordHash: null, enabled: true });
    expect(await upstream.audited()).toEqual([
      {
        ...{ action: 'account.create', actor: 'person' },
        after: { username: 'una', attributes: ['name'], provider: 'up', issuer: UPSTREAM_ISSUER },
      },
    ]);
    const other = new BrowserOfASpec(at.world);
    await upstream.signedIn(other);
    expect((await at.whoIs(other))?.subject).toBe(session?.subject);
    expect((await at.signIn('una', PASSWORD, new BrowserOfASpec(at.world))).status).toBe(403);
  });

  test('gives the code to the provider with what only this browser can have (RFC 7636 section 4.5, OpenID Connect Core section 15.5.2)', async () => {
    await upstream.signedIn();
    const [asked] = provider.asked;
    const { state, nonce, codeVerifier, redirectUri } = asked ?? {};
    expect(provider.redeemed).toEqual([{ attempt: { state, nonce, codeVerifier, redirectUri }, parameters: expect.any(String) }]);
    const sent = new URLSearchParams(provider.redeemed[0]?.parameters);
    expect(Object.fromEntries(sent)).toEqual({ state, code: 'c0de', iss: UPSTREAM_ISSUER });
  });

  test('is for the browser that began it, and nobody else (login CSRF, RFC 9700 section 4.7)', async () => {
    const attacker = new BrowserOfASpec(at.world);
    const theirs = await upstream.begun(attacker);
    await upstream.begun();
    for (const victim of [at.browser, new BrowserOfASpec(at.world)]) {
      const answer = await victim.get(theirs);
      expect([answer.status, textOf(answer)]).toEqual([403, expect.stringContaining('did not come from our page')]);
      expect(await at.whoIs(victim)).toBeNull();
    }
    expect(provider.redeemed).toEqual([]);
  });

  test('works once, whatever the provider would say the second time', async () => {
    const back = await upstream.begun();
    const answers = await Promise.all([at.browser.get(back), at.browser.get(back), at.browser.get(back)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 400, 400]);
    expect(provider.redeemed).toHaveLength(1);
  });

  test('is refused with a state that is changed, of another provider or another profile, or too old', async () => {
    const back = await upstream.begun();
    await at.world.change(...withUpstreams({ up: upstreamOf(), two: upstreamOf({ issuer: 'https://up.example/two' }) }, SHOP_PROFILE));
    // Mix-up: the answer that one provider was asked for does not count at the address of another (RFC 9700 section 4.4).
    for (const wrong of [back.replace('/up/', '/two/'), back.replace('state=', 'state=A'), CALLBACK, `${CALLBACK}?state=x&code=c0de`]) {
      const answer = await at.browser.get(wrong);
      expect([wrong, answer.status, textOf(answer)]).toEqual([wrong, 400, expect.stringContaining('took too long')]);
    }
    at.world.now += 1800;
    expect((await at.browser.get(back)).status).toBe(400);
    expect(provider.redeemed).toEqual([]);
  });

  test('goes where the request came from that is sealed in the state, and nowhere that an address says (open redirect)', async () => {
    const answer = await at.browser.get(
      `${await upstream.begun()}&interaction=${encodeURIComponent(at.sealed())}&next=https://evil.example`,
    );
    expect([answer.status, headerOf(answer, 'location')]).toEqual([303, '/people/account']);
  });

  test('gives a new cookie, whatever the browser had before (session fixation)', async () => {
    const attacker = new BrowserOfASpec(at.world);
    await at.account('mallory');
    await at.signIn('mallory', PASSWORD, attacker);
    const planted = attacker.cookies.get(SESSION_COOKIE) ?? '';
    at.browser.cookies.set(SESSION_COOKIE, planted);
    await upstream.signedIn();
    expect(at.browser.cookies.get(SESSION_COOKIE)).not.toBe(planted);
    expect(await at.whoIs(attacker)).toBeNull();
  });

  test('by a form goes on by GET, where browsers send our cookies along (OAuth 2.0 Form Post Response Mode)', async () => {
    const url = new URL(await upstream.begun(), 'https://as.example');
    const stranger = new BrowserOfASpec(at.world);
    const posted = await stranger.post(
      url.pathname,
      { ...Object.fromEntries(url.searchParams), more: 'x' },
      { 'sec-fetch-site': 'cross-site' },
    );
    expect([posted.status, locationOf(posted).pathname, [...locationOf(posted).searchParams.keys()]]).toEqual([
      303,
      CALLBACK,
      ['state', 'code', 'iss'],
    ]);
    expect((await at.browser.get(locationOf(posted).href)).status).toBe(303);
    expect(await at.whoIs()).not.toBeNull();
  });

  test('from several tabs works in each', async () => {
    const [first, second] = [await upstream.begun(), await upstream.begun()];
    expect((await at.browser.get(first)).status).toBe(303);
    expect((await at.browser.get(second)).status).toBe(303);
  });

  test.each([
    ['denied', 403, 'You were not signed in at Up &amp; &lt;Co&gt;'],
    ['invalid', 502, 'The answer of Up &amp; &lt;Co&gt; could not be used'],
    ['unavailable', 503, 'does not answer at the moment'],
  ] as const)(
    'with an answer that is %s leads to the login page, which says so and still knows what for',
    async (failure, status, words) => {
      const back = await upstream.begun(at.browser, at.sealed());
      provider.fails = failure;
      const answer = await at.browser.get(back);
      expect([answer.status, textOf(answer)]).toEqual([status, expect.stringContaining(words)]);
      expect(textOf(answer)).toContain('to continue to The &lt;Shop&gt;');
      provider.fails = null;
      const again = await at.browser.submit(answer, '/login', { username: 'alice', password: PASSWORD });
      expect(locationOf(again).pathname).toBe('/people/continue');
    },
  );
});
