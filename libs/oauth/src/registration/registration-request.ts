import { OAuthError } from '../errors.ts';
import { isNestedTooDeeply } from '../issuance/claims.ts';
import { isObject } from '../procedures/service-arguments.ts';
import { header, type OAuthRequest } from '../transport/exchange.ts';
import { invalidMetadata, type Metadata } from './metadata-members.ts';

/** Members that the service alone decides. RFC 7591 section 3.2.1, RFC 7592 section 3. */
export const OWN_MEMBERS = [
  ...['client_id', 'client_secret', 'client_id_issued_at', 'client_secret_expires_at'],
  ...['registration_access_token', 'registration_client_uri'],
] as const;

/**
 * The metadata that a request has in its body; a member that is null is as if absent. RFC 7591 section 3.1, RFC 7592 section 2.2.
 *
 * @throws OAuthError
 */
export function requestedMetadata(request: OAuthRequest): Metadata {
  if (!/^application\/json[ \t]*(;|$)/i.test(header(request, 'content-type') ?? ''))
    throw new OAuthError('invalid_request', 'Send the metadata as application/json.', { status: 415 });
  if (request.body.includes('\ufffd')) throw new OAuthError('invalid_request', 'The request is not valid UTF-8.');
  if (isNestedTooDeeply(request.body)) throw invalidMetadata('The metadata is nested too deeply.');
  const parsed = parse(request.body);
  if (!isObject(parsed)) throw invalidMetadata('The metadata must be a JSON object.');
  return Object.fromEntries(Object.entries(parsed).filter(([name, value]) => value !== null && name !== '__proto__'));
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new OAuthError('invalid_client_metadata', 'The metadata is not JSON.', { cause });
  }
}
