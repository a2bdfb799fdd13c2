import type { RegisteredClient } from '../client/registered-client.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import type { DelegationView } from '../procedures/host-calls.ts';
import type { FoundToken, TokenPurpose } from '../stores.ts';
import { tokenId } from '../token/opaque-token.ts';
import { scopeNames } from '../token/scope.ts';
import type { TokenData } from '../issuance/claims.ts';

/** Nodes' clocks may differ by this much; seconds. */
const CLOCK_TOLERANCE = 5;

/** A token as the caller may know it: active, narrowed to what the caller may see, expired scopes set apart. */
export interface IntrospectedToken {
  readonly id: string;
  readonly clientId: string;
  readonly delegationId: string;
  readonly purpose: TokenPurpose;
  /** `iss` of the data. */
  readonly issuer: unknown;
  /** Whether `data` and what it says are the stored row's, scopes and expiry included. */
  readonly isStored: boolean;
  /** JSON text for the context; the very text that is stored unless it had to be narrowed. */
  readonly data: string;
  /** Whether `data` differs from what is stored. */
  readonly narrowed: boolean;
  readonly delegation: string;
  readonly expiredScopes: readonly string[];
  readonly expiresAt: number;
  /** Scopes that an answer may show. */
  readonly scopes: ReadonlySet<string>;
  /** When a scope ends before the token does. Seconds since 1970. */
  scopeExpiry(scope: string): number | undefined;
  readonly subject: string;
  readonly iat: number;
  readonly nbf: number;
  readonly cnf: unknown;
  /** Who acts for the subject, RFC 8693 section 4.1. */
  readonly act: unknown;
}

/** Who looks at a token. */
export type TokenCaller = Pick<RegisteredClient, 'id' | 'policy' | 'scopes' | 'client'> & {
  /** Of a caller that is told of people as it knows them; absent or null for one that is told subjects as they are. */
  readonly sector?: string | null;
};

/**
 * What a caller may know of a token that was found; null when it is inactive, or as good as unknown to this caller.
 *
 * @param claims of the JWT that was presented in place of an opaque token, which may be narrower than the row, and is about whom the row is about
 */
export function introspectedToken(
  found: FoundToken,
  claims: Record<string, unknown> | null,
  caller: TokenCaller,
  profile: ProfileSnapshot,
  now: number,
): IntrospectedToken | null {
  const { delegation } = found;
  if (found.profile !== profile.id || found.revokedAt !== null || found.expiresAt <= now) return null;
  if (delegation?.status !== 'active' || delegation.expiresAt <= now) return null;
  // A refresh token that a gateway took for an access token would open APIs: only its owner may look at it.
  if (found.purpose !== 'access_token' && found.clientId !== caller.id) return null;
  if (caller.policy === 'own' && found.clientId !== caller.id) return null;

  const stored = JSON.parse(found.data) as TokenData;
  const data = claims === null ? stored : (claims as unknown as TokenData);
  const expiresAt = Math.min(found.expiresAt, typeof data.exp === 'number' ? data.exp : found.expiresAt);
  if (expiresAt <= now || stored.nbf > now + CLOCK_TOLERANCE) return null;

  const names = scopeNames(data.scope).list;
  const granted = scopeNames((JSON.parse(delegation.view) as { scope: string }).scope);
  let live = names;
  let expired: readonly string[] = NONE;
  const lifetimes = profile.profile.scopes;
  const scopeExpiry = (scope: string): number | undefined => {
    const lifetime = Object.hasOwn(lifetimes, scope) ? lifetimes[scope]?.lifetime : undefined;
    return lifetime === undefined ? undefined : stored.iat + lifetime;
  };
  if (profile.hasScopeLifetimes) {
    expired = names.filter((name) => (scopeExpiry(name) ?? Infinity) <= now);
    if (expired.length > 0) live = names.filter((name) => !expired.includes(name));
  }
  const narrowed = narrow(caller, data, live);
  if (narrowed === null) return null;
  if (narrowed !== live) expired = expired.filter((name) => caller.scopes.has(name));

  const visible =
    narrowed === live && !profile.hasScopeLifetimes
      ? granted.set
      : new Set(
          granted.list.filter(
            (name) => (narrowed === live || caller.scopes.has(name)) && !expired.includes(name) && (scopeExpiry(name) ?? Infinity) > now,
          ),
        );
  const unchanged = claims === null && narrowed.length === names.length;
  const token: IntrospectedToken = {
    id: tokenId(found.key),
    clientId: found.clientId,
    delegationId: found.delegationId,
    purpose: found.purpose,
    issuer: stored['iss'],
    isStored: unchanged && stored.exp === found.expiresAt && visible.size === granted.set.size && names.every((name) => visible.has(name)),
    narrowed: !unchanged,
    data: unchanged ? found.data : JSON.stringify({ ...data, scope: narrowed.join(' ') }),
    delegation:
      visible.size === granted.set.size || narrowed === live
        ? delegation.view
        : JSON.stringify({ ...(JSON.parse(delegation.view) as object), scope: [...visible].join(' ') }),
    expiredScopes: expired,
    expiresAt,
    scopes: visible,
    scopeExpiry,
    subject: data.sub,
    iat: stored.iat,
    nbf: stored.nbf,
    cnf: stored['cnf'],
    act: stored['act'],
  };
  const { sector = null } = caller;
  return sector === null || found.clientId !== caller.id ? token : asKnownTo({ id: caller.id, sector }, token, profile);
}

/** The same for a client that looks at its own token and knows people by pairwise subjects. OpenID Connect Core section 8.1. */
function asKnownTo(
  client: { readonly id: string; readonly sector: string },
  token: IntrospectedToken,
  profile: ProfileSnapshot,
): IntrospectedToken {
  const data = JSON.parse(token.data) as TokenData;
  const view = JSON.parse(token.delegation) as DelegationView;
  const subject = profile.subjectFor(client, data.sub);
  return {
    ...token,
    ...{ subject, isStored: false, narrowed: true },
    data: JSON.stringify({ ...data, sub: subject }),
    delegation: JSON.stringify({ ...view, owner: profile.subjectFor(client, view.owner) }),
  };
}

const NONE: readonly string[] = [];

/** The scopes the caller may see: the very array when all of them, null when the token is none of its business. */
function narrow(caller: TokenCaller, data: TokenData, scopes: readonly string[]): readonly string[] | null {
  if (caller.policy !== 'audience-or-scope') return scopes;
  if (caller.scopes.size === 0) {
    const audiences: unknown = data['aud'];
    const named: unknown[] = Array.isArray(audiences) ? audiences : [audiences];
    return named.includes(caller.id) || caller.client.audiences.some((audience) => named.includes(audience)) ? scopes : null;
  }
  const own = scopes.filter((scope) => caller.scopes.has(scope));
  return own.length > 0 ? own : null;
}
