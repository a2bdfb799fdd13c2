import { named } from '../people/account-people.ts';
import type { Account } from '../people-stores.ts';
import type { AuthenticationRequestView } from '../procedures/host-calls.ts';
import type { RedeemedGrant } from '../token/grant-type.ts';

/** What a procedure sees of a request before its person is asked: it issues nothing, and tells whoever asks the person. */
export function requestTerms(
  scopes: readonly string[],
  { id: subject, username, attributes }: Pick<Account, 'id' | 'username' | 'attributes'>,
  request: AuthenticationRequestView,
): RedeemedGrant {
  const accountAttributes = named(username, attributes);
  return {
    subject,
    scopes,
    delegation: null,
    refreshScopes: null,
    idToken: null,
    code: null,
    presented: { authenticationRequest: request, accountAttributes },
    defaults: { delegation: null, accessToken: null, response: {} },
    subjectAttributes: { ...accountAttributes, subject },
    contextAttributes: {},
    claim: null,
    rotated: null,
  };
}
