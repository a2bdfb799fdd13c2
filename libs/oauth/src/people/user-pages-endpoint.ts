import type { Route, Snapshot } from '../configuration/snapshot.ts';
import type { UserCodes } from '../device/user-code.ts';
import { OAuthError } from '../errors.ts';
import type { SingleUses } from '../single-uses.ts';
import { StoreError } from '../store-error.ts';
import type { Stores } from '../stores.ts';
import { header, requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { NO_FORM, parameter, parseForm } from '../transport/form.ts';
import type { PendingRequests } from '../backchannel/pending-requests.ts';
import { AccountPage } from './account-page.ts';
import { ApprovalPage } from './approval-page.ts';
import { ConsentPage } from './consent-page.ts';
import { DevicePage } from './device-page.ts';
import { FormTokens, isForeign } from './form-tokens.ts';
import type { Interactions } from './interaction.ts';
import { LoginPage } from './login-page.ts';
import type { LoginSessions } from './login-sessions.ts';
import { LogoutPage } from './logout-page.ts';
import type { PasswordVerification } from './password-verification.ts';
import { html } from './pages/html.ts';
import { chooseLocale } from './pages/locale.ts';
import { fileAnswer, lookOf, pageAnswer, seeOther } from './pages/page.ts';
import { themeOf } from './pages/theme/theme.ts';
import type { UserCodeGuesses } from './user-code-guesses.ts';
import { AccountLinks } from './upstream/account-links.ts';
import { UpstreamAccounts } from './upstream/upstream-accounts.ts';
import type { UpstreamClient } from './upstream/upstream-client.ts';
import { UpstreamFailures } from './upstream/upstream-failures.ts';
import { UpstreamLogin } from './upstream/upstream-login.ts';
import { UpstreamStates } from './upstream/upstream-states.ts';
import { askedFor, failedAnswer, PageError, type AskedFor, type Visit } from './visit.ts';

/** What the pages are made of. */
export interface UserPagesParts {
  readonly stores: Pick<Stores, 'accounts' | 'sessions' | 'consents' | 'tokens' | 'polled' | 'audit' | 'links'>;
  readonly passwords: PasswordVerification;
  readonly sessions: LoginSessions;
  readonly interactions: Interactions;
  /** What people are asked from other devices. */
  readonly requests: PendingRequests;
  readonly userCodes: UserCodes;
  readonly guesses: UserCodeGuesses;
  /** Asks upstream providers; null where none can be asked. */
  readonly upstreamClient: UpstreamClient | null;
  readonly uses: SingleUses;
  /** Of all nodes the same. */
  readonly formKey: Uint8Array;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly clock: () => number;
}

/** People try again by hand. */
const RETRY = ['Retry-After', '2'];

type Handler = (visit: Visit) => OAuthResponse | Promise<OAuthResponse>;

/**
 * The pages for people: where they sign in, say what clients may do, and see what they have said. Plain HTML that needs no script.
 * Each is at a path below the endpoint's own.
 */
export class UserPagesEndpoint {
  readonly #pages: ReadonlyMap<string, Page>;
  readonly #login: LoginPage;
  readonly #upstream: UpstreamLogin;

  constructor(private readonly parts: UserPagesParts) {
    const { stores, passwords, sessions, interactions, clock } = parts;
    const tokens = new FormTokens(parts.formKey);
    const upstream = new UpstreamLogin({
      ...{ client: parts.upstreamClient, accounts: new UpstreamAccounts(stores, clock), sessions, interactions, clock },
      ...{ states: new UpstreamStates(parts.formKey, clock), uses: parts.uses },
      failures: new UpstreamFailures(parts.warn, stores.audit, clock),
    });
    const login = new LoginPage(passwords, sessions, tokens, upstream);
    const links = new AccountLinks(stores, upstream, clock);
    const consent = new ConsentPage(sessions, stores.consents, interactions, tokens, clock);
    const account = new AccountPage(stores, passwords, sessions, parts.requests, tokens, links, clock);
    const approval = new ApprovalPage(sessions, parts.requests, interactions, tokens, clock);
    const logout = new LogoutPage(sessions, tokens);
    const { userCodes, guesses } = parts;
    const { polled, consents, audit } = stores;
    const device = new DevicePage({ sessions, polled, consents, audit, interactions, tokens, userCodes, guesses, clock });
    this.#login = login;
    this.#upstream = upstream;
    this.#pages = new Map<string, Page>([
      ['', { GET: ({ look }) => seeOther(`${look.base}/account`) }],
      ['/login', { GET: (visit) => login.show(visit), POST: (visit) => login.submit(visit) }],
      ['/login/upstream', { POST: (visit) => login.submitUpstream(visit) }],
      ['/continue', { GET: goOn }],
      ['/consent', { GET: (visit) => consent.show(visit), POST: (visit) => consent.submit(visit) }],
      ['/approve', { GET: (visit) => approval.show(visit), POST: (visit) => approval.decide(visit) }],
      ['/device', { GET: (visit) => device.show(visit), POST: (visit) => device.enter(visit) }],
      ['/device/confirm', { GET: (visit) => device.ask(visit), POST: (visit) => device.decide(visit) }],
      ['/account', { GET: (visit) => account.show(visit) }],
      ['/account/applications', { POST: (visit) => account.removeApplication(visit) }],
      ['/account/sessions', { POST: (visit) => account.endSession(visit) }],
      ['/account/links', { POST: (visit) => account.link(visit) }],
      ['/account/links/remove', { POST: (visit) => account.unlink(visit) }],
      ['/account/password', { POST: (visit) => account.changePassword(visit) }],
      ['/logout', { GET: (visit) => logout.show(visit), POST: (visit) => logout.submit(visit) }],
      ...THEME_FILES.map((name): [string, Page] => [name, { GET: (visit) => themeFile(visit, name) }]),
    ]);
  }

  #pageAt(path: string): Page | undefined {
    const [, provider] = CALLBACK.exec(path) ?? [];
    if (provider === undefined) return this.#pages.get(path);
    const [login, upstream] = [this.#login, this.#upstream];
    return { GET: (visit) => login.answered(visit, provider), POST: (visit) => upstream.posted(visit), isForOthers: true };
  }

  async handle(request: OAuthRequest, route: Route, snapshot: Snapshot): Promise<OAuthResponse> {
    const { userPages: settings, path: base } = route.endpoint;
    if (settings === null) throw new Error(`endpoint ${route.endpoint.id} has no settings for pages`);
    const look = (asked: AskedFor | null) => {
      const locale = chooseLocale(settings.locales, asked?.interaction.parameters['ui_locales'], header(request, 'accept-language'));
      return lookOf(settings, base, locale);
    };
    let asked: AskedFor | null = null;
    try {
      const page = this.#pageAt(request.path.slice(base.length));
      if (page === undefined) throw new PageError(404, 'missing');
      const method = request.method === 'HEAD' ? 'GET' : request.method;
      const handler = method === 'GET' || method === 'POST' ? page[method] : undefined;
      if (handler === undefined) return failedAnswer(look(null), new PageError(405, 'missing'), ['Allow', allowed(page)]);
      if (method === 'POST' && page.isForOthers !== true && isForeign(request, snapshot.node.baseUrl)) throw new PageError(403, 'foreign');
      const form = formOf(request, method === 'POST');
      asked = await askedFor(form, route, snapshot, this.parts.interactions);
      return await handler({ request, route, snapshot, settings, look: look(asked), form, asked });
    } catch (error) {
      if (error instanceof PageError) return failedAnswer(look(asked), error, error.status === 503 ? RETRY : []);
      if (!(error instanceof StoreError) || error.code !== 'unavailable') throw error;
      this.parts.warn('the database does not answer', { path: request.path, error: error.message });
      return failedAnswer(look(asked), new PageError(503, 'busy'), RETRY);
    }
  }
}

