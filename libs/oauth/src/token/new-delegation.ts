import { CeilingError, type TokenData } from '../issuance/claims.ts';
import type { DelegationView } from '../procedures/host-calls.ts';
import type { NewDelegation, NewToken } from '../stores.ts';
import type { RedeemedGrant, TokenRequest } from './grant-type.ts';

/**
 * The row of a delegation that a procedure has made.
 *
 * @param data what the procedure gave
 * @param own the tokens that hang from it
 * @param latestEnd seconds since 1970: how long it lives when its tokens can be refreshed
 * @throws CeilingError when it would hold more than was granted, or less than its tokens do
 */
export function newDelegation(
  { client, route, now }: TokenRequest,
  grant: RedeemedGrant,
  id: string,
  data: Readonly<Record<string, unknown>>,
  own: readonly NewToken[],
  latestEnd: number,
): NewDelegation {
  const scope = scopeText(data['scope']) ?? grant.scopes.join(' ');
  const names = new Set(scope.split(' '));
  for (const name of names)
    if (name !== '' && !grant.scopes.includes(name))
      throw new CeilingError(`the scope "${name.slice(0, 100)}" was not granted to the delegation`);
  // What introspection would refuse to show must not be issued.
  for (const token of own)
    for (const name of (JSON.parse(token.data) as TokenData).scope.split(' '))
      if (name !== '' && !names.has(name))
        throw new CeilingError(`the scope "${name.slice(0, 100)}" of a token is not among its delegation's`);
  const owner = typeof data['owner'] === 'string' && data['owner'] !== '' ? data['owner'] : grant.subject;
  if (owner !== grant.subject) throw new CeilingError('the owner of the delegation must be the authenticated subject');
  const view: DelegationView = {
    id,
    clientId: client.id,
    owner,
    scope,
    ...nonEmpty('claims', data['claims']),
    ...nonEmpty('customClaimValues', data['customClaimValues']),
    ...nonEmpty('data', data['data']),
    ...nonEmpty('authenticationAttributes', authenticationOf(grant)),
    ...nonEmpty('userinfoClaims', grant.userinfoClaims),
    ...(grant.resources === undefined || grant.resources.length === 0 ? {} : { resources: grant.resources }),
  };
  const canBeRefreshed = own.some(({ purpose }) => purpose === 'refresh_token');
  return {
    profile: route.profile.id,
    id,
    clientId: client.id,
    owner,
    scope,
    view: JSON.stringify(view),
    createdAt: now,
    expiresAt: canBeRefreshed ? latestEnd : Math.max(now, ...own.map((token) => token.expiresAt)),
  };
}

/** How the person authenticated, for flows that come back to the delegation; nothing where the subject says it all. */
function authenticationOf({ subjectAttributes, contextAttributes }: RedeemedGrant): Record<string, unknown> {
  if (Object.keys(subjectAttributes).length <= 1 && Object.keys(contextAttributes).length === 0) return {};
  return { subjectAttributes, contextAttributes };
}

/** Text or a list of names; undefined where the procedure leaves it to the grant. */
function scopeText(scope: unknown): string | undefined {
  if (scope === undefined || scope === null) return undefined;
  const text: unknown = Array.isArray(scope) ? scope.join(' ') : scope;
  if (typeof text !== 'string') throw new CeilingError('the scope of a delegation must be a string or an array of strings');
  return text;
}

function nonEmpty(name: string, value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0 ? { [name]: value } : {};
}
