import type { OAuthRequest, OAuthResponse } from '../transport/exchange.ts';
import { headerOf, type ServiceUnderTest } from './service-builder.ts';

/** A form of a page: where it goes, and what it sends of itself. */
export interface FoundForm {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
}

/** Reads pages and sends forms as a browser does, with the cookies it was given. */
export class BrowserOfASpec {
  readonly cookies = new Map<string, string>();

  constructor(
    private readonly world: ServiceUnderTest,
    /** Sent with every request. */
    readonly headers: OAuthRequest['headers'] = {},
  ) {}

  get(address: string, headers: OAuthRequest['headers'] = {}): Promise<OAuthResponse> {
    return this.#send('GET', address, '', headers);
  }

  post(address: string, form: Readonly<Record<string, string>>, headers: OAuthRequest['headers'] = {}): Promise<OAuthResponse> {
    const sent = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', ...headers };
    return this.#send('POST', address, new URLSearchParams(form).toString(), sent);
  }

  /** Fills in the form of a page that goes to a path, and sends it. */
  submit(page: OAuthResponse, path: string, fields: Readonly<Record<string, string>>): Promise<OAuthResponse> {
    const form = formOf(page, path);
    return this.post(form.action, { ...form.hidden, ...fields });
  }

  /** What is sent, with the cookies. */
  request(method: string, address: string, body: string, headers: OAuthRequest['headers']): OAuthRequest {
    const url = new URL(address, this.world.node.baseUrl);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return {
      ...{ method, path: url.pathname, query: url.search.slice(1), body, scheme: 'https', host: url.host, clientIpAddress: '192.0.2.1' },
      headers: { ...this.headers, ...(cookie === '' ? {} : { cookie }), ...headers },
    };
  }

  async #send(method: string, address: string, body: string, headers: OAuthRequest['headers']): Promise<OAuthResponse> {
    const response = await this.world.handle(this.request(method, address, body, headers));
    for (const text of setCookies(response)) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (text.includes('Max-Age=0')) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }
}

/** The cookies that a response sets, as they stand in its headers. */
export function setCookies({ headers }: OAuthResponse): readonly string[] {
  return headers.filter((_, i) => headers[i - 1] === 'Set-Cookie' && i % 2 === 1);
}

/** @throws Error when the page has no such form */
export function formOf(page: OAuthResponse, path: string): FoundForm {
  const form = formIn(page.body ?? '', path);
  if (form === null) throw new Error(`the page has no form to ${path}: ${page.status} ${headerOf(page, 'location') ?? page.body ?? ''}`);
  return form;
}

/** The form of a page whose action ends, or begins, as given; null for none. */
export function formIn(page: string, action: string, where: 'ends' | 'begins' = 'ends'): FoundForm | null {
  for (const [, found = '', content = ''] of page.matchAll(/<form\s+method="post"\s+action="([^"]*)"\s*>(.*?)<\/form>/gs)) {
    if (!(where === 'ends' ? found.endsWith(action) : found.startsWith(action))) continue;
    const fields = [...content.matchAll(/<input[^>]*type="hidden"[^>]*>/gs)].map(([input]) => {
      const [name = '', value = ''] = ['name', 'value'].map((attribute) => new RegExp(`\\b${attribute}="([^"]*)"`).exec(input)?.[1] ?? '');
      return [name, value] as const;
    });
    return { action: found, hidden: Object.fromEntries(fields) };
  }
  return null;
}
