import { OAuthError } from '../errors.ts';
import { parameter, type Form } from '../transport/form.ts';

/** `WWW-Authenticate` of a 401, RFC 7617 section 2. */
const CHALLENGE = 'Basic realm="tokenwright"';

/** How a client presented its secret; nothing is verified yet. */
export interface PresentedSecret {
  readonly method: 'client_secret_basic' | 'client_secret_post';
  /**
   * Readings of what was sent, the standard's first: id and secret in a Basic header are form-encoded by RFC 6749
   * section 2.3.1, but many clients send them as they are.
   */
  readonly readings: readonly { readonly id: string; readonly secret: string }[];
}

/**
 * Reads the client's secret from the header or the form; one method per request.
 * Null when there is none. RFC 6749 section 2.3.
 *
 * @throws OAuthError `invalid_request` for two methods, `invalid_client` for a header that cannot be read
 */
export function presentedSecret(authorization: string | undefined, form: Form): PresentedSecret | null {
  const formId = parameter(form, 'client_id');
  const formSecret = parameter(form, 'client_secret');

  if (authorization !== undefined && authorization !== '') {
    const readings = readBasic(authorization);
    if (formSecret !== undefined) throw new OAuthError('invalid_request', 'Use one method of client authentication only.');
    if (formId !== undefined && !readings.some((reading) => reading.id === formId)) throw otherClient();
    return { method: 'client_secret_basic', readings };
  }
  if (formId === undefined || formSecret === undefined) return null;
  return { method: 'client_secret_post', readings: [{ id: formId, secret: formSecret }] };
}

/** `client_id` names another client than the credentials do. */
export function otherClient(): OAuthError {
  return new OAuthError('invalid_request', 'The client_id does not match the client authentication.');
}

/** There are no credentials. RFC 9110 section 15.5.2. */
export function authenticationRequired(): OAuthError {
  return new OAuthError('invalid_client', 'Client authentication is required.', { challenge: CHALLENGE });
}

/**
 * The credentials are not those of a client that may use them.
 *
 * @param byHeader whether they were in the header: then the answer has a challenge. RFC 6749 section 5.2
 */
export function authenticationFailed(byHeader = false): OAuthError {
  return new OAuthError('invalid_client', 'Client authentication failed.', byHeader ? { challenge: CHALLENGE } : {});
}

const BASIC = /^basic ([A-Za-z0-9+/_-]+={0,2})$/i;

function readBasic(authorization: string): { id: string; secret: string }[] {
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined) throw authenticationFailed(true);
  // Buffer reads the ordinary and the URL alphabet alike, with and without padding.
  const decoded = Buffer.from(encoded, 'base64').toString();
  const colon = decoded.indexOf(':');
  if (colon < 1 || decoded.includes('\ufffd')) throw authenticationFailed(true);
  const plain = { id: decoded.slice(0, colon), secret: decoded.slice(colon + 1) };
  if (!/[%+]/.test(decoded)) return [plain];
  try {
    return [{ id: formDecode(plain.id), secret: formDecode(plain.secret) }, plain];
  } catch {
    return [plain];
  }
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
