import type { Account } from '../people-stores.ts';
import type { UpstreamProvider } from '../configuration/upstream-settings.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import type { BrowserOfASpec } from './browser-of-a-spec.ts';
import { PagesWorld, SHOP_PROFILE } from './pages-world.ts';
import { PROFILE } from './service-builder.ts';
import { UPSTREAM_ISSUER, UpstreamOfASpec, upstreamOf, withUpstreams } from './upstream-of-a-spec.ts';

export const CALLBACK = '/people/upstream/up/callback';

/** Pages whose people can also sign in by the provider `up`. */
export class UpstreamWorld {
  private constructor(
    readonly provider: UpstreamOfASpec,
    readonly at: PagesWorld,
  ) {}

  static async open(): Promise<UpstreamWorld> {
    const provider = new UpstreamOfASpec();
    return new UpstreamWorld(provider, await PagesWorld.open({ providers: { up: upstreamOf() }, client: provider }));
  }

  /** Changes settings of the provider. */
  async configure(members: Partial<UpstreamProvider>): Promise<void> {
    await this.at.world.change(...withUpstreams({ up: upstreamOf(members) }, SHOP_PROFILE));
  }

  /** Presses the button of the provider; answers the address that the browser comes back to. */
  async begun(by: BrowserOfASpec = this.at.browser, interaction?: string): Promise<string> {
    const page = await by.get(interaction === undefined ? '/people/login' : this.at.address('login', interaction));
    const going = await by.submit(page, '/login/upstream', {});
    const state = /[?&;]state=([^"&]+)/.exec(going.body ?? '')?.[1] ?? '';
    return `${CALLBACK}?code=c0de&state=${state}&iss=${encodeURIComponent(UPSTREAM_ISSUER)}`;
  }

  async signedIn(by: BrowserOfASpec = this.at.browser, interaction?: string): Promise<OAuthResponse> {
    return by.get(await this.begun(by, interaction), { 'sec-fetch-site': 'cross-site' });
  }

  /** Of whoever is signed in. */
  async account(by: BrowserOfASpec = this.at.browser): Promise<Account | null> {
    return this.at.world.stores.accounts.find(PROFILE, (await this.at.whoIs(by))?.subject ?? '');
  }

  async audited() {
    const events = await this.at.world.stores.audit.list({ limit: 20 });
    return events.map(({ action, actor, after }) => ({ action, actor, after }));
  }
}
