import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { entityKey } from '../configuration/entities.ts';
import { OAuthError } from '../errors.ts';
import { endDelegations } from '../revocation/delegations-end.ts';
import type { Stores } from '../stores.ts';
import { scopeNames } from '../token/scope.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import { parameter } from '../transport/form.ts';
import type { PendingRequests } from '../backchannel/pending-requests.ts';
import type { FormTokens } from './form-tokens.ts';
import { scopeText } from './given-consent.ts';
import type { LoginSessions, OwnSession } from './login-sessions.ts';
import { hashPassword, passwordProblem } from './password.ts';
import type { PasswordVerification } from './password-verification.ts';
import { accountView, type AccountNews, type AllowedClient, type PasswordTrouble } from './pages/account-view.ts';
import { pageAnswer, seeOther } from './pages/page.ts';
import type { AccountLinks } from './upstream/account-links.ts';
import { PageError, type Visit } from './visit.ts';

/** Delegations and tokens that are looked at to say what somebody has allowed, and when it was used. */
const MOST_LOOKED_AT = 200;

const TROUBLES = { 'too-short': 'tooShort', 'too-long': 'tooLong', 'is-username': 'isUsername' } as const;
const NEWS: ReadonlySet<string> = new Set<AccountNews>([
  ...(['application', 'session', 'password'] as const),
  ...(['linked', 'unlinked', 'link-taken', 'link-failed', 'link-last'] as const),
]);

/** Where people see what they have allowed and where they are signed in, end it, and change their password. */
export class AccountPage {
  constructor(
    private readonly stores: Pick<Stores, 'accounts' | 'sessions' | 'consents' | 'tokens' | 'audit'>,
    private readonly passwords: PasswordVerification,
    private readonly sessions: LoginSessions,
    private readonly requests: PendingRequests,
    private readonly tokens: FormTokens,
    private readonly links: AccountLinks,
    private readonly clock: () => number,
  ) {}

  async show(visit: Visit): Promise<OAuthResponse> {
    const session = await this.sessions.find(visit.request, visit.route.profile);
    if (session === null) return seeOther(`${visit.look.base}/login`);
    const said = parameter(visit.form, 'done') ?? '';
    return this.#page(visit, session, NEWS.has(said) ? (said as AccountNews) : null, null);
  }

