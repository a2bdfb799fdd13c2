import { createHash, randomBytes } from 'node:crypto';
import { put, type Change } from '../configuration/configuration.ts';
import { PROFILE_CAPABILITIES, type Client, type Profile, type SigningAlgorithm } from '../configuration/entities.ts';
import type { AuthorizationCodeSettings } from '../configuration/client-settings.ts';
import { DEFAULT_OPENID, type OpenIdSettings } from '../configuration/openid-settings.ts';
import type { Interaction } from '../people/interaction.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import { aSession } from './people-of-a-spec.ts';
import {
  aRequest,
  BASE_URL,
  claimsOf,
  clientOf,
  endpointOf,
  headerOf,
  jsonOf,
  PROFILE,
  profileOf,
  ServiceUnderTest,
} from './service-builder.ts';

const AUTHORIZE = '/authorize';
export const USERINFO = '/userinfo';
export const CALLBACK = 'https://app.example/callback';
const SCOPES = { openid: {}, profile: {}, email: {}, offline_access: {}, read: {}, staff: { claims: ['employee_number'] } };
const verifier = randomBytes(32).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');

export const ALICE = {
  ...{ name: 'Alice', 'name#de': 'Alicia', email: 'alice@example.com', email_verified: true },
  ...{ employee_number: 7, shoe_size: 38, address: { country: 'SE' } },
};

/** Who is told of somebody, and how. */
export interface OpenIdClient {
  readonly openId?: Partial<OpenIdSettings>;
  readonly codes?: Partial<AuthorizationCodeSettings>;
  readonly client?: Partial<Client>;
  readonly profile?: Partial<Profile>;
  readonly changes?: readonly Change[];
  readonly algorithms?: readonly SigningAlgorithm[];
}

/** A client `app` that asks who somebody is, with alice signed in, for specs of OpenID Connect. */
export class OpenIdWorld {
  /** Of the codes that it asks for. RFC 7636. */
  readonly verifier = verifier;

  private constructor(readonly world: ServiceUnderTest) {}

  static async open({ openId, codes, client, profile, changes = [], algorithms }: OpenIdClient = {}): Promise<OpenIdWorld> {
    const world = await ServiceUnderTest.open(
      [
        put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES, scopes: SCOPES, ...profile })),
        put('client', this.client('app', { openId, codes, client })),
        put('endpoint', endpointOf('oauth-authorize', AUTHORIZE)),
        put('endpoint', endpointOf('oauth-userinfo', USERINFO)),
        ...changes,
      ],
      algorithms,
    );
    world.people.signedIn = aSession(world.now, { attributes: ALICE });
    return new OpenIdWorld(world);
  }

  /** Such a client, which asks for no consent unless told. */
  static client(id: string, { openId, codes, client }: { [K in keyof OpenIdClient]?: OpenIdClient[K] | undefined } = {}): Client {
    return clientOf(id, {
      capabilities: ['authorization-code', 'refresh-token', 'introspection', 'token-exchange'],
      scopes: ['openid', 'profile', 'email', 'offline_access', 'read', 'staff'],
      openId: openId === undefined ? null : { ...DEFAULT_OPENID, ...openId },
      authorizationCode: {
        ...{ redirectUris: [CALLBACK], postLogoutRedirectUris: [], webOrigins: [], consent: false },
        ...{ pushedRequestsOnly: false, signedRequestsOnly: false, ...codes },
      },
      ...client,
    });
  }

  authorize(parameters: Readonly<Record<string, string>> = {}): Promise<OAuthResponse> {
    return this.#get({
      ...{ client_id: 'app', redirect_uri: CALLBACK, response_type: 'code', scope: 'openid', state: 's' },
      ...{ code_challenge: challenge, code_challenge_method: 'S256', ...parameters },
    });
  }

  /** The parameters that go back to the client. */
  async returned(parameters: Readonly<Record<string, string>> = {}): Promise<URLSearchParams> {
    return returnedBy(await this.authorize(parameters));
  }

  /** The page that is shown, and what it is told. */
  async asked(parameters: Readonly<Record<string, string>> = {}): Promise<{ readonly page: string; readonly interaction: Interaction }> {
    const response = await this.authorize(parameters);
    const url = new URL(headerOf(response, 'Location') ?? '', BASE_URL);
    const interaction = this.world.interactions.open(url.searchParams.get('interaction') ?? '', PROFILE);
    if (interaction === null) throw new Error(`nobody is asked: ${response.status} ${url.href}`);
    return { page: url.pathname.replace('/pages/', ''), interaction };
  }

  /** Goes on after the pages have done their part. */
  async goOn(interaction: Interaction): Promise<URLSearchParams> {
    return returnedBy(await this.#get({ interaction: this.world.interactions.seal(interaction) }));
  }

  /** The answer of the token endpoint. */
  async tokens(parameters: Readonly<Record<string, string>> = {}): Promise<Record<string, unknown>> {
    return this.redeem(await this.returned(parameters), parameters['client_id']);
  }

  async redeem(back: URLSearchParams, client = 'app'): Promise<Record<string, unknown>> {
    const form = { grant_type: 'authorization_code', code: back.get('code') ?? '', redirect_uri: CALLBACK, code_verifier: verifier };
    const response = await this.world.tokenRequest(form, client);
    if (response.status !== 200) throw new Error(`no tokens: ${back.toString()} ${response.body ?? ''}`);
    return jsonOf(response);
  }

  /** The claims of the id token. */
  async idToken(parameters: Readonly<Record<string, string>> = {}): Promise<Record<string, unknown>> {
    return claimsOf(String((await this.tokens(parameters))['id_token']));
  }

  userinfo(token: unknown): Promise<OAuthResponse> {
    return this.world.handle({ ...aRequest(USERINFO, ''), method: 'GET', headers: { authorization: `Bearer ${String(token)}` } });
  }

  #get(parameters: Readonly<Record<string, string>>): Promise<OAuthResponse> {
    const query = new URLSearchParams(parameters).toString();
    return this.world.handle({ ...aRequest(AUTHORIZE, ''), method: 'GET', query, headers: {} });
  }
}

function returnedBy(response: OAuthResponse): URLSearchParams {
  const location = headerOf(response, 'Location') ?? '';
  if (response.status !== 303 || !location.startsWith('https://app'))
    throw new Error(`not sent back: ${response.status} ${location} ${response.body ?? ''}`);
  return new URL(location).searchParams;
}
