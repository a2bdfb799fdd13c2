import { OAuthError } from '../errors.ts';

/** Characters: as many as fit on a small screen beside the question. */
const LONGEST = 128;
/** Control and format characters, which would have a screen show something else, private and unassigned ones, and breaks of lines. */
const UNFIT = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * What both devices show, so that the person knows that they belong together. OpenID Connect CIBA section 7.1.
 *
 * @throws OAuthError `invalid_binding_message`, section 13
 */
export function requireBindingMessage(message: string): string {
  if (message.trim() === '' || message.length > LONGEST || UNFIT.test(message))
    throw new OAuthError(
      'invalid_binding_message',
      `The binding_message must be plain text on one line, of at most ${LONGEST} characters, without control characters.`,
    );
  return message;
}
