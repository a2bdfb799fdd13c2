import { OAuthError } from '../errors.ts';
import { parameter, type Form } from '../transport/form.ts';

/** `WWW-Authenticate` of a 401, RFC 7617 section 2. */
export const CHALLENGE = 'Basic realm="tokenwright"';

/** How a client presented itself; nothing is verified yet. */
export interface PresentedCredentials {
  readonly method: 'client_secret_basic' | 'client_secret_post';
  /**
   * Readings of what was sent, the standard's first: id and secret in a Basic header are form-encoded by RFC 6749
   * section 2.3.1, but many clients send them as they are.
   */
  readonly readings: readonly { readonly id: string; readonly secret: string }[];
}

/**
 * Reads the client's credentials from the header or the form; one method per request.
 * Null when there are none. RFC 6749 section 2.3.
 *
 * @throws OAuthError `invalid_request` for two methods, `invalid_client` for a header that cannot be read
 */
export function presentedCredentials(authorization: string | undefined, form: Form): PresentedCredentials | null {
  const formId = parameter(form, 'client_id');
  const formSecret = parameter(form, 'client_secret');
  if (parameter(form, 'client_assertion') !== undefined) throw new OAuthError('invalid_client', 'Client authentication failed.');

  if (authorization !== undefined && authorization !== '') {
    const readings = readBasic(authorization);
    if (formSecret !== undefined) throw new OAuthError('invalid_request', 'Use one method of client authentication only.');
    if (formId !== undefined && !readings.some((reading) => reading.id === formId))
      throw new OAuthError('invalid_request', 'The client_id does not match the client authentication.');
    return { method: 'client_secret_basic', readings };
  }
  if (formId === undefined || formSecret === undefined) return null;
  return { method: 'client_secret_post', readings: [{ id: formId, secret: formSecret }] };
}

const BASIC = /^basic ([A-Za-z0-9+/_-]+={0,2})$/i;

function readBasic(authorization: string): { id: string; secret: string }[] {
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined) throw failed();
  // Buffer reads the ordinary and the URL alphabet alike, with and without padding.
  const decoded = Buffer.from(encoded, 'base64').toString();
  const colon = decoded.indexOf(':');
  if (colon < 1 || decoded.includes('\ufffd')) throw failed();
  const plain = { id: decoded.slice(0, colon), secret: decoded.slice(colon + 1) };
  if (!/[%+]/.test(decoded)) return [plain];
  try {
    return [{ id: formDecode(plain.id), secret: formDecode(plain.secret) }, plain];
  } catch {
    return [plain];
  }
}

function failed(): OAuthError {
  return new OAuthError('invalid_client', 'Client authentication failed.', { challenge: CHALLENGE });
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
