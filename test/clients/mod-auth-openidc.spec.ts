import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runApache } from '../gateways/apache/start-apache.ts';
import { startEchoApi, type EchoApi, type Received } from '../gateways/support/echo-api.ts';
import type { GatewayProcess } from '../gateways/support/gateway-process.ts';
import { ask, type Answer } from '../gateways/support/gateway-world.ts';
import { describeGateway } from '../gateways/support/packages.ts';
import type { Person } from '../support/person.ts';
import { freePort } from '../support/running-service.ts';
import { ClientsWorld } from './clients-world.ts';

/** The person's browser in front of the application: it says that it shows pages, and keeps the application's cookies. */
class Tab {
  readonly #cookies = new Map<string, string>();

  constructor(private readonly port: number) {}

  async get(address: string): Promise<Answer> {
    const { pathname, search } = new URL(address);
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await ask(this.port, `${pathname}${search}`, { cookie, accept: 'text/html', 'sec-fetch-mode': 'navigate' });
    for (const text of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return answer;
  }
}

/** A web application that knows nothing of OAuth, behind Apache: two cookies, two hosts, one person. */
describeGateway("Apache's mod_auth_openidc", ['apache2', 'libapache2-mod-auth-openidc'], () => {
  let world: ClientsWorld;
  let application: EchoApi;
  let apache: GatewayProcess;
  let folder: string;
  const site = () => `http://127.0.0.1:${apache.port}`;

  beforeAll(async () => {
    world = await ClientsWorld.open();
    application = await startEchoApi();
    folder = mkdtempSync(join(tmpdir(), 'tokenwright-openidc-'));
    // It changes its user.
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'ca.pem'), world.ca);
    // Whatever the process lets others read: Apache's children are another user.
    chmodSync(join(folder, 'ca.pem'), 0o644);
    const port = await freePort();
    const configuration = readFileSync(join(process.cwd(), 'test', 'clients', 'mod-auth-openidc.conf'), 'utf8')
      .replaceAll('https://localhost:8443', world.url)
      .replaceAll('/etc/tokenwright/ca.pem', join(folder, 'ca.pem'))
      .replaceAll('127.0.0.1:8080', `127.0.0.1:${application.port}`)
      .replaceAll('127.0.0.1:8000', `127.0.0.1:${port}`);
    apache = await runApache(folder, 'auth_openidc', configuration, port);
  }, 90_000);
  afterAll(async () => {
    await apache.stop();
    await application.close();
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface SignedIn {
    /** In front of the token service. */
    readonly person: Person;
    /** In front of the application. */
    readonly there: Tab;
    /** With which the person came back. */
    readonly back: Request;
  }

  const to = ({ headers }: Answer): string => String(headers['location'] ?? '');

  /** Somebody goes to the application, and is sent to the service and back. */
  async function signedIn(username: string): Promise<SignedIn> {
    const [person, there] = [await world.person(username), new Tab(apache.port)];
    const sent = await there.get(`${site()}/orders?page=2`);
    expect({ status: sent.status, to: to(sent), log: sent.status === 302 ? '' : apache.output() }).toEqual({
      ...{ status: 302, to: expect.stringContaining(`${world.url}/oauth/v2/oauth-authorize?`), log: '' },
    });
    const back = await person.comeBack(to(sent), `${site()}/callback`);
    const returned = await there.get(back.url);
    expect({ to: to(returned), log: returned.status === 302 ? '' : apache.output() }).toEqual({ to: `${site()}/orders?page=2`, log: '' });
    return { person, there, back };
  }

  function received({ status, body }: Answer): Received {
    expect(status).toBe(200);
    return JSON.parse(body) as Received;
  }

  test('signs somebody in, and the application learns who it is from the id token and from userinfo', async () => {
    const { there } = await signedIn('alice');
    const { url, headers } = received(await there.get(`${site()}/orders?page=2`));
    expect(url).toBe('/orders?page=2');
    expect(headers).toMatchObject({
      oidc_claim_iss: [world.issuer.href],
      oidc_claim_aud: ['web'],
      oidc_claim_name: ['Alice Example'],
      oidc_claim_preferred_username: ['alice'],
      oidc_claim_email: ['alice@example.com'],
    });
    expect(headers['oidc_claim_sub']).toEqual([expect.any(String)]);
    expect(headers['oidc_access_token']).toEqual([expect.any(String)]);
  });

  test('stays signed in, and gets new tokens without the person (RFC 6749 section 6)', async () => {
    const { there } = await signedIn('bob');
    const first = received(await there.get(`${site()}/`)).headers['oidc_access_token']?.[0] ?? '';
    const back = `${site()}/refreshed`;
    const asked = await there.get(`${site()}/callback?${new URLSearchParams({ refresh: back, access_token: first }).toString()}`);
    expect(to(asked)).toBe(back);
    const second = received(await there.get(back)).headers['oidc_access_token']?.[0] ?? '';
    expect(second).toMatch(/./);
    expect(second).not.toBe(first);
    const info = await fetch(`${world.url}/oauth/v2/oauth-userinfo`, { headers: { authorization: `Bearer ${second}` } });
    expect(await info.json()).toMatchObject({ preferred_username: 'bob' });
  });

  test('takes nobody in by a code that was used, a state that is not its own, or an answer that another browser got', async () => {
    const { back, there } = await signedIn('carol');
    const before = application.received.length;
    const stranger = new Tab(apache.port);
    const forged = new URL(back.url);
    forged.searchParams.set('state', 'forged');
    for (const [tab, address] of [[stranger, back.url] as const, [there, forged.href] as const]) {
      const refused = await tab.get(address);
      expect(refused.status).toBeGreaterThanOrEqual(400);
    }
    expect((await stranger.get(`${site()}/orders`)).status).toBe(302);
    expect(application.received.length).toBe(before);
  });

  test('signs them out there and here, and its tokens end (OpenID Connect RP-Initiated Logout section 2)', async () => {
    const { person, there } = await signedIn('dora');
    const token = received(await there.get(`${site()}/`)).headers['oidc_access_token']?.[0] ?? '';
    const sent = await there.get(`${site()}/callback?${new URLSearchParams({ logout: `${site()}/signed-out` }).toString()}`);
    expect(to(sent)).toContain(`${world.url}/oauth/v2/oauth-end-session?`);
    const after = await person.comeBack(to(sent), `${site()}/signed-out`);
    expect(received(await there.get(after.url)).headers['oidc_claim_sub']).toBeUndefined();
    const again = await there.get(`${site()}/orders`);
    expect(to(again)).toContain('/oauth-authorize?');
    expect((await person.fetch(to(again))).headers.get('location')).toContain('/people/login?');
    const info = await fetch(`${world.url}/oauth/v2/oauth-userinfo`, { headers: { authorization: `Bearer ${token}` } });
    expect(info.status).toBe(401);
  });
});
