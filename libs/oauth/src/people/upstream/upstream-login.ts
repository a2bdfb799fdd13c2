import { hash, randomBytes } from 'node:crypto';
import { BY_UPSTREAM, type UpstreamProvider } from '../../configuration/upstream-settings.ts';
import type { PageLocale } from '../../configuration/endpoint-settings.ts';
import type { SingleUses } from '../../single-uses.ts';
import type { OAuthResponse } from '../../transport/exchange.ts';
import { parameter, type Form } from '../../transport/form.ts';
import { cookieOf, setCookie } from '../cookies.ts';
import type { LoginSessions } from '../login-sessions.ts';
import { html } from '../pages/html.ts';
import { pageAnswer, seeOther } from '../pages/page.ts';
import { PageError, stillAsked, type Visit } from '../visit.ts';
import type { UpstreamAccounts } from './upstream-accounts.ts';
import { UpstreamError, type OpenedUpstream, type UpstreamClaims, type UpstreamClient } from './upstream-client.ts';
import type { UpstreamFailures } from './upstream-failures.ts';
import { identityOf, isAllowed, type UpstreamIdentity } from './upstream-identity.ts';
import { endOf, type UpstreamState, type UpstreamStates } from './upstream-states.ts';
import type { Interactions } from '../interaction.ts';

/** Seconds by which the provider's clock may be behind where somebody has to have signed in anew. */
const CLOCK_TOLERANCE = 60;
/** What an answer consists of; the rest of what a provider sends is left behind. RFC 6749 section 4.1.2, RFC 9207. */
const ANSWER = ['state', 'code', 'iss', 'error', 'session_state'] as const;
/** What becomes of an attempt whose state no provider would take back. Characters. */
const LONGEST_STATE = 6000;

/** Why nobody is signed in, in the terms of the texts of pages. */
export type UpstreamProblem = 'unavailable' | 'denied' | 'invalid' | 'notAllowed' | 'unknown' | 'notRecent';

/** What became of an answer: a response, or what the login page has to say, with the visit it goes on with. */
export type UpstreamOutcome =
  { readonly response: OAuthResponse } | { readonly problem: UpstreamProblem; readonly provider: string; readonly visit: Visit };

export interface UpstreamLoginParts {
  /** Null where none can be asked. */
  readonly client: UpstreamClient | null;
  readonly accounts: UpstreamAccounts;
  readonly sessions: LoginSessions;
  readonly interactions: Interactions;
  readonly states: UpstreamStates;
  readonly uses: SingleUses;
  readonly failures: UpstreamFailures;
  readonly clock: () => number;
}

/** Signs people in by other OpenID providers: sends the browser there, and makes a session of what it comes back with. */
export class UpstreamLogin {
  constructor(private readonly parts: UpstreamLoginParts) {}

  /** Those by which people sign in here, with what they are called. */
  offered({ route, look }: Visit): readonly { readonly name: string; readonly text: string }[] {
    if (this.parts.client === null) return [];
    return [...route.profile.upstreams.values()].map((upstream) => ({ name: upstream.name, text: nameOf(upstream, look.locale) }));
  }

