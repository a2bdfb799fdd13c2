import type { Route, Snapshot } from '../configuration/snapshot.ts';
import type { UserCodes } from '../device/user-code.ts';
import { OAuthError } from '../errors.ts';
import { StoreError } from '../store-error.ts';
import type { Stores } from '../stores.ts';
import { header, requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { NO_FORM, parseForm } from '../transport/form.ts';
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
import { lookOf, pageAnswer, seeOther, styleAnswer } from './pages/page.ts';
import type { UserCodeGuesses } from './user-code-guesses.ts';
import { askedFor, failedAnswer, PageError, type AskedFor, type Visit } from './visit.ts';

/** What the pages are made of. */
export interface UserPagesParts {
  readonly stores: Pick<Stores, 'accounts' | 'sessions' | 'consents' | 'tokens' | 'polled' | 'audit'>;
  readonly passwords: PasswordVerification;
  readonly sessions: LoginSessions;
  readonly interactions: Interactions;
  /** What people are asked from other devices. */
  readonly requests: PendingRequests;
  readonly userCodes: UserCodes;
  readonly guesses: UserCodeGuesses;
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
  readonly #pages: ReadonlyMap<string, { readonly GET?: Handler; readonly POST?: Handler }>;

  constructor(private readonly parts: UserPagesParts) {
    const { stores, passwords, sessions, interactions, clock } = parts;
    const tokens = new FormTokens(parts.formKey);
    const login = new LoginPage(passwords, stores.accounts, sessions, tokens);
    const consent = new ConsentPage(sessions, stores.consents, interactions, tokens, clock);
    const account = new AccountPage(stores, passwords, sessions, parts.requests, tokens, clock);
    const approval = new ApprovalPage(sessions, parts.requests, interactions, tokens, clock);
    const logout = new LogoutPage(sessions, tokens);
    const { userCodes, guesses } = parts;
    const { polled, consents, audit } = stores;
    const device = new DevicePage({ sessions, polled, consents, audit, interactions, tokens, userCodes, guesses, clock });
    this.#pages = new Map<string, { readonly GET?: Handler; readonly POST?: Handler }>([
      ['', { GET: ({ look }) => seeOther(`${look.base}/account`) }],
      ['/login', { GET: (visit) => login.show(visit), POST: (visit) => login.submit(visit) }],
      ['/continue', { GET: goOn }],
      ['/consent', { GET: (visit) => consent.show(visit), POST: (visit) => consent.submit(visit) }],
      ['/approve', { GET: (visit) => approval.show(visit), POST: (visit) => approval.decide(visit) }],
      ['/device', { GET: (visit) => device.show(visit), POST: (visit) => device.enter(visit) }],
      ['/device/confirm', { GET: (visit) => device.ask(visit), POST: (visit) => device.decide(visit) }],
      ['/account', { GET: (visit) => account.show(visit) }],
      ['/account/applications', { POST: (visit) => account.removeApplication(visit) }],
      ['/account/sessions', { POST: (visit) => account.endSession(visit) }],
      ['/account/password', { POST: (visit) => account.changePassword(visit) }],
      ['/logout', { GET: (visit) => logout.show(visit), POST: (visit) => logout.submit(visit) }],
      ['/style.css', { GET: ({ settings }) => styleAnswer(settings) }],
    ]);
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
      const page = this.#pages.get(request.path.slice(base.length));
      if (page === undefined) throw new PageError(404, 'missing');
      const method = request.method === 'HEAD' ? 'GET' : request.method;
      const handler = method === 'GET' || method === 'POST' ? page[method] : undefined;
      if (handler === undefined) return failedAnswer(look(null), new PageError(405, 'missing'), ['Allow', allowed(page)]);
      if (method === 'POST' && isForeign(request, snapshot.node.baseUrl)) throw new PageError(403, 'foreign');
      const form = formOf(request, method === 'POST');
      asked = await askedFor(form, route, snapshot, this.parts.interactions);
      return await handler({ request, route, settings, look: look(asked), form, asked });
    } catch (error) {
      if (error instanceof PageError) return failedAnswer(look(asked), error, error.status === 503 ? RETRY : []);
      if (!(error instanceof StoreError) || error.code !== 'unavailable') throw error;
      this.parts.warn('the database does not answer', { path: request.path, error: error.message });
      return failedAnswer(look(asked), new PageError(503, 'busy'), RETRY);
    }
  }
}

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

function allowed(page: { readonly GET?: Handler; readonly POST?: Handler }): string {
  return [...(page.GET === undefined ? [] : ['GET', 'HEAD']), ...(page.POST === undefined ? [] : ['POST'])].join(', ');
}
