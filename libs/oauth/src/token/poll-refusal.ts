import { OAuthError } from '../errors.ts';
import type { PollOutcome } from '../polled-authorization-store.ts';

/**
 * What a client is told that polls for what is not, or not yet, approved. RFC 8628 section 3.5, OpenID Connect CIBA section 11.
 *
 * @param what it polls with, in words
 */
export function pollRefusal(outcome: Exclude<PollOutcome, 'approved'>, what: string): OAuthError {
  switch (outcome) {
    case 'pending':
      return new OAuthError('authorization_pending', 'The person has not decided yet. Ask again after the interval.');
    case 'slow-down':
      return new OAuthError('slow_down', 'Too early: wait five seconds longer between two requests from now on.');
    case 'denied':
      return new OAuthError('access_denied', 'The person did not allow it.');
    case 'expired':
      return new OAuthError('expired_token', `The ${what} has expired. Ask for another one.`);
    case 'other-key':
      return new OAuthError('invalid_grant', `The ${what} is bound to another key.`);
    case 'unknown':
      // One answer for all: which of them it is, is nobody's business.
      return new OAuthError('invalid_grant', `The ${what} is invalid, was used, or is not for this client.`);
  }
}
