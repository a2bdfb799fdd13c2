import * as openid from 'openid-client';
import { importJWK, type JWK } from 'jose';
import {
  HostServiceError,
  clientReaching,
  UpstreamError,
  type OpenedHttpClient,
  type OpenedUpstream,
  type UpstreamAttempt,
  type UpstreamClaims,
  type UpstreamClient,
  type UpstreamRequest,
} from '#libs/oauth';
import type { HttpClients } from './http-clients.ts';
import { upstreamError } from './upstream-failure.ts';

/** For how long metadata is kept, and for how long a provider that did not give it is not asked again. Milliseconds. */
const TIMES = { age: 600_000, failure: 5000 };
/** Stands for sign-ins where callers of a client take turns; no procedure has such an id. */
const CALLER = ' upstream';

/** What is known of a provider, for as long as everything that it was found by is the same. */
interface Known {
  readonly upstream: OpenedUpstream;
  readonly client: OpenedHttpClient;
  until: number;
  readonly configuration: Promise<openid.Configuration>;
}

/** Asks OpenID providers by the rules of a profile's HTTP clients. Metadata is kept, and shared by all who want it at the same time. */
export class OpenIdUpstreams implements UpstreamClient {
  readonly #known = new Map<string, Known>();

  /** @param clock milliseconds */
  constructor(
    private readonly http: HttpClients,
    private readonly clock: () => number,
  ) {}

  async authorizationUrl(upstream: OpenedUpstream, request: UpstreamRequest): Promise<string> {
    const { scopes, responseMode } = upstream.settings;
    const { redirectUri, state, nonce, codeVerifier, prompt, maxAge, acrValues, loginHint, uiLocales } = request;
    return this.#told(async () => {
      const configuration = await this.#configuration(upstream);
      const parameters: Record<string, string> = {
        ...{ redirect_uri: redirectUri, scope: scopes.join(' '), state, nonce },
        ...{ code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier), code_challenge_method: 'S256' },
        ...(responseMode === 'query' ? {} : { response_mode: responseMode }),
        ...(acrValues.length === 0 ? {} : { acr_values: acrValues.join(' ') }),
        ...(prompt === null ? {} : { prompt }),
        ...(maxAge === null ? {} : { max_age: String(maxAge) }),
        ...(loginHint === null ? {} : { login_hint: loginHint }),
        ...(uiLocales === null ? {} : { ui_locales: uiLocales }),
      };
      const url =
        configuration.serverMetadata().require_pushed_authorization_requests === true
          ? await openid.buildAuthorizationUrlWithPAR(configuration, parameters)
          : openid.buildAuthorizationUrl(configuration, parameters);
      // A page leads there: nothing but a page may be at the end of it.
      if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isPlain(upstream)))
        throw new UpstreamError('invalid', 'the authorization_endpoint in its metadata is no https URL');
      return url.href;
    });
  }

  async claims(
    upstream: OpenedUpstream,
    { redirectUri, state, nonce, codeVerifier }: UpstreamAttempt,
    parameters: string,
  ): Promise<UpstreamClaims> {
    return this.#told(async () => {
      const configuration = await this.#configuration(upstream);
      const tokens = await openid.authorizationCodeGrant(configuration, new URL(`${redirectUri}?${parameters}`), {
        ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier, idTokenExpected: true },
      });
      const idToken = tokens.claims();
      if (idToken === undefined) throw new UpstreamError('invalid', 'the token endpoint answered without an id token');
      const isAsked = upstream.settings.userInfo && configuration.serverMetadata().userinfo_endpoint !== undefined;
      const userInfo = isAsked ? await openid.fetchUserInfo(configuration, tokens.access_token, idToken.sub) : {};
      return { idToken: { ...idToken }, userInfo: { ...userInfo } };
    });
  }

  async #told<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw upstreamError(error);
    }
  }

  #configuration(upstream: OpenedUpstream): Promise<openid.Configuration> {
    const name = `${upstream.profile}\n${upstream.name}`;
    const client = clientFor(upstream);
    const before = this.#known.get(name);
    if (before !== undefined && before.until > this.clock() && isSame(before, upstream, client)) return before.configuration;
    const found: Known = { upstream, client, until: this.clock() + TIMES.age, configuration: this.#discover(upstream, client) };
    // Who asks while it is under way shares it, and for a moment its failure.
    found.configuration.catch(() => {
      found.until = this.clock() + TIMES.failure;
    });
    this.#known.set(name, found);
    return found.configuration;
  }

  async #discover(upstream: OpenedUpstream, client: OpenedHttpClient): Promise<openid.Configuration> {
    const { issuer, clientId } = upstream.settings;
    // Without TLS only where the issuer is named so, which an HTTP client must allow.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to be noticed
    const execute = [openid.enableNonRepudiationChecks, ...(isPlain(upstream) ? [openid.allowInsecureRequests] : [])];
    const configuration = await openid
      .discovery(new URL(issuer), clientId, undefined, await authenticationOf(upstream), {
        ...{ execute, timeout: Math.ceil(client.timeoutMilliseconds / 1000) },
        [openid.customFetch]: (url, options) => this.#fetch(client, url, options),
      })
      .catch((error: unknown) => {
        const told = upstreamError(error);
        throw told instanceof UpstreamError ? new UpstreamError('unavailable', `its metadata: ${told.message}`, { cause: error }) : told;
      });
    // The library takes some that are written in another way; accounts are linked by what it is called here.
    if (configuration.serverMetadata().issuer !== issuer)
      throw new UpstreamError('invalid', 'its metadata names another issuer than the configuration');
    return configuration;
  }

  /** Where its endpoints are is the provider's word: it leads nowhere but where this client may go. */
  async #fetch(client: OpenedHttpClient, url: string, { method, headers, body }: openid.CustomFetchOptions): Promise<Response> {
    const text = body === undefined || body === null ? null : bodyText(body);
    const request = { method, url, headers, body: text, timeout: client.timeoutMilliseconds, caller: CALLER };
    const answer = await this.http.request(client, request, true);
    const isEmpty = answer.statusCode === 204 || answer.statusCode === 304;
    return new Response(isEmpty ? null : answer.body, { status: answer.statusCode, headers: answer.headers });
  }
}

