import { createHash, randomBytes } from 'node:crypto';
import { put, type Change } from '../configuration/configuration.ts';
import { PROFILE_CAPABILITIES, type Client } from '../configuration/entities.ts';
import type { Interaction } from '../people/interaction.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import { aSession } from './people-of-a-spec.ts';
import { aRequest, BASE_URL, clientOf, endpointOf, headerOf, PROFILE, profileOf, SECRET, ServiceUnderTest } from './service-builder.ts';

export const AUTHORIZE = '/authorize';
export const PUSHED = '/par';
export const CALLBACK = 'https://app.example/callback';
const verifier = randomBytes(32).toString('base64url');
export const challenge = createHash('sha256').update(verifier).digest('base64url');
export const SETTINGS = {
  redirectUris: [CALLBACK],
  postLogoutRedirectUris: [],
  webOrigins: [],
  consent: false,
  pushedRequestsOnly: false,
  signedRequestsOnly: false,
};
const SCOPES = { openid: {}, read: {}, write: {} };

/** A client that people sign in to, at an authorize endpoint, with alice signed in. */
export class Application {
  private constructor(readonly world: ServiceUnderTest) {}

  static async open(client: Partial<Client> = {}, changes: readonly Change[] = []): Promise<Application> {
    const capabilities = ['authorization-code', 'refresh-token', 'introspection'] as const;
    const world = await ServiceUnderTest.open([
      put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES, scopes: SCOPES })),
      put('client', clientOf('app', { capabilities, scopes: Object.keys(SCOPES), authorizationCode: SETTINGS, ...client })),
      put('endpoint', endpointOf('oauth-authorize', AUTHORIZE)),
      put('endpoint', endpointOf('oauth-pushed-authorization', PUSHED)),
      ...changes,
    ]);
    world.people.signedIn = aSession(world.now);
    return new Application(world);
  }

  authorize(parameters: Readonly<Record<string, string | null>> = {}): Promise<OAuthResponse> {
    const all: Record<string, string | null> = {
      ...{ client_id: 'app', redirect_uri: CALLBACK, response_type: 'code', scope: 'read', state: 'a state' },
      ...{ code_challenge: challenge, code_challenge_method: 'S256' },
      ...parameters,
    };
    const given = Object.entries(all).flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]]));
    return this.get(new URLSearchParams(given).toString());
  }

  get(query: string, headers: Readonly<Record<string, string>> = {}): Promise<OAuthResponse> {
    return this.world.handle({ ...aRequest(AUTHORIZE, ''), method: 'GET', query, headers });
  }

  /** The code that the person brings back. */
  async code(parameters: Readonly<Record<string, string | null>> = {}): Promise<string> {
    const code = returned(await this.authorize(parameters)).get('code');
    if (code === null) throw new Error('no code');
    return code;
  }

  redeem(code: string, form: Readonly<Record<string, string>> = {}, client = 'app'): Promise<OAuthResponse> {
    return this.world.tokenRequest(
      { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: verifier, ...form },
      client,
    );
  }

  push(form: Readonly<Record<string, string>> = {}, client = 'app'): Promise<OAuthResponse> {
    return this.world.post(PUSHED, {
      ...{ client_id: client, client_secret: SECRET, redirect_uri: CALLBACK, response_type: 'code', scope: 'read', state: 'pushed' },
      ...{ code_challenge: challenge, code_challenge_method: 'S256', ...form },
    });
  }

  /** The page that is shown, and what it is told. */
  async asked(response: OAuthResponse): Promise<{ readonly page: string; readonly interaction: Interaction }> {
    const url = new URL(headerOf(response, 'Location') ?? '', BASE_URL);
    const interaction = this.world.interactions.open(url.searchParams.get('interaction') ?? '', PROFILE);
    if (interaction === null) throw new Error('no interaction');
    return { page: url.pathname, interaction };
  }

  /** Goes on after the pages have done their part. */
  goOn(interaction: Interaction): Promise<OAuthResponse> {
    return this.get(`interaction=${this.world.interactions.seal(interaction)}`);
  }
}

/** The parameters that went back to the client. */
export function returned(response: OAuthResponse): URLSearchParams {
  const location = headerOf(response, 'Location') ?? '';
  if (response.status !== 303 || !location.startsWith(CALLBACK))
    throw new Error(`not sent back: ${response.status} ${location} ${response.body ?? ''}`);
  return new URL(location).searchParams;
}

/** The same by the fragment, of which nothing stands in the query. */
export function returnedByFragment(response: OAuthResponse): URLSearchParams {
  const left = [...returned(response).keys()];
  if (left.length > 0) throw new Error(`in the query: ${left.join(' ')}`);
  return new URLSearchParams(new URL(headerOf(response, 'Location') ?? '').hash.slice(1));
}
