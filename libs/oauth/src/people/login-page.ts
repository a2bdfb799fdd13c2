import { randomBytes } from 'node:crypto';
import { OAuthError } from '../errors.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import { parameter } from '../transport/form.ts';
import { contextsByUpstream, contextsOf, isOfUse } from './authentication-context.ts';
import { cookieOf, setCookie } from './cookies.ts';
import type { FormTokens } from './form-tokens.ts';
import type { LoginSessions } from './login-sessions.ts';
import type { PasswordVerification, VerifiedAccount } from './password-verification.ts';
import { loginView, type LoginProblem, type LoginView } from './pages/login-view.ts';
import { pageAnswer, seeOther } from './pages/page.ts';
import { UpstreamError } from './upstream/upstream-client.ts';
import type { UpstreamLogin, UpstreamProblem } from './upstream/upstream-login.ts';
import { PageError, type Visit } from './visit.ts';

const STATUS: Readonly<Record<LoginProblem, number>> = { wrong: 403, incomplete: 400, stale: 403, busy: 503 };
/** Of the others it is 403. */
const UPSTREAM_STATUS: Readonly<Partial<Record<UpstreamProblem, number>>> = { unavailable: 503, invalid: 502 };

/** What the page says, beside what it always does. */
interface Shown {
  readonly problem?: LoginProblem;
  readonly trouble?: string;
  readonly said?: LoginView['said'];
  readonly username?: string;
  readonly status?: number;
}

/** Where somebody signs in: by a password, or by another provider. */
export class LoginPage {
  constructor(
    private readonly passwords: PasswordVerification,
    private readonly sessions: LoginSessions,
    private readonly tokens: FormTokens,
    private readonly upstream: UpstreamLogin,
  ) {}

  /** Where there is one provider and nothing else, it goes straight there; but not after signing out, or nobody could. */
  async show(visit: Visit): Promise<OAuthResponse> {
    const isOver = parameter(visit.form, 'signed_out') !== undefined;
    const { passwords, upstreams } = this.#ways(visit);
    const [only, ...others] = passwords ? [] : upstreams;
    if (only !== undefined && others.length === 0 && !isOver)
      return this.#begun(visit, only, ({ location, headers }) => seeOther(location, headers));
    const isKnown = (await this.sessions.find(visit.request, visit.route.profile)) !== null;
    const said = isOver ? 'signedOut' : isKnown ? 'again' : null;
    return this.#page(visit, { said, username: visit.asked?.interaction.parameters['login_hint'] ?? '' });
  }

  /** A form of ours is one that this browser was given: else somebody could sign others in to an account of their own. */
  async submit(visit: Visit): Promise<OAuthResponse> {
    const { request, form, asked, look } = visit;
    const { profile } = visit.route;
    if (!visit.settings.passwords) throw new PageError(404, 'missing');
    const username = parameter(form, 'username') ?? '';
    if (!this.#isOurs(visit)) return this.#page(visit, { problem: 'stale', username });
    const verified = await this.#passwordOf(visit, username);
    if (typeof verified === 'string') return this.#page(visit, { problem: verified, username });
    const cookie = await this.sessions.begin(request, profile, verified, visit.settings);
    if (cookie === null) return this.#page(visit, { problem: 'wrong', username });
    await this.passwords.renew(verified, parameter(form, 'password') ?? '');
    const next = asked === null ? `${look.base}/account` : `${look.base}/continue?interaction=${encodeURIComponent(asked.sealed)}`;
    return seeOther(next, [...cookie, ...setCookie(profile, 'form', null)]);
  }

  /** Goes on to another provider. */
  async submitUpstream(visit: Visit): Promise<OAuthResponse> {
    const chosen = this.upstream.offered(visit).find(({ name }) => name === parameter(visit.form, 'provider'));
    if (chosen === undefined) throw new PageError(404, 'missing');
    if (!this.#isOurs(visit)) return this.#page(visit, { problem: 'stale' });
    return this.#begun(visit, chosen, (going) => this.upstream.onward(visit, going));
  }

  /** Comes back from another provider. */
  async answered(visit: Visit, provider: string): Promise<OAuthResponse> {
    const outcome = await this.upstream.answered(visit, provider);
    return 'response' in outcome ? outcome.response : this.#upstreamTrouble(outcome.visit, outcome.provider, outcome.problem);
  }

  /**
   * The ways to sign in that are of use for what the client insists on. All of them where none is: the authorize endpoint tells the client.
   * They are left out here for the person's sake alone; what a way is worth is decided when they have come by it.
   */
  #ways(visit: Visit): Pick<LoginView, 'passwords' | 'upstreams'> {
    const all = { passwords: visit.settings.passwords, upstreams: this.upstream.offered(visit) };
    const { profile, upstreams } = visit.route.profile;
    const isWorth = (contexts: readonly string[]) => isOfUse(contexts, visit.asked?.interaction.contexts, profile);
    const passwords = all.passwords && isWorth([contextsOf(profile).password]);
    const left = all.upstreams.filter(({ name }) => {
      const settings = upstreams.get(name)?.settings;
      return settings !== undefined && isWorth(contextsByUpstream(settings));
    });
    return passwords || left.length > 0 ? { passwords, upstreams: left } : all;
  }

  async #begun(
    visit: Visit,
    { name, text }: { readonly name: string; readonly text: string },
    go: (going: Awaited<ReturnType<UpstreamLogin['begin']>>) => OAuthResponse,
  ): Promise<OAuthResponse> {
    try {
      return go(await this.upstream.begin(visit, name, null));
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      return this.#upstreamTrouble(visit, text, error.failure);
    }
  }

  #upstreamTrouble(visit: Visit, provider: string, problem: UpstreamProblem): OAuthResponse {
    return this.#page(visit, { trouble: visit.look.texts.upstream[problem](provider), status: UPSTREAM_STATUS[problem] ?? 403 });
  }

  #isOurs({ request, route, form }: Visit): boolean {
    const browser = cookieOf(request, route.profile, 'form');
    return browser !== null && this.tokens.isRight(parameter(form, 'token') ?? '', route.profile.id, 'login', [browser]);
  }

  async #passwordOf({ request, route, form }: Visit, username: string): Promise<VerifiedAccount | LoginProblem> {
    const password = parameter(form, 'password');
    if (username === '' || password === undefined) return 'incomplete';
    try {
      return (await this.passwords.verify(route.profile.id, username, password, request.clientIpAddress)) ?? 'wrong';
    } catch (error) {
      if (error instanceof OAuthError && error.retryAfter !== undefined) return 'busy';
      throw error;
    }
  }

  #page(visit: Visit, shown: Shown): OAuthResponse {
    const { request, route, asked, look } = visit;
    const { problem = null, trouble = null, said = null, username = '' } = shown;
    const known = cookieOf(request, route.profile, 'form');
    const browser = known ?? randomBytes(32).toString('base64url');
    const token = this.tokens.make(route.profile.id, 'login', [browser]);
    const view = {
      ...{ token, problem, trouble, said },
      interaction: asked?.sealed ?? null,
      client: asked?.client ?? null,
      username: username.slice(0, 128),
      ...this.#ways(visit),
    };
    const status = shown.status ?? (problem === null ? 200 : STATUS[problem]);
    const headers = [...(known === null ? setCookie(route.profile, 'form', browser) : []), ...(status === 503 ? ['Retry-After', '2'] : [])];
    return pageAnswer(status, look, loginView(look, view), headers);
  }
}
