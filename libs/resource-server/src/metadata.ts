import type { ServiceFetch } from './service-fetch.ts';
import { jsonObject, placeOf } from './service-fetch.ts';
import { ServiceError } from './service-error.ts';

/** What is read of a service's metadata. RFC 8414 section 2. */
export interface ServiceMetadata {
  readonly jwksUri: string | undefined;
  readonly introspectionEndpoint: string | undefined;
  /** Not of the RFC: Tokenwright's feed of what was revoked. */
  readonly revocationEventsEndpoint: string | undefined;
}

/** Addresses that never leave the machine: there HTTP without TLS does no harm. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether tokens and keys may be asked for there. */
export function isSafe(url: string, allowHttp: boolean): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && (allowHttp || LOOPBACK.test(hostname)));
}

/**
 * Where metadata may be: RFC 8414 section 3.1 puts the well-known part before the issuer's path, OpenID Connect Discovery 1.0
 * section 4 after it.
 */
export function metadataPlaces(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [`${origin}/.well-known/oauth-authorization-server${path}`, `${origin}${path}/.well-known/openid-configuration`];
}

/** @throws ServiceError when there is none, or it is another issuer's. RFC 8414 section 3.3 */
export async function discover(issuer: string, service: ServiceFetch, allowHttp: boolean): Promise<ServiceMetadata> {
  const tried: string[] = [];
  for (const place of metadataPlaces(issuer)) {
    const { status, body } = await service.get(place);
    const document = status === 200 ? jsonObject(body) : null;
    // Nothing there, or a page for people: the other place may have it.
    if (document === null) tried.push(`${placeOf(place)} answered ${status}${status === 200 ? ', but no JSON object' : ''}`);
    else return checked(document, issuer, place, allowHttp);
  }
  throw new ServiceError(`there is no metadata of ${issuer}: ${tried.join('; ')}`);
}

function checked(document: Record<string, unknown>, issuer: string, place: string, allowHttp: boolean): ServiceMetadata {
  const { issuer: named, jwks_uri: jwksUri, introspection_endpoint: introspectionEndpoint } = document;
  const { revocation_events_endpoint: revocationEventsEndpoint } = document;
  if (named !== issuer)
    throw new ServiceError(
      `the metadata at ${placeOf(place)} is of the issuer ${JSON.stringify(named)}, not of "${issuer}": set "issuer" to exactly what the service calls itself`,
    );
  return {
    jwksUri: addressOf(jwksUri, 'jwks_uri', place, allowHttp),
    introspectionEndpoint: addressOf(introspectionEndpoint, 'introspection_endpoint', place, allowHttp),
    revocationEventsEndpoint: addressOf(revocationEventsEndpoint, 'revocation_events_endpoint', place, allowHttp),
  };
}

function addressOf(value: unknown, name: string, place: string, allowHttp: boolean): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && isSafe(value, allowHttp)) return value;
  throw new ServiceError(`the ${name} in the metadata at ${placeOf(place)} must be an https URL`);
}
