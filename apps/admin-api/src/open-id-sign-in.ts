import type { FastifyRequest } from 'fastify';
import { UpstreamError, type OpenedUpstream, type UpstreamClient } from '#libs/oauth';
import type { AdminServices } from './admin-services.ts';
import type { AdminSessions } from './admin-sessions.ts';
import { personOf } from './open-id-people.ts';
import { forgottenAttempt, OpenIdStates, type OpenIdState } from './open-id-states.ts';
import type { SignInWays } from './session-answers.ts';

/** Where the browser begins, and where the provider sends it back to. */
export const OPEN_ID_PATH = '/admin/v1/session/openid';
export const OPEN_ID_CALLBACK = `${OPEN_ID_PATH}/callback`;

/** Seconds by which the clock of a provider may differ. */
const CLOCK_TOLERANCE = 60;
/** What an answer consists of. RFC 6749 section 4.1.2, RFC 9207. */
const ANSWER = ['state', 'code', 'iss', 'error', 'session_state'] as const;

/** An OpenID provider by which administrators sign in. */
export interface OpenIdLogin {
  readonly client: UpstreamClient;
  readonly upstream: OpenedUpstream;
  /** The claim with the roles. */
  readonly roleClaim: string;
  /** Where browsers reach the admin API, without a path. */
  readonly baseUrl: string;
  /** Of sessions, and of the sign-in at the provider. Seconds. */
  readonly lifetime: number;
}

/** Why nobody is signed in, as the page hears it. `expired`: another browser, too late or twice. `not-allowed`: no role. */
export type OpenIdFailure = 'expired' | 'denied' | 'unavailable' | 'invalid' | 'not-allowed' | 'not-recent';

/** Where the browser goes, and what it is to hold. */
export interface Going {
  readonly location: string;
  readonly cookies: readonly string[];
}

/** Signs administrators in by an OpenID provider: the code flow with PKCE and a nonce. OpenID Connect Core section 3.1. */
export class OpenIdSignIn {
  readonly #states: OpenIdStates;

  constructor(
    private readonly services: Pick<AdminServices, 'stores' | 'sealer' | 'clock' | 'log'>,
    private readonly sessions: AdminSessions,
    private readonly login: OpenIdLogin | null,
  ) {
    this.#states = new OpenIdStates(services.sealer, services.stores.uses, services.clock);
  }

  /** Whether people may come by a provider. */
  get isOffered(): boolean {
    return this.login !== null;
  }

  get ways(): SignInWays {
    if (this.login === null) return [{ way: 'token' }];
    return [{ way: 'token' }, { way: 'openid-connect', path: OPEN_ID_PATH, provider: new URL(this.login.upstream.settings.issuer).host }];
  }

  /** Null where there is no provider. */
  async begin(returnTo: string, request: FastifyRequest): Promise<Going | null> {
    const { login } = this;
    if (login === null) return null;
    const { state, setCookie } = this.#states.begin(returnTo);
    const asked = { prompt: null, maxAge: login.lifetime, acrValues: [], loginHint: null, uiLocales: null };
    try {
      const location = await login.client.authorizationUrl(login.upstream, { ...this.#attempt(login, state), ...asked });
      return { location, cookies: [setCookie] };
    } catch (error) {
      return this.#failed(...failureOf(error), request);
    }
  }

  /** Null where there is no provider. */
  async answered(query: Readonly<Record<string, unknown>>, request: FastifyRequest): Promise<Going | null> {
    const { login } = this;
    if (login === null) return null;
    const given = query['state'];
    const state = await this.#states.take(request.headers.cookie, typeof given === 'string' ? given : '');
    if (state === null) return this.#failed('expired', 'the answer is not of an attempt of this browser, too late, or was used', request);
    try {
      const claims = await login.client.claims(login.upstream, this.#attempt(login, state), answerOf(query));
      const { auth_time: at } = claims.idToken;
      if (typeof at === 'number' && at < this.services.clock() - login.lifetime - CLOCK_TOLERANCE)
        return this.#failed('not-recent', 'the sign-in at the provider is older than was asked for', request);
      const person = personOf(claims, login.roleClaim);
      if (person === null) return this.#failed('not-allowed', `the claim "${login.roleClaim}" has none of our roles`, request);
      const who = { administrator: person.id, name: person.name, role: person.role, tokenHash: null, lifetime: login.lifetime };
      const { setCookie } = await this.sessions.begin(who, request);
      return { location: state.returnTo, cookies: [setCookie, forgottenAttempt()] };
    } catch (error) {
      return this.#failed(...failureOf(error), request);
    }
  }

  #attempt({ baseUrl }: OpenIdLogin, { state, nonce, codeVerifier }: OpenIdState) {
    return { redirectUri: `${baseUrl}${OPEN_ID_CALLBACK}`, state, nonce, codeVerifier };
  }

  #failed(failure: OpenIdFailure, reason: string, request: FastifyRequest): Going {
    this.services.log.warn(
      { failure, reason, address: request.ip, request: request.id },
      'nobody was signed in to the pages of the admin API by OpenID Connect',
    );
    return { location: `/?sign-in-error=${failure}`, cookies: [forgottenAttempt()] };
  }
}

/** @throws what is no failure of the provider */
function failureOf(error: unknown): readonly [OpenIdFailure, string] {
  if (error instanceof UpstreamError) return [error.failure, error.message];
  throw error;
}

function answerOf(query: Readonly<Record<string, unknown>>): string {
  const answer = new URLSearchParams();
  for (const name of ANSWER) {
    const value = query[name];
    if (typeof value === 'string') answer.set(name, value);
  }
  return answer.toString();
}
