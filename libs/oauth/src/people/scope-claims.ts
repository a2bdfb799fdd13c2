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
