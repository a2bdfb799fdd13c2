import { formIn } from '../../libs/oauth/src/testing/browser-of-a-spec.ts';
import { admin, type Administered } from './running-service.ts';
import { PROFILE } from './signatures.ts';

/** Longer than any way through the pages. */
const MOST_PAGES = 16;
export const PASSWORD = 'correct horse battery staple';

/** Somebody in front of a browser without scripts: reads pages, fills in forms, keeps cookies. */
export class Person {
  readonly cookies = new Map<string, string>();

  constructor(
    readonly username: string,
    private readonly password = PASSWORD,
  ) {}

  /** Somebody who has an account. */
  static async withAccount(
    service: Administered,
    username: string,
    attributes: Readonly<Record<string, unknown>> = {},
    profile = PROFILE,
  ): Promise<Person> {
    const made = await admin(service, 'POST', `/profiles/${profile}/accounts`, { username, password: PASSWORD, attributes });
    if (made.status !== 201) throw new Error(`no account for ${username}: ${made.status} ${await made.text()}`);
    return new Person(username);
  }

  /** One request with the cookies that there are; redirects are not followed. */
  async fetch(address: string | URL, form?: Readonly<Record<string, string>>): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(address, {
      redirect: 'manual',
      headers: cookie === '' ? {} : { cookie },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const text of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  /**
   * Goes where a client has sent them and through every page that comes.
   *
   * @param callback how the address begins that the client wants them back at
   * @returns the request with which they come back, as the client receives it
   * @throws Error with the page that does not go on
   */
  async comeBack(address: string | URL, callback: string, decision: 'allow' | 'deny' = 'allow'): Promise<Request> {
    let next = new URL(address);
    let sent: Readonly<Record<string, string>> | undefined;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const response = await this.fetch(next, sent);
      sent = undefined;
      const location = response.headers.get('location');
      if (location !== null) {
        next = new URL(location, next);
        if (next.href.startsWith(callback)) return new Request(next);
        continue;
      }
      const page = await response.text();
      if (response.status !== 200) throw new Error(`${next.href} answered ${response.status}: ${page}`);
      const back = formIn(page, callback, 'begins');
      if (back !== null) return new Request(unescaped(back.action), { method: 'POST', body: new URLSearchParams(values(back.hidden)) });
      const [login, consent] = [formIn(page, '/login'), formIn(page, '/consent')];
      const [, link] = /<a class="button main" href="([^"]*)"/.exec(page) ?? [];
      if (login !== null) sent = { ...login.hidden, username: this.username, password: this.password };
      else if (consent !== null) sent = { ...consent.hidden, decision };
      else if (link === undefined) throw new Error(`${next.href} leads nowhere: ${page}`);
      next = new URL(unescaped(login?.action ?? consent?.action ?? link ?? ''), next);
      if (next.href.startsWith(callback)) return new Request(next);
    }
    throw new Error(`more than ${MOST_PAGES} pages, the last of them ${next.href}`);
  }

  /** Goes to one of the service's own pages, signing in on the way where that is asked. @returns the page */
  async visit(address: string | URL): Promise<string> {
    let next = new URL(address);
    let sent: Readonly<Record<string, string>> | undefined;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const response = await this.fetch(next, sent);
      sent = undefined;
      const location = response.headers.get('location');
      if (location !== null) {
        next = new URL(location, next);
        continue;
      }
      const page = await response.text();
      const login = formIn(page, '/login');
      const [, link = ''] = /<a class="button main" href="([^"]*)"/.exec(page) ?? [];
      if (login !== null) sent = { ...login.hidden, username: this.username, password: this.password };
      else if (!next.pathname.endsWith('/continue')) return page;
      next = new URL(unescaped(login?.action ?? link), next);
    }
    throw new Error(`more than ${MOST_PAGES} pages, the last of them ${next.href}`);
  }

  /** Answers what a client has asked from another device. @returns the page that says what became of it */
  async answer(address: string | URL, decision: 'allow' | 'deny'): Promise<string> {
    const page = await this.visit(address);
    const form = formIn(page, '/approve');
    if (form === null) throw new Error(`there is nothing to answer: ${page}`);
    return (await this.fetch(new URL(unescaped(form.action), address), { ...form.hidden, decision })).text();
  }

  /** Enters the code of a device where its person is sent, and decides. @returns the page that says what became of it */
  async connect(address: string | URL, decision: 'allow' | 'deny'): Promise<string> {
    const [, code = ''] = /user_code=([A-Z-]+)/.exec(String(address)) ?? [];
    const entered = await this.#send(await this.visit(address), '/device', { user_code: code }, address);
    return this.#send(entered, '/device/confirm', { decision }, address);
  }

  /** Fills in a form of a page. @returns the page after it */
  async #send(page: string, path: string, fields: Readonly<Record<string, string>>, address: string | URL): Promise<string> {
    const form = formIn(page, path);
    if (form === null) throw new Error(`there is no form for ${path}: ${page}`);
    const sent = await this.fetch(new URL(unescaped(form.action), address), { ...form.hidden, ...fields });
    const location = sent.headers.get('location');
    return (location === null ? sent : await this.fetch(new URL(location, address))).text();
  }
}

/** What a request brings back to a client, in its query or its form. */
export async function broughtBack(request: Request): Promise<URLSearchParams> {
  return request.method === 'POST' ? new URLSearchParams(await request.clone().text()) : new URL(request.url).searchParams;
}

function values(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, unescaped(value)]));
}

function unescaped(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))).replaceAll('&amp;', '&');
}
