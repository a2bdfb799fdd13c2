import type { OAuthResponse } from '../transport/exchange.ts';
import { parameter } from '../transport/form.ts';
import type { FormTokens } from './form-tokens.ts';
import type { LoginSessions } from './login-sessions.ts';
import { html } from './pages/html.ts';
import { pageAnswer, seeOther } from './pages/page.ts';
import { form } from './pages/views.ts';
import { PageError, type Visit } from './visit.ts';

/** Where somebody signs out of this browser. */
export class LogoutPage {
  constructor(
    private readonly sessions: LoginSessions,
    private readonly tokens: FormTokens,
  ) {}

  async show({ request, route, look }: Visit): Promise<OAuthResponse> {
    const session = await this.sessions.find(request, route.profile);
    if (session === null) return seeOther(`${look.base}/login?signed_out=1`);
    const { signOut, signedInAs } = look.texts.account;
    const token = this.tokens.make(route.profile.id, 'logout', [session.cookie]);
    const button = html`<div class="actions"><button class="main">${signOut}</button></div>`;
    const content = html`<h1>${signOut}</h1>
      <p class="quiet">${signedInAs(session.username)}</p>
      ${form(look, '/logout', token, {}, button)}`;
    return pageAnswer(200, look, { title: signOut, content });
  }

  /** Goes on to sign in for what was asked before, where the person wants to be somebody else. */
  async submit({ request, route, look, form: sent, asked }: Visit): Promise<OAuthResponse> {
    const next = asked === null ? 'signed_out=1' : `interaction=${encodeURIComponent(asked.sealed)}`;
    const session = await this.sessions.find(request, route.profile);
    if (session === null) return seeOther(`${look.base}/login?${next}`);
    if (!this.tokens.isRight(parameter(sent, 'token') ?? '', route.profile.id, 'logout', [session.cookie]))
      throw new PageError(403, 'foreign');
    return seeOther(`${look.base}/login?${next}`, await this.sessions.end(route.profile, session));
  }
}