/** What answers at a path, by method. */
interface Page {
  readonly GET?: Handler;
  readonly POST?: Handler;
  /** Whether pages of others may post to it. */
  readonly isForOthers?: boolean;
}

/** Where providers send people back to: each has its own. */
const CALLBACK = /^\/upstream\/([a-z0-9-]{1,32})\/callback$/;

/** What a form says, or a query: both are strict, and both are shown as unreadable. */
function formOf(request: OAuthRequest, isPost: boolean) {
  try {
    if (!isPost) return request.query === '' ? NO_FORM : parseForm(request.query);
    requireFormPost(request);
    return parseForm(request.body);
  } catch (error) {
    if (error instanceof OAuthError) throw new PageError(error.status, 'unreadable');
    throw error;
  }
}

/** What a theme may have files for. */
const THEME_FILES = ['/style.css', '/theme.css', '/logo', '/logo-dark'];

function themeFile({ settings, form }: Visit, name: string): OAuthResponse {
  const file = themeOf(settings).files.get(name);
  if (file === undefined) throw new PageError(404, 'missing');
  return fileAnswer(file, parameter(form, 'v'));
}

/** Ends what a form began, and goes on by a link: see the policy of pages. */
function goOn({ asked, look }: Visit): OAuthResponse {
  if (asked === null) throw new PageError(400, 'expired');
  const { going } = look.texts;
  const next = `${asked.interaction.path}?interaction=${encodeURIComponent(asked.sealed)}`;
  const content = html`<h1>${going.title}</h1>
    <p>${going.text}</p>
    <p><a class="button main" href="${next}">${going.link}</a></p>`;
  return pageAnswer(200, look, { title: going.title, content, next });
}

function allowed(page: Page): string {
  return [...(page.GET === undefined ? [] : ['GET', 'HEAD']), ...(page.POST === undefined ? [] : ['POST'])].join(', ');
}
