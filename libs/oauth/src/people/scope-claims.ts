import { claimWithoutLanguage, wantedValues, type RequestedClaim, type RequestedClaims } from '../authorize/claims-request.ts';
import type { Profile } from '../configuration/entities.ts';
import { sameJson } from '../configuration/same-json.ts';

/** Claims that a scope releases. OpenID Connect Core sections 5.1 and 5.4. */
const CLAIMS: Readonly<Record<string, readonly string[]>> = {
  profile: [
    ...['name', 'family_name', 'given_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture', 'website', 'gender'],
    ...['birthdate', 'zoneinfo', 'locale', 'updated_at'],
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
};

/** Claims that say something of the token or the login, not about the person: no scope and no account gives them. */
const PROTOCOL_CLAIMS: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'azp', 'nonce', 'auth_time', 'acr', 'amr', 'at_hash', 'c_hash', 's_hash', 'sid'],
  ...['cnf', 'act', 'may_act', 'client_id', 'scope', 'purpose', 'delegationId', 'events', 'active', 'token_type'],
  ...['_claim_names', '_claim_sources'],
]);

type Attributes = Readonly<Record<string, unknown>>;

/** Whether a claim is the protocol's own. RFC 7519 section 4.1, OpenID Connect Core section 2. */
export function isProtocolClaim(name: string): boolean {
  return PROTOCOL_CLAIMS.has(name);
}

/** Claims about the person that some of these scopes release, as the profile has them. */
export function claimsOfScopes(scopes: Iterable<string>, { scopes: configured }: Pick<Profile, 'scopes'>): ReadonlySet<string> {
  const claims = new Set<string>();
  for (const scope of scopes) {
    for (const claim of Object.hasOwn(CLAIMS, scope) ? (CLAIMS[scope] ?? []) : []) claims.add(claim);
    for (const claim of Object.hasOwn(configured, scope) ? (configured[scope]?.claims ?? []) : []) claims.add(claim);
  }
  return claims;
}

/** The attributes of an account that these scopes release. */
export function releasedClaims(
  attributes: Attributes,
  scopes: Iterable<string>,
  profile: Pick<Profile, 'scopes'>,
): Record<string, unknown> {
  const released: Record<string, unknown> = {};
  for (const name of claimsOfScopes(scopes, profile)) if (Object.hasOwn(attributes, name)) released[name] = attributes[name];
  return released;
}

/**
 * The attributes that are asked for by name: in the language that is asked for, else without one; and not those that are other than they
 * are wanted. OpenID Connect Core sections 5.2 and 5.5.1.
 */
export function requestedAttributes(attributes: Attributes, requested: RequestedClaims): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [claim, wish] of Object.entries(requested)) {
    if (isProtocolClaim(claimWithoutLanguage(claim))) continue;
    const name = attributeFor(attributes, claim);
    if (name !== undefined && isAsWanted(attributes[name], wish)) found[name] = attributes[name];
  }
  return found;
}

/** Language tags are the same whatever their case. RFC 5646 section 2.1.1. */
function attributeFor(attributes: Attributes, claim: string): string | undefined {
  if (Object.hasOwn(attributes, claim)) return claim;
  const plain = claimWithoutLanguage(claim);
  if (plain === claim) return undefined;
  const lower = claim.toLowerCase();
  const tagged = Object.keys(attributes).find((name) => name.startsWith(`${plain}#`) && name.toLowerCase() === lower);
  return tagged ?? (Object.hasOwn(attributes, plain) ? plain : undefined);
}

function isAsWanted(attribute: unknown, wish: RequestedClaim): boolean {
  return wantedValues(wish)?.some((wanted) => sameJson(wanted, attribute)) ?? true;
}