  /**
   * Where the browser goes to sign in, or to be linked to the account of a session.
   *
   * @param linkTo id of the session
   * @returns the headers that have the browser be known again
   * @throws PageError, UpstreamError
   */
  async begin(
    visit: Visit,
    provider: string,
    linkTo: string | null,
  ): Promise<{ readonly location: string; readonly headers: readonly string[] }> {
    const { client, states, clock } = this.parts;
    const { profile } = visit.route;
    const upstream = this.#upstream(visit, provider);
    if (client === null) throw new PageError(404, 'missing');
    const known = cookieOf(visit.request, profile, 'upstream');
    const cookie = known ?? randomBytes(32).toString('base64url');
    const interaction = visit.asked?.interaction ?? null;
    // Whoever is signed in and is sent here all the same has to do it anew: the old way was not enough.
    const isAgain = interaction !== null && (await this.parts.sessions.find(visit.request, profile)) !== null;
    const since = interaction?.loginSince ?? (isAgain ? interaction.at : null);
    const state = states.begin({ profile: profile.id, provider, interaction, since, linkTo }, cookie);
    const sealed = states.seal(state);
    if (sealed.length > LONGEST_STATE) throw new UpstreamError('invalid', 'the request of the client is too long to go along');
    const parameters = interaction?.parameters ?? {};
    const { settings } = upstream;
    const location = await this.#asked(upstream, () =>
      client.authorizationUrl(upstream, {
        ...this.#attempt(visit, state, sealed, cookie),
        prompt: settings.prompt ?? promptOf(parameters['prompt']) ?? (isAgain ? 'login' : null),
        maxAge: since === null ? null : Math.max(0, clock() - since),
        acrValues: acrValuesOf(settings, interaction?.contexts?.names ?? []),
        loginHint: settings.loginHint ? (parameters['login_hint'] ?? null) : null,
        uiLocales: visit.look.locale,
      }),
    );
    return { location, headers: known === null ? setCookie(profile, 'upstream', cookie) : [] };
  }

  /** What a form began goes on by a link: see the policy of pages. */
  onward({ look }: Visit, { location, headers }: { readonly location: string; readonly headers: readonly string[] }): OAuthResponse {
    const { going } = look.texts;
    const content = html`<h1>${going.title}</h1>
      <p>${going.text}</p>
      <p><a class="button main" href="${location}">${going.link}</a></p>`;
    return pageAnswer(200, look, { title: going.title, content, next: location }, headers);
  }

  /** An answer that was posted comes from another site, where browsers leave our cookies out: it is read once they send them along. */
  posted({ request, form }: Visit): OAuthResponse {
    return seeOther(`${request.path}?${answerOf(form)}`);
  }

  /** @throws PageError for an answer that this browser has not asked for, or that was used */
  async answered(visit: Visit, provider: string): Promise<UpstreamOutcome> {
    const { client, states, uses, interactions } = this.parts;
    const { form, route } = visit;
    const { profile } = route;
    const upstream = this.#upstream(visit, provider);
    const sealed = parameter(form, 'state') ?? '';
    const state = states.open(sealed, profile.id, provider);
    if (client === null || state === null) throw new PageError(400, 'expired');
    const cookie = cookieOf(visit.request, profile, 'upstream');
    if (cookie === null || !states.isOf(state, cookie)) throw new PageError(403, 'foreign');
    const use = {
      profile: profile.id,
      kind: 'upstream-answer',
      hash: hash('sha256', state.id, 'buffer'),
      expiresAt: endOf(state),
    } as const;
    if (!(await uses.isFirst(use))) throw new PageError(400, 'expired');
    const { interaction } = state;
    const asked = interaction === null ? null : await stillAsked(interaction, interactions.seal(interaction), route, visit.snapshot);
    const going = { ...visit, asked };
    try {
      const attempt = this.#attempt(visit, state, sealed, cookie);
      const claims = await this.#asked(upstream, () => client.claims(upstream, attempt, answerOf(form)));
      const result = await this.#signedIn(going, upstream, state, claims);
      if (typeof result !== 'string') return { response: result };
      this.parts.failures.record(profile.id, provider, REASONS[result], visit.request.clientIpAddress);
      return failed(going, upstream, state, result);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      return failed(going, upstream, state, error.failure);
    }
  }

  async #signedIn(
    visit: Visit,
    upstream: OpenedUpstream,
    state: UpstreamState,
    claims: UpstreamClaims,
  ): Promise<OAuthResponse | UpstreamProblem> {
    const { accounts, sessions } = this.parts;
    const { request, route, settings, look, asked } = visit;
    const identity = identityOf(upstream.name, upstream.settings, claims, BY_UPSTREAM);
    if (identity === null) return 'invalid';
    if (!isAllowed(upstream.settings, claims)) return 'notAllowed';
    if (state.linkTo !== null) return this.#linked(visit, upstream, identity, state.linkTo);
    const at = this.#authenticatedAt(identity, state.since);
    if (at === null) return 'notRecent';
    const link = await accounts.linkOf(upstream, identity);
    if (link === null) return 'unknown';
    const { acr, amr, attributes } = identity;
    const how = { acr, amr, authenticatedAt: at };
    const cookie = await sessions.beginLinked(request, route.profile, link, { ...link, attributes }, how, settings);
    if (cookie === null) return 'unknown';
    const next = asked === null ? `${look.base}/account` : `${look.base}/continue?interaction=${encodeURIComponent(asked.sealed)}`;
    return seeOther(next, [...cookie, ...setCookie(route.profile, 'form', null)]);
  }

  /** Only the session that has asked for it is linked, and only while it goes on. */
  async #linked(visit: Visit, upstream: OpenedUpstream, identity: UpstreamIdentity, linkTo: string): Promise<OAuthResponse> {
    const session = await this.parts.sessions.find(visit.request, visit.route.profile);
    if (session?.id !== linkTo) throw new PageError(400, 'expired');
    const isLinked = await this.parts.accounts.link(upstream, identity, session.subject, 'person');
    return seeOther(`${visit.look.base}/account?done=${isLinked ? 'linked' : 'link-taken'}`);
  }

  /**
   * When somebody has shown who they are. Where a client wants it to be recent, the provider has to say so; elsewhere a provider that does
   * not say it is taken to mean now. Null for too long ago. OpenID Connect Core section 3.1.2.1 (`max_age`).
   */
  #authenticatedAt({ authenticatedAt }: UpstreamIdentity, since: number | null): number | null {
    const now = this.parts.clock();
    if (since === null) return Math.min(now, authenticatedAt ?? now);
    if (authenticatedAt === null || authenticatedAt < since - CLOCK_TOLERANCE) return null;
    return Math.min(now, Math.max(authenticatedAt, since));
  }

  #attempt({ route, look }: Visit, state: UpstreamState, sealed: string, cookie: string) {
    const redirectUri = `${route.profile.baseUrl}${look.base}/upstream/${state.provider}/callback`;
    return { redirectUri, state: sealed, ...this.parts.states.secretsOf(state, cookie) };
  }

  /** Asks the provider, and notes it where that fails. */
  async #asked<T>({ profile, name }: OpenedUpstream, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      if (error.failure === 'unavailable') this.parts.failures.recordUnavailable(profile, name, error.message);
      else this.parts.failures.record(profile, name, error.message, null);
      throw error;
    }
  }

  #upstream({ route }: Visit, provider: string): OpenedUpstream {
    const upstream = route.profile.upstreams.get(provider);
    if (upstream === undefined) throw new PageError(404, 'missing');
    return upstream;
  }
}