function isSame(known: Known, { settings, secret }: OpenedUpstream, client: OpenedHttpClient): boolean {
  return known.upstream.settings === settings && known.upstream.secret === secret && known.client === client;
}

function clientFor({ settings: { issuer }, httpClients }: OpenedUpstream): OpenedHttpClient {
  const url = new URL(issuer);
  const client = clientReaching(httpClients, url);
  if (client === undefined)
    throw new HostServiceError('refused', `no HTTP client of the profile allows the host ${url.host}: add it to the allowedHosts of one`);
  return client;
}

async function authenticationOf({ settings: { authentication }, secret }: OpenedUpstream): Promise<openid.ClientAuth> {
  switch (authentication.method) {
    case 'client_secret_basic':
      return openid.ClientSecretBasic(secret ?? '');
    case 'client_secret_post':
      return openid.ClientSecretPost(secret ?? '');
    case 'private_key_jwt':
      return openid.PrivateKeyJwt(await privateKeyOf(authentication.secret ?? '', secret ?? ''));
    case 'none':
      return openid.None();
  }
}

/** @throws UpstreamError that says nothing of the key */
async function privateKeyOf(name: string, text: string): Promise<{ readonly key: openid.CryptoKey; readonly kid?: string }> {
  try {
    const jwk = JSON.parse(text) as JWK;
    const key = await importJWK(jwk);
    if (key instanceof Uint8Array || key.type !== 'private') throw new TypeError('no private key');
    return { key, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) };
  } catch (cause) {
    throw new UpstreamError('invalid', `the secret "${name}" must be a private key as a JWK with "alg"`, { cause });
  }
}

function bodyText(body: Exclude<openid.FetchBody, null | undefined>): string {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('a request to a provider has a form or a text');
}

function isPlain({ settings: { issuer } }: OpenedUpstream): boolean {
  return issuer.startsWith('http:');
}
