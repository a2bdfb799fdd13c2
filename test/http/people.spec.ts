import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { admin, startService, type RunningService } from '../support/running-service.ts';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const SESSION = '__Host-tokenwright-session.token-service';

/** What a browser keeps. */
class Cookies {
  readonly #values = new Map<string, string>();

  async fetch(path: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    const cookie = [...this.#values].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(service.url + path, {
      redirect: 'manual',
      headers: { cookie },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const text of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (value === '') this.#values.delete(name);
      else this.#values.set(name, value);
    }
    return response;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  async signIn(username: string, password: string): Promise<Response> {
    const page = await (await this.fetch('/people/login')).text();
    const token = /name="token"\s+value="([^"]+)"/.exec(page)?.[1] ?? '';
    return this.fetch('/people/login', { token, username, password });
  }
}

describe('the pages of the demo', () => {
  test('let its account sign in at once', async () => {
    const browser = new Cookies();
    const answer = await browser.signIn('demo', 'demo');
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/people/account']);
    // The session, and the end of what the form was bound to.
    expect(answer.headers.getSetCookie()).toHaveLength(2);
    expect(browser.has(SESSION)).toBe(true);
    expect(await (await browser.fetch('/people/account')).text()).toContain('You are signed in as demo.');
  });

  test('end a session that an administrator ends', async () => {
    const browser = new Cookies();
    await browser.signIn('demo', 'demo');
    const { items } = (await (await admin(service, 'GET', '/profiles/token-service/accounts?username=demo')).json()) as {
      items: { id: string }[];
    };
    const path = `/profiles/token-service/accounts/${items[0]?.id ?? ''}/sessions`;
    expect(((await (await admin(service, 'GET', path)).json()) as { items: unknown[] }).items.length).toBeGreaterThan(0);
    expect((await admin(service, 'DELETE', path)).status).toBe(200);
    expect((await browser.fetch('/people/account')).headers.get('location')).toBe('/people/login');
  });

  test('are of exact length, without a body for HEAD, and refuse what is too large before it is read', async () => {
    const page = await fetch(`${service.url}/people/login`);
    expect(Number(page.headers.get('content-length'))).toBe((await page.arrayBuffer()).byteLength);
    const head = await fetch(`${service.url}/people/login`, { method: 'HEAD' });
    expect([head.status, (await head.text()).length]).toEqual([200, 0]);
    const large = await fetch(`${service.url}/people/login`, {
      method: 'POST',
      body: new URLSearchParams({ username: 'x'.repeat(70_000) }),
    });
    expect(large.status).toBe(413);
  });

  test('put nothing that was sent into headers (CWE-113)', async () => {
    const injected = encodeURIComponent('x\r\nSet-Cookie: a=b');
    for (const path of [
      `/people/login?interaction=${injected}`,
      `/people/account?done=${injected}`,
      `/people/login?signed_out=${injected}`,
    ]) {
      const answer = await fetch(service.url + path, { redirect: 'manual' });
      expect(answer.headers.getSetCookie().filter((cookie) => cookie.startsWith('a='))).toEqual([]);
      expect(answer.headers.get('location') ?? '/people/login').toBe('/people/login');
    }
  });

  test('are no part of the metadata of the authorization server (RFC 8414 section 2)', async () => {
    const metadata = await (await fetch(`${service.url}/.well-known/oauth-authorization-server/~`)).text();
    expect(metadata).toContain('token_endpoint');
    expect(metadata).not.toContain('/people');
  });
});
