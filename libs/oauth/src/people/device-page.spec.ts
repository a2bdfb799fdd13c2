import { beforeEach, describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { formOf } from '../testing/browser-of-a-spec.ts';
import { DEVICE_AUTHORIZATION, DeviceWorld, refusalOf } from '../testing/device-world.ts';
import { locationOf, pagesOf, PASSWORD, textOf } from '../testing/pages-world.ts';
import { BASE_URL, clientOf, endpointOf, headerOf, jsonOf, PROFILE } from '../testing/service-builder.ts';
import type { OAuthResponse } from '../transport/exchange.ts';

let tv: DeviceWorld;
beforeEach(async () => {
  tv = await DeviceWorld.open();
});

const pathOf = (response: OAuthResponse) => locationOf(response).pathname + locationOf(response).search;
/** Alice is asked about a device. */
const asked = async (form: Readonly<Record<string, string>> = {}) => {
  const answer = await tv.ask(form);
  if ((await tv.at.whoIs()) === null) await tv.at.signIn();
  return { answer, page: await tv.enter(answer.user_code) };
};

describe('the form for the code of a device (RFC 8628 section 3.3)', () => {
  test('is for who is signed in, and what came along in the address is still there afterwards', async () => {
    const { verification_uri_complete: complete, user_code: code } = await tv.ask();
    const first = await tv.browser.get(complete.slice(BASE_URL.length));
    expect([first.status, locationOf(first).pathname]).toEqual([303, '/people/login']);
    const login = await tv.browser.get(pathOf(first));
    const signedIn = await tv.browser.submit(login, '/login', { username: 'alice', password: PASSWORD });
    const next = /href="([^"]*\/device\?[^"]*)"/.exec((await tv.browser.get(pathOf(signedIn))).body ?? '')?.[1] ?? '';
    const page = await tv.browser.get(next);
    expect(textOf(page)).toContain('Connect a device');
    expect(page.body).toContain(`value="${code}"`);
    expect(textOf(page)).toContain('Check that your device shows the same code.');
    expect(textOf(page)).toContain('signed in as alice');
  });

  test('asks for the code where the address has none, and takes nothing for granted that it has', async () => {
    await tv.at.signIn();
    expect(textOf(await tv.browser.get('/people/device'))).toContain('eight letters');
    const page = await tv.browser.get(`/people/device?user_code=${encodeURIComponent('"><script>'.repeat(20))}`);
    expect(page.body).toContain('&quot;&gt;&lt;script&gt;');
    expect(page.body).not.toContain('<script');
  });

  test('takes a code as people write it', async () => {
    await tv.at.signIn();
    for (const written of [
      (code: string) => code.toLowerCase(),
      (code: string) => ` ${code.replace('-', ' ')} `,
      (code: string) => code.replace('-', ''),
    ])
      expect(textOf(await tv.enter(written((await tv.ask()).user_code)))).toContain('Connect The &lt;TV&gt; with your account?');
  });

  test.each([
    ['BCDF-GHJK', 'There is no such code'],
    ['0000-0000', 'eight letters, and no digits'],
    ['B', 'eight letters, and no digits'],
    ['B'.repeat(10_000), 'eight letters, and no digits'],
  ])('says what is wrong with %s', async (code, message) => {
    await tv.at.signIn();
    const page = await tv.enter(code);
    expect(page.status).toBe(400);
    expect(textOf(page)).toContain(message);
    expect(page.body).toMatch(/aria-invalid="true"/);
  });

  test('finds no code that has expired, was answered, or is of a client that may not use it any more', async () => {
    await tv.at.signIn();
    const { answer, page } = await asked();
    await tv.decide(page, { decision: 'deny' });
    expect(textOf(await tv.enter(answer.user_code))).toContain('There is no such code');
    const { user_code: later } = await tv.ask();
    await tv.world.change(put('client', clientOf('tv', { capabilities: [], secrets: [] })));
    expect(textOf(await tv.enter(later))).toContain('There is no such code');
  });

  test('is refused to who tries many, right ones too, while others go on (section 5.1)', async () => {
    await tv.at.account('mallory');
    const mallory = tv.anotherBrowser();
    await tv.at.signIn('mallory', PASSWORD, mallory);
    for (let i = 0; i < 10; i++) expect((await tv.enter('BCDF-GHJK', mallory)).status).toBe(400);
    const { user_code: code } = await tv.ask();
    const refused = await tv.enter(code, mallory);
    expect([refused.status, headerOf(refused, 'retry-after')]).toEqual([429, '600']);
    expect(textOf(refused)).toContain('Too many codes were tried');
    expect([...tv.world.service.counts.refusals]).toEqual([{ labels: [PROFILE, 'user_codes'], count: 1 }]);
    await tv.at.signIn();
    expect((await tv.enter(code)).status).toBe(200);
    const [event] = await tv.world.stores.audit.list({ kind: 'account', limit: 1 });
    expect(event).toMatchObject({ action: 'device.many-codes', key: `${PROFILE}/id-of-mallory`, after: { address: '192.0.2.1' } });
    expect(tv.world.log).toContainEqual(expect.objectContaining({ level: 'warn', message: 'somebody is slowed' }));
  });

  test('needs a form of this session (CSRF)', async () => {
    const { user_code: code } = await tv.ask();
    await tv.at.signIn();
    const { hidden } = formOf(await tv.browser.get('/people/device'), '/device');
    const other = tv.anotherBrowser();
    await tv.at.signIn('alice', PASSWORD, other);
    const theirs = formOf(await other.get('/people/device'), '/device').hidden;
    for (const form of [theirs, { ...hidden, token: '' }, {}])
      expect((await tv.browser.post('/people/device', { ...form, user_code: code })).status).toBe(403);
    expect((await tv.browser.post('/people/device', { ...hidden, user_code: code }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });
});

describe('the page on which a person decides about a device (RFC 8628 sections 3.3.1 and 5.4)', () => {
  test('shows the code to compare, who asks and for what, and warns of codes that others have sent', async () => {
    const { answer, page } = await asked({ scope: 'openid read' });
    expect(page.status).toBe(200);
    for (const text of [
      answer.user_code,
      'Connect The &lt;TV&gt; with your account?',
      'Read &lt;b&gt;all&lt;/b&gt;',
      'Know who you are',
      'If somebody has sent you the code',
    ])
      expect(textOf(page)).toContain(text);
    expect(refusalOf(await tv.poll(answer.device_code))).toEqual([400, 'authorization_pending']);
  });

  test('allows it, which is remembered and written down, and says to go on at the device', async () => {
    const { answer, page } = await asked({ scope: 'read' });
    const end = await tv.decide(page, { decision: 'allow' });
    expect(textOf(end)).toContain('Your device is connected');
    expect((await tv.poll(answer.device_code)).status).toBe(200);
    expect(await tv.at.people.hasConsented(PROFILE, 'id-of-alice', 'tv', ['read'])).toBe(true);
    expect(await tv.world.stores.audit.list({ kind: 'account', limit: 1 })).toMatchObject([
      {
        actor: 'person',
        action: 'device.allow',
        key: `${PROFILE}/id-of-alice`,
        after: { client: 'tv', scopes: ['read'], address: '192.0.2.1' },
      },
    ]);
    expect(textOf(await tv.browser.get('/people/account'))).toContain('The &lt;TV&gt;');
  });

  test('is asked again for every device, whatever was allowed before', async () => {
    await tv.allowed({ scope: 'read' });
    const { page } = await asked({ scope: 'read' });
    expect(textOf(page)).toContain('with your account?');
  });

  test('denies it, which is not remembered', async () => {
    const { page } = await asked();
    expect(textOf(await tv.decide(page, { decision: 'deny' }))).toContain('Access denied');
    expect(await tv.at.people.hasConsented(PROFILE, 'id-of-alice', 'tv', [])).toBe(false);
    expect(await tv.world.stores.audit.list({ kind: 'account', limit: 1 })).toMatchObject([
      { action: 'device.deny', after: { client: 'tv' } },
    ]);
  });

  test('lets the person choose where that is set, but for openid', async () => {
    await tv.world.change(pagesOf({ scopeChoice: true }));
    const { answer, page } = await asked({ scope: 'read openid write' });
    await tv.decide(page, { decision: 'allow', 'scope-2': 'on' });
    expect(jsonOf(await tv.poll(answer.device_code))).toMatchObject({ scope: 'openid write' });
  });

  test('of two people who decide at the same time one does, and the other is told that it was too late', async () => {
    await tv.at.account('bob');
    const bob = tv.anotherBrowser();
    await tv.at.signIn('bob', PASSWORD, bob);
    const { answer, page } = await asked();
    const theirs = await tv.enter(answer.user_code, bob);
    const ends = await Promise.all([tv.decide(page, { decision: 'allow' }), tv.decide(theirs, { decision: 'allow' }, bob)]);
    expect(ends.map(({ status }) => status).sort()).toEqual([200, 409]);
    const late = ends.find(({ status }) => status === 409);
    expect(late === undefined ? '' : textOf(late)).toContain('answered somewhere else');
    const { access_token: token } = jsonOf(await tv.poll(answer.device_code));
    const winner = ends[0].status === 200 ? 'id-of-alice' : 'id-of-bob';
    expect(jsonOf(await tv.world.introspect(String(token)))).toMatchObject({ sub: winner });
  });

  test('says that it is over when the code has expired meanwhile', async () => {
    const settings = { deviceAuthorization: { codeLifetime: 120, pollInterval: 5 } };
    await tv.world.change(put('endpoint', endpointOf('oauth-device-authorization', DEVICE_AUTHORIZATION, settings)));
    const { page } = await asked();
    tv.world.now += 120;
    const interaction = formOf(page, '/device/confirm').hidden['interaction'] ?? '';
    const late = await tv.browser.get(`/people/device/confirm?interaction=${encodeURIComponent(interaction)}`);
    expect([late.status, textOf(late).includes('The code is over')]).toEqual([409, true]);
  });

  test('is for the session that has entered the code: who was sent its address enters the code first', async () => {
    const { page, answer } = await asked();
    const { hidden } = formOf(page, '/device/confirm');
    await tv.at.account('bob');
    const bob = tv.anotherBrowser();
    const address = `/people/device/confirm?interaction=${encodeURIComponent(hidden['interaction'] ?? '')}`;
    expect(locationOf(await bob.get(address)).pathname).toBe('/people/login');
    await tv.at.signIn('bob', PASSWORD, bob);
    expect(pathOf(await bob.get(address))).toBe(`/people/device?user_code=${answer.user_code}`);
    expect(pathOf(await bob.post('/people/device/confirm', { ...hidden, decision: 'allow' }))).toBe(
      `/people/device?user_code=${answer.user_code}`,
    );
    expect(refusalOf(await tv.poll(answer.device_code))).toEqual([400, 'authorization_pending']);
  });

  test('needs its own form, and a decision (CSRF)', async () => {
    const { page, answer } = await asked();
    const { hidden } = formOf(page, '/device/confirm');
    const entering = formOf(await tv.browser.get('/people/device'), '/device').hidden['token'] ?? '';
    for (const token of ['', entering, `${hidden['token'] ?? ''}x`])
      expect((await tv.browser.post('/people/device/confirm', { ...hidden, token, decision: 'allow' })).status).toBe(403);
    expect(
      (await tv.browser.post('/people/device/confirm', { ...hidden, decision: 'allow' }, { 'sec-fetch-site': 'same-site' })).status,
    ).toBe(403);
    expect((await tv.browser.post('/people/device/confirm', { ...hidden, decision: 'perhaps' })).status).toBe(400);
    expect(refusalOf(await tv.poll(answer.device_code))).toEqual([400, 'authorization_pending']);
  });

  test('takes no interaction of an authorization request, and its own goes nowhere else', async () => {
    await tv.at.signIn();
    expect((await tv.browser.get(tv.at.address('device/confirm'))).status).toBe(400);
    const { page } = await asked();
    const interaction = formOf(page, '/device/confirm').hidden['interaction'] ?? '';
    expect((await tv.browser.get(`/people/consent?interaction=${encodeURIComponent(interaction)}`)).status).toBe(400);
    const authorized = await tv.browser.get(`/authorize?interaction=${encodeURIComponent(interaction)}`);
    expect([authorized.status, headerOf(authorized, 'location')]).toEqual([400, undefined]);
  });

  test('is left by who wants to use another account, with the code kept', async () => {
    const { page, answer } = await asked();
    const out = await tv.browser.submit(page, '/logout', {});
    expect(locationOf(out).pathname).toBe('/people/login');
    await tv.at.account('bob');
    const login = await tv.browser.get(pathOf(out));
    const next = await tv.browser.get(pathOf(await tv.browser.submit(login, '/login', { username: 'bob', password: PASSWORD })));
    const back = /href="([^"]*\/device\/confirm\?[^"]*)"/.exec(next.body ?? '')?.[1] ?? '';
    expect(pathOf(await tv.browser.get(back))).toBe(`/people/device?user_code=${answer.user_code}`);
  });

  test.each([
    ['de', 'Gerät verbinden'],
    ['sv', 'Anslut en enhet'],
  ])('speaks %s', async (language, title) => {
    await tv.at.signIn();
    expect(textOf(await tv.browser.get('/people/device', { 'accept-language': language }))).toContain(title);
  });
});
