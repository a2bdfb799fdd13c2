import type { RegisteredClient } from '../client/registered-client.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import type { WantedContexts } from '../people/authentication-context.ts';
import { claimsOfScopes } from '../people/scope-claims.ts';
import { claimsRequest, keptClaims, NO_CLAIMS, requestedNames, wantedValues, type ClaimsRequest } from './claims-request.ts';

/** What the parameter `claims` comes to for a client. */
export interface AskedClaims {
  /** Claims about the person that it may have. */
  readonly claims: ClaimsRequest;
  /** Whom it means by `sub`, as it knows them; null for anybody. OpenID Connect Core section 5.5.1. */
  readonly subjects: readonly unknown[] | null;
  /** How sure it wants to be who it is; null for however sure. OpenID Connect Core section 5.5.1.1. */
  readonly contexts: WantedContexts | null;
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
  { claims: text, acrValues }: { readonly claims: string | undefined; readonly acrValues: string | undefined },
  scopes: readonly string[],
  client: RegisteredClient,
  { profile }: ProfileSnapshot,
): AskedClaims {
  const asked = claimsRequest(text);
  // APIs that want a stronger login send their clients here with acr_values, whatever the scopes. RFC 9470 section 4.
  const voluntary = voluntaryContexts(acrValues) ?? usualContexts(client);
  if (!scopes.includes(OPENID)) return { claims: NO_CLAIMS, subjects: null, contexts: voluntary };
  const allowed = claimsOfScopes(client.scopes, profile);
  return {
    claims: keptClaims(asked, (claim) => allowed.has(claim)),
    subjects: subjectsOf(asked),
    contexts: contextsOf(asked) ?? voluntary,
  };
}

/** Those claims that no scope of the request releases anyway: what the person is to be asked for beside the scopes. */
export function claimsBesideScopes(claims: ClaimsRequest, scopes: readonly string[], { profile }: ProfileSnapshot): readonly string[] {
  const released = claimsOfScopes(scopes, profile);
  return requestedNames(claims).filter((claim) => !released.has(claim));
}

/** By the parameter `acr_values`. OpenID Connect Core section 3.1.2.1. */
function voluntaryContexts(text: string | undefined): WantedContexts | null {
  const names = (text ?? '').split(' ').filter((name) => name !== '');
  return names.length === 0 ? null : { names, essential: false };
}

/** What the client wants where its request says nothing of it. OpenID Connect Dynamic Client Registration section 2 (`default_acr_values`). */
function usualContexts({ openId: { defaultAcrValues: names = [] } }: RegisteredClient): WantedContexts | null {
  return names.length === 0 ? null : { names, essential: false };
}

/** By the claim `acr` of the id token, which says more than the parameter. Null where it names none. */
function contextsOf({ idToken: { acr } }: ClaimsRequest): WantedContexts | null {
  const values = acr === undefined ? null : wantedValues(acr);
  if (values === null) return null;
  return { names: values.filter((value) => typeof value === 'string'), essential: acr?.essential === true };
}

/** @throws OAuthError where the two places mean different people */
function subjectsOf({ idToken, userinfo }: ClaimsRequest): readonly unknown[] | null {
  const [first = null, second = null] = [idToken, userinfo].map(({ sub }) => (sub === undefined ? null : wantedValues(sub)));
  if (first === null || second === null) return first ?? second;
  const both = first.filter((subject) => second.includes(subject));
  if (both.length === 0) throw new OAuthError('invalid_request', 'The claims parameter means different people by sub.');
  return both;
}
