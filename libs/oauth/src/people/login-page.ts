import { randomBytes } from 'node:crypto';
import { OAuthError } from '../errors.ts';
import type { AccountStore } from '../people-stores.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import { parameter } from '../transport/form.ts';
import { cookieOf, setCookie } from './cookies.ts';
import type { FormTokens } from './form-tokens.ts';
import type { LoginSessions } from './login-sessions.ts';
import { hashPassword, isForeignHash } from './password.ts';
import type { PasswordVerification, VerifiedAccount } from './password-verification.ts';
import { loginView, type LoginProblem } from './pages/login-view.ts';
import { pageAnswer, seeOther } from './pages/page.ts';
import type { Visit } from './visit.ts';

const STATUS: Readonly<Record<LoginProblem, number>> = { wrong: 403, incomplete: 400, stale: 403, busy: 503 };

/** Where somebody signs in: by a password, for now. Other ways to prove who one is have their place beside `#passwordOf`. */
export class LoginPage {
  constructor(
    private readonly passwords: PasswordVerification,
    private readonly accounts: AccountStore,
    private readonly sessions: LoginSessions,
    private readonly tokens: FormTokens,
  ) {}

  async show(visit: Visit): Promise<OAuthResponse> {
    const isKnown = (await this.sessions.find(visit.request, visit.route.profile)) !== null;
    const said = parameter(visit.form, 'signed_out') !== undefined ? 'signedOut' : isKnown ? 'again' : null;
    return this.#page(visit, null, said, visit.asked?.interaction.parameters['login_hint'] ?? '');
  }

  /** A form of ours is one that this browser was given: else somebody could sign others in to an account of their own. */
  async submit(visit: Visit): Promise<OAuthResponse> {
    const { request, form, asked, look } = visit;
    const { profile } = visit.route;
    const username = parameter(form, 'username') ?? '';
    const browser = cookieOf(request, profile, 'form');
    if (browser === null || !this.tokens.isRight(parameter(form, 'token') ?? '', profile.id, 'login', [browser]))
      return this.#page(visit, 'stale', null, username);
    const verified = await this.#passwordOf(visit, username);
    if (typeof verified === 'string') return this.#page(visit, verified, null, username);
    const cookie = await this.sessions.begin(request, profile, verified, visit.settings);
    if (cookie === null) return this.#page(visit, 'wrong', null, username);
    await this.#renew(verified, parameter(form, 'password') ?? '');
    const next = asked === null ? `${look.base}/account` : `${look.base}/continue?interaction=${encodeURIComponent(asked.sealed)}`;
    return seeOther(next, [...cookie, ...setCookie(profile, 'form', null)]);
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

  /** Hashes that came from elsewhere become our own as soon as their password is known. */
  async #renew({ profile, id, passwordHash }: VerifiedAccount, password: string): Promise<void> {
    if (isForeignHash(passwordHash)) await this.accounts.rehash(profile, id, passwordHash, await hashPassword(password));
  }

  #page(visit: Visit, problem: LoginProblem | null, said: 'signedOut' | 'again' | null, username: string): OAuthResponse {
    const { request, route, asked, look } = visit;
    const known = cookieOf(request, route.profile, 'form');
    const browser = known ?? randomBytes(32).toString('base64url');
    const token = this.tokens.make(route.profile.id, 'login', [browser]);
    const view = {
      token,
      interaction: asked?.sealed ?? null,
      client: asked?.client ?? null,
      username: username.slice(0, 128),
      problem,
      said,
    };
    const headers = [
      ...(known === null ? setCookie(route.profile, 'form', browser) : []),
      ...(problem === 'busy' ? ['Retry-After', '2'] : []),
    ];
    return pageAnswer(problem === null ? 200 : STATUS[problem], look, loginView(look, view), headers);
  }
}
