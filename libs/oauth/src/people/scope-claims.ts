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
  ...[
    'cnf',
    'act',
    'may_act',
    'client_id',
    'scope',
    'purpose',
    'delegationId',
    'events',
    'active',
    'token_type',
    '_claim_names',
    '_claim_sources',
  ],
]);

/** Whether a claim is the protocol's own. RFC 7519 section 4.1, OpenID Connect Core section 2. */
export function isProtocolClaim(name: string): boolean {
  return PROTOCOL_CLAIMS.has(name);
}

/** Claims that some scope releases, for metadata. */
export const RELEASED_CLAIMS: readonly string[] = ['sub', ...Object.values(CLAIMS).flat()];

/** The attributes of an account that these scopes release. */
export function releasedClaims(attributes: Readonly<Record<string, unknown>>, scopes: Iterable<string>): Record<string, unknown> {
  const released: Record<string, unknown> = {};
  for (const scope of scopes)
    for (const name of Object.hasOwn(CLAIMS, scope) ? (CLAIMS[scope] ?? []) : [])
      if (Object.hasOwn(attributes, name)) released[name] = attributes[name];
  return released;
}
