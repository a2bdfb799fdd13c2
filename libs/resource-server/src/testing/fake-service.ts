import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTHeaderParameters } from 'jose';
import type { Fetch } from '../service-fetch.ts';
import type { TokenValidatorOptions } from '../settings.ts';
import type { TokenRequest } from '../token-request.ts';

export const ISSUER = 'https://as.example/tenant';
export const AUDIENCE = 'https://api.example';
const METADATA = 'https://as.example/.well-known/oauth-authorization-server/tenant';
const JWKS = 'https://as.example/tenant/jwks';
export const INTROSPECTION = 'https://as.example/tenant/introspect';

interface SigningKey {
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
}

type Answer = Response | (() => Response | Promise<Response>);

/** For specs: a service that is a `fetch`, with a clock that stands still. */
export class FakeService {
  /** Milliseconds. */
  now = 1_800_000_000_000;
  /** Introspection answers by token. */
  readonly tokens = new Map<string, Record<string, unknown>>();
  /** What other places answer; these come before its own. */
  readonly places = new Map<string, Answer>();
  readonly calls: { readonly url: string; readonly body: string; readonly headers: Record<string, string> }[] = [];
  readonly problems: string[] = [];
  isDown = false;
  /** What introspection waits for before it looks. */
  gate: Promise<void> | null = null;
  metadata: Record<string, unknown> = { issuer: ISSUER, jwks_uri: JWKS, introspection_endpoint: INTROSPECTION };

  private constructor(public keys: readonly SigningKey[]) {}

  static async open(): Promise<FakeService> {
    return new FakeService([await aKey()]);
  }

  /** Seconds since 1970. */
  get seconds(): number {
    return this.now / 1000;
  }

  pass(seconds: number): void {
    this.now += seconds * 1000;
  }

  options(more: Partial<TokenValidatorOptions> = {}): TokenValidatorOptions {
    return {
      issuer: ISSUER,
      audience: AUDIENCE,
      clientId: 'api',
      clientSecret: 'secret',
      clock: () => this.now,
      fetch: this.fetch,
      onProblem: (problem) => this.problems.push(problem.message),
      ...more,
    };
  }

  /** How often a place was asked. */
  count(url: string): number {
    return this.calls.filter((call) => call.url === url).length;
  }

  get introspections(): number {
    return this.count(INTROSPECTION);
  }

  get keyCalls(): number {
    return this.count(JWKS);
  }

  get metadataCalls(): number {
    return this.count(METADATA);
  }

  /** Makes an opaque token active. */
  issue(claims: Record<string, unknown> = {}, token = `opaque-${randomUUID()}`): string {
    this.tokens.set(token, { active: true, ...this.claims(claims) });
    return token;
  }

  claims(more: Record<string, unknown> = {}): Record<string, unknown> {
    const all = {
      ...{ iss: ISSUER, aud: AUDIENCE, sub: 'alice', client_id: 'app', scope: 'read write', jti: randomUUID() },
      ...{ iat: this.seconds, exp: this.seconds + 3600 },
      ...more,
    };
    return Object.fromEntries(Object.entries<unknown>(all).filter(([, value]) => value !== undefined));
  }

  jwt(claims: Record<string, unknown> = {}, header: Partial<JWTHeaderParameters> = {}, key = this.keys[0] as SigningKey): Promise<string> {
    const all = { alg: 'ES256', typ: 'at+jwt', kid: key.jwk.kid as string, ...header };
    return new SignJWT(this.claims(claims)).setProtectedHeader(all).sign(key.privateKey);
  }

  async rotate(): Promise<void> {
    this.keys = [await aKey()];
  }

  readonly fetch: Fetch = async (url, init) => {
    this.calls.push({ url, body: init.body ?? '', headers: init.headers });
    if (this.isDown) throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    const answer = this.places.get(url);
    if (answer !== undefined) return answer instanceof Response ? answer.clone() : answer();
    if (url === METADATA) return json(this.metadata);
    if (url === JWKS) return json({ keys: this.keys.map(({ jwk }) => jwk) });
    if (url !== INTROSPECTION) return new Response('nothing here', { status: 404 });
    await this.gate;
    const token = new URLSearchParams(init.body).get('token') ?? '';
    return json(this.tokens.get(token) ?? { active: false });
  };
}

export async function aKey(alg = 'ES256'): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { jwk: { ...(await exportJWK(publicKey)), kid: randomUUID(), alg, use: 'sig' }, privateKey };
}

export function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
}

export function aRequest(headers: TokenRequest['headers'] = {}, more: Partial<TokenRequest> = {}): TokenRequest {
  return { method: 'GET', url: '/orders', ...more, headers };
}

export function bearer(token: string, more: Partial<TokenRequest> = {}): TokenRequest {
  return aRequest({ authorization: `Bearer ${token}` }, more);
}

/** A client with a key of its own, that makes DPoP proofs. RFC 9449. */
export class DpopClient {
  private constructor(
    readonly jwk: JWK,
    readonly thumbprint: string,
    private readonly privateKey: CryptoKey,
  ) {}

  static async open(): Promise<DpopClient> {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    return new DpopClient(jwk, await calculateJwkThumbprint(jwk), privateKey);
  }

  /** @param now seconds */
  proof(token: string, now: number, claims: Record<string, unknown> = {}): Promise<string> {
    const ath = createHash('sha256').update(token).digest('base64url');
    const all = { jti: randomUUID(), htm: 'GET', htu: 'https://api.example/orders', iat: Math.floor(now), ath, ...claims };
    return new SignJWT(all).setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: this.jwk }).sign(this.privateKey);
  }
}
