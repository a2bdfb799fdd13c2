import type { RegisteredClient } from '../client/registered-client.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { claimsOfScopes } from '../people/scope-claims.ts';
import {
  claimsRequest,
  keptClaims,
  NO_CLAIMS,
  requestedNames,
  wantedValues,
  type ClaimsRequest,
  type RequestedClaim,
} from './claims-request.ts';

/** What the parameter `claims` comes to for a client. */
export interface AskedClaims {
  /** Claims about the person that it may have. */
  readonly claims: ClaimsRequest;
  /** Whom it means by `sub`, as it knows them; null for anybody. OpenID Connect Core section 5.5.1. */
  readonly subjects: readonly unknown[] | null;
  /** How it asks for `acr`; null where it does not. OpenID Connect Core section 5.5.1.1. */
  readonly acr: RequestedClaim | null;
}

/** The scope without which a request is none of OpenID Connect. OpenID Connect Core section 3.1.2.1. */
const OPENID = 'openid';

/**
 * What a client asks for, as far as it may have it: a claim must be one that a scope of the client releases, whether or not it asks for that
 * scope now. What it may not have is left out, also where it is essential. OpenID Connect Core section 5.5.
 *
 * @param scopes those it asks for
 * @throws OAuthError `invalid_request`
 */
export function askedClaims(
  text: string | undefined,
  scopes: readonly string[],
  client: RegisteredClient,
  { profile }: ProfileSnapshot,
): AskedClaims {
  const asked = claimsRequest(text);
  if (!scopes.includes(OPENID)) return { claims: NO_CLAIMS, subjects: null, acr: null };
  const allowed = claimsOfScopes(client.scopes, profile);
  return {
    claims: keptClaims(asked, (claim) => allowed.has(claim)),
    subjects: subjectsOf(asked),
    acr: Object.hasOwn(asked.idToken, 'acr') ? (asked.idToken['acr'] ?? null) : null,
  };
}

/** Those claims that no scope of the request releases anyway: what the person is to be asked for beside the scopes. */
export function claimsBesideScopes(claims: ClaimsRequest, scopes: readonly string[], { profile }: ProfileSnapshot): readonly string[] {
  const released = claimsOfScopes(scopes, profile);
  return requestedNames(claims).filter((claim) => !released.has(claim));
}

/** @throws OAuthError where the two places mean different people */
function subjectsOf({ idToken, userinfo }: ClaimsRequest): readonly unknown[] | null {
  const [first = null, second = null] = [idToken, userinfo].map(({ sub }) => (sub === undefined ? null : wantedValues(sub)));
  if (first === null || second === null) return first ?? second;
  const both = first.filter((subject) => second.includes(subject));
  if (both.length === 0) throw new OAuthError('invalid_request', 'The claims parameter means different people by sub.');
  return both;
}
