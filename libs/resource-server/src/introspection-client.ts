import type { TokenClaims } from './auth.ts';
import { frozen } from './auth.ts';
import { InvalidToken } from './invalid-token.ts';
import { verifyJwtAccessToken } from './jwt-access-token.ts';
import type { KeySet } from './key-set.ts';
import { ServiceError } from './service-error.ts';
import { jsonObject, placeOf, type Answer, type ServiceFetch } from './service-fetch.ts';

/** What the service says of a token; `claims` are null for one that is not active. */
export interface Introspection {
  readonly claims: TokenClaims | null;
  /** Seconds that the service lets the answer be kept for, where it says so. */
  readonly maxAge: number | undefined;
}

export interface IntrospectionClientSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** See `basicCredentials`. */
  readonly authorization: string;
  /** `jwt` asks for the phantom token, and believes its signature alone. */
  readonly format: 'json' | 'jwt';
  readonly endpoint: () => Promise<string>;
  readonly keys: KeySet;
  /** Milliseconds. */
  readonly clock: () => number;
}

const INACTIVE: Introspection = { claims: null, maxAge: undefined };

/** Asks the introspection endpoint. RFC 7662. */
export class IntrospectionClient {
  constructor(
    private readonly settings: IntrospectionClientSettings,
    private readonly service: ServiceFetch,
  ) {}

  /** @throws ServiceError when there is no answer that can be used */
  async ask(token: string): Promise<Introspection> {
    const endpoint = await this.settings.endpoint();
    const form = `token=${encodeURIComponent(token)}&token_type_hint=access_token`;
    const accept = this.settings.format === 'jwt' ? 'application/jwt' : 'application/json';
    const answer = await this.service.post(endpoint, form, { authorization: this.settings.authorization, accept });
    // The phantom token of a token that is not active is no token.
    if (answer.status === 204 && this.settings.format === 'jwt') return INACTIVE;
    if (answer.status !== 200) throw refusal(answer, endpoint);
    return this.settings.format === 'jwt' && answer.contentType === 'application/jwt'
      ? this.#phantom(answer)
      : this.#json(answer, endpoint);
  }

  #json({ body, contentType }: Answer, endpoint: string): Introspection {
    const document = contentType === 'application/json' ? jsonObject(body) : null;
    const { active, ...claims } = document ?? {};
    // Whatever is not plainly true is not active, RFC 7662 section 2.2; whatever is no such answer is none.
    if (typeof active !== 'boolean') throw new ServiceError(`${placeOf(endpoint)} answered 200, but not with an introspection answer`);
    if (!active) return INACTIVE;
    if (this.settings.format === 'jwt')
      throw new ServiceError(
        `${placeOf(endpoint)} does not answer with JWTs: allow "${this.settings.clientId}" that format, or ask for JSON`,
      );
    return { claims: frozen(claims as TokenClaims), maxAge: undefined };
  }

  async #phantom({ body, headers }: Answer): Promise<Introspection> {
    const { issuer, keys, clock } = this.settings;
    try {
      const claims = await verifyJwtAccessToken(body, keys, { issuer, now: clock() / 1000 });
      return { claims: frozen(claims), maxAge: maxAgeOf(headers) };
    } catch (cause) {
      if (!(cause instanceof InvalidToken)) throw cause;
      throw new ServiceError(`the phantom token of the service does not hold: ${cause.message}`, { cause, isOutage: false });
    }
  }
}

function refusal({ status, headers, body }: Answer, endpoint: string): ServiceError {
  const place = placeOf(endpoint);
  if (status === 401 || status === 403)
    return new ServiceError(`${place} refused to answer (${status}): check clientId, clientSecret and whether this client may introspect`);
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return new ServiceError(`${place} answered ${status}`, {
    ...(Number.isFinite(seconds) ? { retryAfter: Math.min(seconds, 300) } : {}),
    // A request that the service cannot take may be the doing of the one token in it.
    isOutage:
      (status >= 500 && jsonObject(body)?.['error'] !== 'too_many_unknown_tokens') ||
      status === 404 ||
      status === 405 ||
      status === 429 ||
      status < 400,
  });
}

function maxAgeOf(headers: Headers): number | undefined {
  const seconds = /(?:^|[\s,])max-age=(\d+)/i.exec(headers.get('cache-control') ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** How a client shows who it is, as a header. RFC 6749 section 2.3.1. */
export function basicCredentials(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${formEncoded(id)}:${formEncoded(secret)}`).toString('base64')}`;
}

/** RFC 6749 appendix B. */
function formEncoded(text: string): string {
  return new URLSearchParams({ v: text }).toString().slice(2);
}
