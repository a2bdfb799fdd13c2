import { put, type Change } from '../configuration/configuration.ts';
import type { UserPagesSettings } from '../configuration/endpoint-settings.ts';
import { PLAIN_THEME } from '../configuration/theme-settings.ts';
import type { Profile } from '../configuration/entities.ts';
import { AccountPeople } from '../people/account-people.ts';
import type { Interaction } from '../people/interaction.ts';
import { LoginSessions } from '../people/login-sessions.ts';
import { hashPassword } from '../people/password.ts';
import type { LoginSession } from '../people/people.ts';
import type { UpstreamClient } from '../people/upstream/upstream-client.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import { BrowserOfASpec } from './browser-of-a-spec.ts';
import { BASE_URL, clientOf, endpointOf, headerOf, PROFILE, ServiceUnderTest } from './service-builder.ts';
import { withUpstreams } from './upstream-of-a-spec.ts';

export const PASSWORD = 'correct horse battery';
export const SESSION_COOKIE = `__Host-tokenwright-session.${PROFILE}`;
export const FORM_COOKIE = `__Host-tokenwright-form.${PROFILE}`;

const HASH = hashPassword(PASSWORD);
const SETTINGS: UserPagesSettings = {
  ...{
    title: 'Example <Inc.>',
    accentColor: '#1d4ed8',
    theme: PLAIN_THEME,
    locales: ['en', 'de', 'sv'],
    passwords: true,
    selfService: true,
    scopeChoice: false,
  },
  ...{ sessionLifetime: 1000, sessionIdleLifetime: 300, consentLifetime: null },
};

/** The pages at `/people`, with these settings instead of the usual ones. */
export function pagesOf(settings: Partial<UserPagesSettings> = {}): Change {
  return put('endpoint', endpointOf('user-pages', '/people', { userPages: { ...SETTINGS, ...settings } }));
}

/** Where a response sends the browser. */
export function locationOf(response: OAuthResponse): URL {
  return new URL(headerOf(response, 'location') ?? '', BASE_URL);
}

/** The text of a page, without its line breaks. */
export function textOf({ body }: OAuthResponse): string {
  return (body ?? '').replace(/\s+/g, ' ');
}

/** What the profile of these pages has beside the usual. */
export const SHOP_PROFILE: Partial<Profile> = {
  scopes: { read: { description: 'Read <b>all</b>' }, write: {}, openid: {} },
  capabilities: ['client-credentials', 'authorization-code', 'introspection', 'revocation'],
};

/** Pages for people, with an account `alice`, a client `shop` that people sign in to, and a browser. */
export class PagesWorld {
  readonly browser: BrowserOfASpec;
  /** What the authorize endpoint hears of who is signed in. */
  readonly people: AccountPeople;

  private constructor(readonly world: ServiceUnderTest) {
    const clock = () => world.now;
    this.browser = new BrowserOfASpec(world);
    this.people = new AccountPeople(new LoginSessions(world.stores.sessions, clock), world.stores, clock);
  }

  /** @param upstream providers by which people sign in, and what answers for them */
  static async open(upstream?: {
    readonly providers: Profile['upstreamProviders'];
    readonly client: UpstreamClient;
    readonly settings?: Partial<UserPagesSettings>;
  }): Promise<PagesWorld> {
    const changes = [
      ...withUpstreams(upstream?.providers ?? {}, SHOP_PROFILE),
      put('client', clientOf('shop', { name: 'The <Shop>' })),
      pagesOf(upstream?.settings),
      put('endpoint', endpointOf('oauth-authorize', '/authorize')),
    ];
    const pages = new PagesWorld(await ServiceUnderTest.open(changes, ['ES256'], 'default', undefined, undefined, upstream?.client));
    await pages.account('alice');
    return pages;
  }

  /** Makes an account with the subject `id-of-<username>`. */
  async account(username: string, passwordHash?: string | null): Promise<void> {
    const made = { profile: PROFILE, id: `id-of-${username}`, username, attributes: { name: 'A' }, enabled: true, createdAt: 0 };
    const [isMade] = await this.world.stores.accounts.create([
      { ...made, passwordHash: passwordHash === undefined ? await HASH : passwordHash },
    ]);
    if (isMade !== true) throw new Error(`there is an account ${username} already`);
  }

  /** An interaction of the client `shop`. */
  sealed(members: Partial<Interaction> = {}): string {
    const parameters = { redirect_uri: 'https://client.example/callback' };
    return this.world.interactions.seal({
      ...{ profile: PROFILE, path: '/authorize', clientId: 'shop', parameters, scopes: ['read', 'openid'], claims: [] },
      ...{ at: this.world.now, loginSince: null, consent: null },
      ...members,
    });
  }

  /** The address of a page that is asked for an interaction. */
  address(page: string, interaction: string = this.sealed()): string {
    return `/people/${page}?interaction=${encodeURIComponent(interaction)}`;
  }

  async signIn(username = 'alice', password = PASSWORD, by = this.browser, interaction?: string): Promise<OAuthResponse> {
    const page = await by.get(interaction === undefined ? '/people/login' : this.address('login', interaction));
    return by.submit(page, '/login', { username, password });
  }

  /** Who is signed in, as the authorize endpoint hears it. */
  async whoIs(by = this.browser): Promise<LoginSession | null> {
    const profile = this.world.snapshot.profiles.get(PROFILE);
    if (profile === undefined) throw new Error('there is no profile');
    return this.people.session(by.request('GET', '/', '', {}), profile);
  }
}
