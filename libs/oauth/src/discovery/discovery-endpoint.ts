import type { ProfileSnapshot, Snapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { JWKS_CACHE_SECONDS } from '../issuance/signing-keys.ts';
import type { GrantType } from '../token/grant-type.ts';
import type { OAuthRequest, OAuthResponse } from '../transport/exchange.ts';
import { metadata, openidConfiguration } from './metadata.ts';

type Document = 'metadata' | 'openid' | 'jwks';

/**
 * Metadata and key sets: at `/.well-known/oauth-authorization-server<path>` (RFC 8414 section 3.1),
 * `<path>/.well-known/openid-configuration` and `<path>/jwks` of each issuer. Anyone may read them, browsers too.
 */
export class DiscoveryEndpoint {
  constructor(private readonly grantTypes: readonly GrantType[]) {}

  /** Null when the path is none of its. */
  find(request: OAuthRequest, snapshot: Snapshot): OAuthResponse | null {
    const found = locate(request.path, snapshot);
    if (found === null) return null;
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new OAuthError('invalid_request', 'Use the GET method.', { status: 405, allow: 'GET, HEAD' });
    const [document, profile] = found;
    return {
      status: 200,
      headers: [
        'Content-Type',
        document === 'jwks' ? 'application/jwk-set+json' : 'application/json',
        'Cache-Control',
        `public, max-age=${JWKS_CACHE_SECONDS}`,
        'Access-Control-Allow-Origin',
        '*',
      ],
      body: this.#text(document, profile, snapshot),
    };
  }

  #text(document: Document, profile: ProfileSnapshot, snapshot: Snapshot): string {
    switch (document) {
      case 'jwks':
        return profile.keys.jwks;
      case 'metadata':
        return JSON.stringify(metadata(snapshot, profile, this.grantTypes));
      case 'openid':
        return JSON.stringify(openidConfiguration(snapshot, profile, this.grantTypes));
    }
  }
}

const RFC_8414 = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';
const JWKS = '/jwks';

function locate(path: string, snapshot: Snapshot): [Document, ProfileSnapshot] | null {
  const tries: [Document, string | null][] = [
    ['metadata', path.startsWith(RFC_8414) ? path.slice(RFC_8414.length) : null],
    ['openid', path.endsWith(OPENID) ? path.slice(0, -OPENID.length) : null],
    ['jwks', path.endsWith(JWKS) ? path.slice(0, -JWKS.length) : null],
  ];
  for (const [document, issuerPath] of tries) {
    const profile = issuerPath === null ? undefined : snapshot.profilesByPath.get(issuerPath.replace(/\/$/, ''));
    if (profile !== undefined) return [document, profile];
  }
  return null;
}
