import { OAuthError } from '../errors.ts';
import { canSatisfy, satisfiedContext } from '../people/authentication-context.ts';
import type { LoginSession } from '../people/people.ts';
import type { Profile } from '../configuration/entities.ts';
import type { AuthorizationRequest } from './authorization-request.ts';

/** What is to be done about how somebody has signed in: it will do, and is told by this name; or they are asked to sign in again. */
export type StepUp = { readonly acr: string } | 'login';

/**
 * Compares how sure it is who somebody is with how sure the client wants to be. OpenID Connect Core section 5.5.1.1, RFC 9470 section 5.
 *
 * @param session null where nobody is signed in yet
 * @param began when the request was made: a login since then was for it, and another one would be no better. Seconds since 1970
 * @throws OAuthError `unmet_authentication_requirements` where nothing that people can do here would be enough
 */
export function stepUp(session: LoginSession | null, { contexts, prompts }: AuthorizationRequest, began: number, profile: Profile): StepUp {
  const wanted = contexts ?? { names: [], essential: false };
  const satisfied = session === null ? null : satisfiedContext(session.acr, wanted.names, profile);
  if (session !== null && satisfied !== null) return { acr: satisfied };
  const isReachable = canSatisfy(wanted.names, profile) && (session === null || session.authenticatedAt < began);
  if (wanted.essential && !isReachable) throw unmet();
  if (session === null) return 'login';
  // What is not essential is not worth an error where the person may not be asked. OpenID Connect Core section 3.1.2.1 (acr_values).
  return isReachable && (wanted.essential || !prompts.has('none')) ? 'login' : { acr: session.acr };
}

/** OpenID Connect Core Error Code unmet_authentication_requirements 1.0 section 2. */
function unmet(): OAuthError {
  return new OAuthError('unmet_authentication_requirements', 'Nobody can sign in here as surely as the client needs it.');
}
