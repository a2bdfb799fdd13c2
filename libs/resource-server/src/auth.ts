/** What an access token says. Names by RFC 7519 section 4.1, RFC 9068 section 2.2, RFC 7662 section 2.2. */
export interface TokenClaims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  /** Seconds since 1970, as all times of claims. */
  readonly exp?: number;
  readonly nbf?: number;
  readonly iat?: number;
  readonly jti?: string;
  readonly client_id?: string;
  readonly scope?: string;
  /** What the token is bound to. RFC 7800. */
  readonly cnf?: Readonly<Record<string, unknown>>;
  readonly [claim: string]: unknown;
}

/** `Bearer` RFC 6750 section 2.1, `DPoP` RFC 9449 section 7.1. */
export type Scheme = 'Bearer' | 'DPoP';

/** Who sent a request, as its access token tells. */
export interface RequestAuth {
  /** All claims. They are frozen, since requests with the same token share them. */
  readonly token: TokenClaims;
  readonly subject: string | undefined;
  readonly clientId: string | undefined;
  readonly scopes: ReadonlySet<string>;
  readonly scheme: Scheme;
  /** `jwt`: verified here; `opaque`: by introspection alone. */
  readonly kind: 'jwt' | 'opaque';
}

export function requestAuth(token: TokenClaims, scheme: Scheme, kind: RequestAuth['kind']): RequestAuth {
  return {
    token,
    subject: textOf(token.sub),
    clientId: textOf(token.client_id) ?? textOf(token['azp']),
    scopes: new Set(textOf(token.scope)?.split(' ').filter(Boolean)),
    scheme,
    kind,
  };
}

/** Freezes claims and what is in them. They come from JSON, so that there are no cycles. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) frozen(member);
    Object.freeze(value);
  }
  return value;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
