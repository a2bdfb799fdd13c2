import * as openid from 'openid-client';
import { HostServiceError, UpstreamError } from '#libs/oauth';

/** Errors of authorization responses by which a provider says that the person did not sign in. OpenID Connect Core section 3.1.2.6. */
const DENIED: ReadonlySet<string> = new Set([
  'access_denied',
  'login_required',
  'interaction_required',
  'account_selection_required',
  'consent_required',
]);
/** RFC 6749 section 4.1.2.1. */
const LATER: ReadonlySet<string> = new Set(['server_error', 'temporarily_unavailable']);
/** What the library says of a status that it does not expect. */
const STATUS = 'OAUTH_RESPONSE_IS_NOT_CONFORM';

/** What went wrong with a provider, in words for the operator; anything that is our own fault stays what it is. */
export function upstreamError(error: unknown): unknown {
  if (error instanceof UpstreamError) return error;
  const reached = hostServiceError(error);
  if (reached !== null) return new UpstreamError('unavailable', reached.message, { cause: error });
  if (error instanceof openid.AuthorizationResponseError) {
    const failure = DENIED.has(error.error) ? 'denied' : LATER.has(error.error) ? 'unavailable' : 'invalid';
    return new UpstreamError(failure, `it sent the browser back with ${codeOf(error.error)}`, { cause: error });
  }
  if (error instanceof openid.ResponseBodyError) {
    const failure = error.status >= 500 ? 'unavailable' : 'invalid';
    return new UpstreamError(failure, `it refused a request with ${error.status} ${codeOf(error.error)}`, { cause: error });
  }
  if (error instanceof openid.WWWAuthenticateChallengeError)
    return new UpstreamError('invalid', `it refused a request with ${error.status}`, { cause: error });
  if (error instanceof openid.ClientError) return clientError(error);
  // Of what the library got from metadata, such as an endpoint that is missing or none of the web.
  if (error instanceof Error && 'code' in error && /^(OAUTH_|ERR_INVALID_ARG_)/.test(String(error.code)))
    return new UpstreamError('invalid', error.message.slice(0, 200), { cause: error });
  return error;
}

function clientError(error: openid.ClientError): UpstreamError {
  const { code = '', cause } = error;
  if (code === 'OAUTH_TIMEOUT' || code === 'OAUTH_ABORT')
    return new UpstreamError('unavailable', 'it did not answer in time', { cause: error });
  if (code === STATUS && cause instanceof Response)
    return new UpstreamError(cause.status >= 500 ? 'unavailable' : 'invalid', `it answered with the status ${cause.status}`, {
      cause: error,
    });
  const more = cause instanceof Error && cause.message !== error.message ? `: ${cause.message}` : '';
  return new UpstreamError('invalid', `${error.message}${more}`.slice(0, 200), { cause: error });
}

/** The library wraps what its transport throws. */
function hostServiceError(error: unknown): HostServiceError | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) if (at instanceof HostServiceError) return at;
  return null;
}

/** Anybody can write an error into an address. */
function codeOf(error: string): string {
  return /^[a-z_]{1,64}$/.test(error) ? `the error "${error}"` : 'an error of its own';
}