  /** Takes back all that a client was allowed, and ends what it has. */
  async removeApplication(visit: Visit): Promise<OAuthResponse> {
    return this.#changed(visit, async ({ subject }) => {
      const { profile } = visit.route;
      const clientId = parameter(visit.form, 'client');
      if (clientId === undefined) throw new PageError(400, 'unreadable');
      await this.#note(profile, subject, 'consent.withdraw', { clientId: clientId.slice(0, 256) });
      await this.stores.consents.withdraw(profile.id, subject, clientId);
      await endDelegations(this.stores.tokens, profile.id, { owner: subject, clientId }, this.clock());
      return 'application';
    });
  }

  /** Ends another session, or all others, with what was given in them. */
  async endSession(visit: Visit): Promise<OAuthResponse> {
    return this.#changed(visit, async ({ subject, hash }) => {
      const id = parameter(visit.form, 'session');
      const { profile } = visit.route;
      await this.stores.sessions.endOf(profile.id, subject, { except: hash, ...(id === undefined ? {} : { id }) });
      return 'session';
    });
  }

  async changePassword(visit: Visit): Promise<OAuthResponse> {
    return this.#changed(visit, async (session) => {
      const { request, form, route } = visit;
      if (!visit.settings.passwords) throw new PageError(404, 'missing');
      const [current, fresh] = [parameter(form, 'current') ?? '', parameter(form, 'fresh') ?? ''];
      const problem = passwordProblem(fresh, session.username);
      if (problem !== null) return { trouble: TROUBLES[problem] };
      if (fresh !== parameter(form, 'repeated')) return { trouble: 'differs' };
      const verified = await this.passwords.verify(route.profile.id, session.username, current, request.clientIpAddress);
      if (verified === null) return { trouble: 'wrong' };
      const { subject, profile, hash: keeps } = session;
      await this.#note(route.profile, subject, 'account.set-password', {});
      const passwordHash = await hashPassword(fresh);
      const change = { profile, id: subject, passwordHash, at: this.clock(), replaces: verified.passwordHash, keeps };
      return (await this.stores.accounts.setPassword(change)) ? 'password' : { trouble: 'wrong' };
    });
  }

  /** Goes on to a provider, to link the account to who the person is there. */
  async link(visit: Visit): Promise<OAuthResponse> {
    return this.#changed(visit, (session) => this.links.begin(visit, session));
  }

  async unlink(visit: Visit): Promise<OAuthResponse> {
    return this.#changed(visit, (session) => this.links.remove(visit, session));
  }

  /** Lets a form of ours change something for who is signed in, and shows the page anew. */
  async #changed(
    visit: Visit,
    change: (session: OwnSession) => Promise<AccountNews | { readonly trouble: PasswordTrouble } | { readonly response: OAuthResponse }>,
  ): Promise<OAuthResponse> {
    const { profile } = visit.route;
    if (!visit.settings.selfService) throw new PageError(404, 'missing');
    const session = await this.sessions.find(visit.request, profile);
    if (session === null) return seeOther(`${visit.look.base}/login`);
    if (!this.tokens.isRight(parameter(visit.form, 'token') ?? '', profile.id, 'account', [session.cookie]))
      throw new PageError(403, 'foreign');
    try {
      const result = await change(session);
      if (typeof result === 'object' && 'response' in result) return result.response;
      if (typeof result === 'object') return await this.#page(visit, session, null, result.trouble);
      return seeOther(`${visit.look.base}/account?done=${result}`);
    } catch (error) {
      if (error instanceof OAuthError && error.retryAfter !== undefined) throw new PageError(503, 'busy');
      throw error;
    }
  }

  async #hasPassword(profile: string, subject: string): Promise<boolean> {
    return ((await this.stores.accounts.find(profile, subject))?.passwordHash ?? null) !== null;
  }

  /** What people change is written down before it is done, as what administrators change. */
  async #note(profile: ProfileSnapshot, subject: string, action: string, details: object): Promise<void> {
    const key = entityKey(profile.id, subject);
    await this.stores.audit.append([{ at: this.clock(), actor: 'person', action, kind: 'account', key, before: null, after: details }]);
  }

  async #page(visit: Visit, session: OwnSession, said: AccountNews | null, trouble: PasswordTrouble | null): Promise<OAuthResponse> {
    const { look, route } = visit;
    const profile = route.profile.id;
    const isManaged = visit.settings.selfService;
    const sessions = isManaged ? await this.stores.sessions.list(profile, session.subject, this.clock()) : [];
    const waiting = await this.requests.of(profile, session.subject);
    const view = accountView(look, {
      waiting: waiting.map(({ asked, clientId, createdAt }) => ({
        ...{ id: asked.id, message: asked.bindingMessage, since: createdAt },
        client: route.profile.configuredClient(clientId)?.client.name ?? clientId,
      })),
      token: this.tokens.make(profile, 'account', [session.cookie]),
      logoutToken: this.tokens.make(profile, 'logout', [session.cookie]),
      username: session.username,
      clients: isManaged ? await this.#clients(visit, session.subject) : [],
      links: isManaged ? await this.links.shown(visit, session.subject) : { linked: [], offered: [] },
      hasPassword: isManaged && visit.settings.passwords && (await this.#hasPassword(profile, session.subject)),
      sessions: sessions.map(({ id, createdAt, lastSeen }) => ({ id, since: createdAt, lastSeen, isThis: id === session.id })),
      said,
      trouble,
    });
    return pageAnswer(trouble === null ? 200 : 400, look, view);
  }

  /** Those that were allowed something, and those that have something without having been asked for. */
  async #clients({ look, route }: Visit, subject: string): Promise<readonly AllowedClient[]> {
    const { profile } = route;
    const now = this.clock();
    const consents = await this.stores.consents.list(profile.id, subject, now);
    const page = { limit: MOST_LOOKED_AT };
    const { items } = await this.stores.tokens.listDelegations({ profile: profile.id, owner: subject, status: 'active' }, page);
    const { items: issued } = await this.stores.tokens.listTokens({ profile: profile.id, subject }, page);
    const found = new Map<string, { readonly scopes: Set<string>; since: number }>();
    const add = (clientId: string, scopes: readonly string[], at: number) => {
      const before = found.get(clientId);
      found.set(clientId, { scopes: new Set([...(before?.scopes ?? []), ...scopes]), since: Math.min(before?.since ?? at, at) });
    };
    for (const { clientId, scopes, createdAt } of consents) add(clientId, scopes, createdAt);
    for (const { clientId, scope, createdAt, expiresAt } of items) if (expiresAt > now) add(clientId, scopeNames(scope).list, createdAt);
    const names = new Map<string, string>();
    for (const id of found.keys()) names.set(id, (await profile.findClient(id))?.client.name ?? id);
    return [...found].map(([id, { scopes, since }]) => ({
      id,
      name: names.get(id) ?? id,
      scopes: [...scopes].map((scope) => scopeText(look, profile, scope)),
      since,
      lastUsed: issued.find(({ clientId }) => clientId === id)?.issuedAt ?? null,
    }));
  }
}