const REASONS: Readonly<Record<UpstreamProblem, string>> = {
  unavailable: 'the provider does not answer',
  denied: 'the provider says that nobody has signed in',
  invalid: 'the id token has no usable subject, or too much',
  notAllowed: 'the settings let this person not in: allowedEmailDomains, requiredClaims',
  unknown: 'no enabled account is linked to this person',
  notRecent: 'the client wants a recent sign-in, and the provider tells of none (auth_time)',
};

/** Whoever is signed in and wanted to be linked stays where they are. */
function failed(visit: Visit, upstream: OpenedUpstream, { linkTo }: UpstreamState, problem: UpstreamProblem): UpstreamOutcome {
  if (linkTo !== null) return { response: seeOther(`${visit.look.base}/account?done=link-failed`) };
  return { problem, provider: nameOf(upstream, visit.look.locale), visit };
}

/** What a provider is called in a language. */
export function nameOf({ settings }: OpenedUpstream, locale: PageLocale): string {
  return settings.displayNames[locale] ?? settings.displayName;
}

/** What a client asks of a sign-in is asked there as well; consent is asked here. */
function promptOf(prompt: string | undefined): string | null {
  const passed = (prompt ?? '').split(' ').filter((one) => one === 'login' || one === 'select_account');
  return passed.length === 0 ? null : passed.join(' ');
}

/** What a client wants, by what the provider calls it, before what the settings want. */
function acrValuesOf({ acr, acrValues }: UpstreamProvider, wanted: readonly string[]): readonly string[] {
  const named = wanted.flatMap((one) => Object.entries(acr).flatMap(([theirs, ours]) => (ours === one ? [theirs] : [])));
  return [...new Set([...named, ...acrValues])];
}

function answerOf(form: Form): string {
  const query = new URLSearchParams();
  for (const name of ANSWER) {
    const value = parameter(form, name);
    if (value !== undefined) query.set(name, value);
  }
  return query.toString();
}
