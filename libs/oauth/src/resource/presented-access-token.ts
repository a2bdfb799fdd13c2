import { header, type OAuthRequest } from '../transport/exchange.ts';

/** An access token as a client sends it to an API. */
export interface PresentedAccessToken {
  /** `Bearer` RFC 6750 section 2.1, `DPoP` RFC 9449 section 7.1. */
  readonly scheme: 'Bearer' | 'DPoP';
  readonly token: string;
}

const CREDENTIALS = /^(bearer|dpop) +([A-Za-z0-9._~+/-]+=*) *$/i;

/** The access token of a request; null for none, `malformed` for a header of these schemes that cannot be read. */
export function presentedAccessToken(request: OAuthRequest): PresentedAccessToken | 'malformed' | null {
  const authorization = header(request, 'authorization');
  if (authorization === undefined || authorization === '') return null;
  const [, scheme, token] = CREDENTIALS.exec(authorization) ?? [];
  if (scheme !== undefined && token !== undefined) return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token };
  // Basic and others are none of ours: the client is told which schemes are.
  return /^(bearer|dpop)( |$)/i.test(authorization) ? 'malformed' : null;
}
