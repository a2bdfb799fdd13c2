import { CODE_REDEEMED_WITHIN } from '../authorize/code-grant.ts';
import { CeilingError, type TokenData } from '../issuance/claims.ts';
import type { DelegationView } from '../procedures/host-calls.ts';
import type { NewDelegation, NewToken } from '../stores.ts';
import type { RedeemedGrant, TokenRequest } from './grant-type.ts';
import { scopeNames } from './scope.ts';

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
  // The token that has come with the code says more by now than introspection could show.
  for (const name of standingScopes(id, grant))
    if (!names.has(name))
      throw new CeilingError(
        `the scope "${name.slice(0, 100)}" is of the delegation already, by the token that came with the code: narrow it in the flow openid-authorize-hybrid`,
      );
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
    expiresAt: canBeRefreshed
      ? latestEnd
      : // A code that comes with it is redeemed under it.
        Math.max(grant.code === null ? now : now + CODE_REDEEMED_WITHIN, ...own.map((token) => token.expiresAt)),
  };
}

function standingScopes(id: string, { renews }: RedeemedGrant): readonly string[] {
  return renews?.id === id ? scopeNames((JSON.parse(renews.view) as DelegationView).scope).list : [];
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
