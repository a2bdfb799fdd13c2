import { DPOP_ALGORITHMS } from '#libs/dpop';
import type { Scheme } from './auth.ts';
import type { ServiceError } from './service-error.ts';

/** RFC 6750 section 3.1, RFC 9449 section 7.1, RFC 9470 section 3. */
export type DenialCode =
  'invalid_request' | 'invalid_token' | 'insufficient_scope' | 'invalid_dpop_proof' | 'insufficient_user_authentication';

/** A request that may not pass, and how it is answered. */
export interface Denied {
  readonly ok: false;
  readonly status: 400 | 401 | 403 | 503;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON; empty when there is nothing to tell. */
  readonly body: string;
  /** Why, for the log. It may say more than the client should know. */
  readonly reason: string;
}

const STATUS: Readonly<Record<DenialCode, Denied['status']>> = {
  invalid_request: 400,
  invalid_token: 401,
  invalid_dpop_proof: 401,
  insufficient_scope: 403,
  insufficient_user_authentication: 401,
};

/** The answers of one API. RFC 6750 section 3. */
export class Denials {
  constructor(
    private readonly settings: {
      readonly realm: string;
      /** URL of the metadata of the API, RFC 9728 section 5.1. */
      readonly resourceMetadata: string | undefined;
      readonly schemes: readonly Scheme[];
      /** What the API needs at all: said to who comes without a token. */
      readonly scopes: readonly string[];
    },
  ) {}

  /** Without a token: the schemes, and no error. */
  tokenWanted(): Denied {
    const attributes = this.settings.scopes.length === 0 ? [] : [['scope', this.settings.scopes.join(' ')] as const];
    return {
      ok: false,
      status: 401,
      headers: {
        'www-authenticate': this.settings.schemes.map((scheme) => this.#challenge(scheme, attributes)).join(', '),
        'cache-control': 'no-store',
      },
      body: '',
      reason: 'the request has no access token',
    };
  }

  /** One answer whatever the reason: unknown, expired, revoked, of another issuer, for another audience. */
  invalidToken(scheme: Scheme, reason: string): Denied {
    return this.because('invalid_token', 'The access token is not active.', scheme, { reason });
  }

  /** @param scopes what would do */
  insufficientScope(scheme: Scheme, scopes: readonly string[], reason: string): Denied {
    return this.because('insufficient_scope', 'The access token does not allow this.', scheme, { reason, scopes });
  }

  /**
   * @param wanted what would do, as the client asks the authorize endpoint for it. RFC 9470 section 3
   */
  insufficientAuthentication(scheme: Scheme, wanted: Readonly<Record<string, string>>, reason: string): Denied {
    return this.because('insufficient_user_authentication', 'The person has to sign in again.', scheme, { reason, wanted });
  }

  because(
    code: DenialCode,
    description: string,
    scheme: Scheme,
    {
      reason = description,
      scopes = [],
      wanted = {},
    }: { readonly reason?: string; readonly scopes?: readonly string[]; readonly wanted?: Readonly<Record<string, string>> } = {},
  ): Denied {
    const scope = scopes.length === 0 ? {} : { scope: scopes.join(' ') };
    const members = { error: code, error_description: description, ...scope, ...wanted };
    return {
      ok: false,
      status: STATUS[code],
      headers: { 'www-authenticate': this.#challenge(scheme, Object.entries(members)), ...JSON_HEADERS },
      body: JSON.stringify(members),
      reason,
    };
  }

  /** Whether the token is good is not known: nobody gets in, and later is another time. */
  unavailable({ message, retryAfter }: ServiceError): Denied {
    return {
      ok: false,
      status: 503,
      headers: { 'retry-after': String(retryAfter), ...JSON_HEADERS },
      body: '{"error":"temporarily_unavailable","error_description":"Access tokens cannot be checked at the moment."}',
      reason: message,
    };
  }

  #challenge(scheme: Scheme, attributes: readonly (readonly [name: string, value: string])[]): string {
    const { realm, resourceMetadata } = this.settings;
    const all = [
      ['realm', realm],
      ...attributes,
      ...(scheme === 'DPoP' ? [['algs', DPOP_ALGORITHMS.join(' ')]] : []),
      ...(resourceMetadata === undefined ? [] : [['resource_metadata', resourceMetadata]]),
    ];
    return `${scheme} ${all.map(([name = '', value = '']) => `${name}="${value.replace(/["\\]/g, '\\$&')}"`).join(', ')}`;
  }
}

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };
