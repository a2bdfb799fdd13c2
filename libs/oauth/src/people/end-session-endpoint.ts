import { errorPage } from '../authorize/authorization-response.ts';
import { isSameRedirectUri } from '../authorize/redirect-uri.ts';
import type { ProfileSnapshot, Route, Snapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { readIdTokenHint } from '../issuance/id-token-hint.ts';
import { header, requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { parameter, parseForm, type Form } from '../transport/form.ts';
import { isForeign, type FormTokens } from './form-tokens.ts';
import type { LoginSessions, OwnSession } from './login-sessions.ts';
import { html } from './pages/html.ts';
import { chooseLocale } from './pages/locale.ts';
import { lookOf, pageAnswer, seeOther, type Look } from './pages/page.ts';

/** A request to sign somebody out, as far as it can be believed. */
interface LogoutRequest {
  /** Whether the client has shown that it knows of a session. */
  readonly knows: (session: string) => boolean;
  /** Where the person goes afterwards; null to stay here. */
  readonly next: string | null;
}

/** Passed on by the form that asks the person. */
const PASSED_ON = ['client_id', 'id_token_hint', 'post_logout_redirect_uri', 'state', 'ui_locales'] as const;

/**
 * OpenID Connect RP-Initiated Logout: a client sends a person here to sign out. A client that shows an id token of this very session
 * is believed; else the person is asked, for anybody can send somebody here.
 */
export class EndSessionEndpoint {
  constructor(
    private readonly sessions: LoginSessions,
    private readonly tokens: FormTokens,
  ) {}

  async handle(request: OAuthRequest, route: Route, snapshot: Snapshot): Promise<OAuthResponse> {
    const { profile } = route;
    try {
      const form = formOf(request);
      const asked = await logoutRequest(form, profile);
      const session = await this.sessions.find(request, profile);
      const look = lookAt(request, form, profile, snapshot);
      if (session === null) return gone(asked, look);
      if (!asked.knows(session.id) && !this.#isConfirmed(request, form, session, route, snapshot))
        return this.#ask(form, session, route, look);
      return gone(asked, look, await this.sessions.end(profile, session));
    } catch (error) {
      if (error instanceof OAuthError && error.allow === undefined) return errorPage(error);
      throw error;
    }
  }

  #isConfirmed(request: OAuthRequest, form: Form, session: OwnSession, { profile }: Route, snapshot: Snapshot): boolean {
    if (request.method !== 'POST' || isForeign(request, snapshot.node.baseUrl)) return false;
    return this.tokens.isRight(parameter(form, 'token') ?? '', profile.id, 'logout', [session.cookie]);
  }

  #ask(form: Form, session: OwnSession, { profile, endpoint }: Route, look: Look | null): OAuthResponse {
    if (look === null) throw new OAuthError('temporarily_unavailable', 'There are no pages here to sign out on.');
    const { signOut, signedInAs } = look.texts.account;
    const token = this.tokens.make(profile.id, 'logout', [session.cookie]);
    const passedOn = PASSED_ON.flatMap((name) => {
      const value = parameter(form, name);
      return value === undefined ? [] : [html`<input type="hidden" name="${name}" value="${value}" />`];
    });
    const content = html`<h1>${signOut}</h1>
      <p class="quiet">${signedInAs(session.username)}</p>
      <form method="post" action="${endpoint.path}">
        <input type="hidden" name="token" value="${token}" />${passedOn}
        <div class="actions"><button class="main">${signOut}</button></div>
      </form>`;
    return pageAnswer(200, look, { title: signOut, content });
  }
}

/** GET and POST, section 2. */
function formOf(request: OAuthRequest): Form {
  if (request.method === 'GET' || request.method === 'HEAD') return parseForm(request.query);
  if (request.method !== 'POST')
    throw new OAuthError('invalid_request', 'Use the GET or POST method.', { status: 405, allow: 'GET, HEAD, POST' });
  requireFormPost(request);
  return parseForm(request.body);
}

/** @throws OAuthError for the person's eyes: nobody is sent where nobody is known to want them */
async function logoutRequest(form: Form, profile: ProfileSnapshot): Promise<LogoutRequest> {
  const hint = parameter(form, 'id_token_hint');
  const shown = hint === undefined ? null : await readIdTokenHint(hint, profile);
  const named = parameter(form, 'client_id');
  if (shown !== null && named !== undefined && named !== shown.client)
    throw new OAuthError('invalid_request', 'The id token is of another application.');
  const id = shown?.client ?? named;
  const client = id === undefined ? undefined : await profile.findClient(id);
  const uri = parameter(form, 'post_logout_redirect_uri');
  const registered = client?.client.authorizationCode?.postLogoutRedirectUris ?? [];
  if (uri !== undefined && !registered.some((one) => isSameRedirectUri(one, uri)))
    throw new OAuthError('invalid_request', 'The post_logout_redirect_uri is not one of the application.');
  const state = parameter(form, 'state');
  const query = state === undefined ? '' : `${uri?.includes('?') === true ? '&' : '?'}${new URLSearchParams({ state }).toString()}`;
  const sid = shown?.session ?? null;
  const knows = (session: string) =>
    sid !== null && (sid === session || (client !== undefined && sid === profile.sessionFor(client, session)));
  return { knows, next: uri === undefined ? null : uri + query };
}

/** How the profile's pages look to this person; null where it has none. */
function lookAt(request: OAuthRequest, form: Form, profile: ProfileSnapshot, snapshot: Snapshot): Look | null {
  for (const { endpoint, profile: of } of snapshot.routes.values()) {
    if (of.id !== profile.id || endpoint.userPages === null || !endpoint.advertised) continue;
    const locale = chooseLocale(endpoint.userPages.locales, parameter(form, 'ui_locales'), header(request, 'accept-language'));
    return lookOf(endpoint.userPages, endpoint.path, locale);
  }
  return null;
}

/** Nobody is signed in any more: back to the client, or to the page that says so. */
function gone({ next }: LogoutRequest, look: Look | null, headers: readonly string[] = []): OAuthResponse {
  if (next !== null && look !== null && headers.length > 0) return onward(next, look, headers);
  if (next !== null) return seeOther(next, headers);
  if (look === null) throw new OAuthError('invalid_request', 'Nobody is signed in here.');
  return seeOther(`${look.base}/login?signed_out=1`, headers);
}

/** Forms may lead to our own pages alone, redirects included: on to a client it goes by a link. */
function onward(next: string, look: Look, headers: readonly string[]): OAuthResponse {
  const { going } = look.texts;
  const content = html`<h1>${going.title}</h1>
    <p>${going.text}</p>
    <p><a class="button main" href="${next}">${going.link}</a></p>`;
  return pageAnswer(200, look, { title: going.title, content, next }, headers);
}
