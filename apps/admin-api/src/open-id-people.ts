import type { AdministratorRole, UpstreamClaims } from '#libs/oauth';

/** Values of the claim of roles, by which somebody may come in. */
const ROLES: Readonly<Record<string, AdministratorRole>> = {
  'tokenwright:read': 'read',
  'tokenwright:author': 'author',
  'tokenwright:admin': 'admin',
};
const MOST_FIRST = ['tokenwright:admin', 'tokenwright:author', 'tokenwright:read'] as const;
const LONGEST_NAME = 64;
/** What ids of people who came by OpenID Connect begin with. */
const PREFIX = 'oidc:';

/** Somebody who may administer the service. */
export interface OpenIdPerson {
  /** `oidc:<name>/<sub>`; no administrator of the configuration is called so. */
  readonly id: string;
  readonly name: string;
  readonly role: AdministratorRole;
}

/** Who has come, with the greatest of the roles that the provider gives; null for somebody without one. */
export function personOf({ idToken, userInfo }: UpstreamClaims, roleClaim: string): OpenIdPerson | null {
  const claim = (name: string): unknown =>
    Object.hasOwn(idToken, name) ? idToken[name] : Object.hasOwn(userInfo, name) ? userInfo[name] : undefined;
  const roles: readonly unknown[] = [claim(roleClaim)].flat();
  const role = MOST_FIRST.find((each) => roles.includes(each));
  const { sub } = idToken;
  if (role === undefined || typeof sub !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(sub)) return null;
  const given = ['preferred_username', 'email', 'name'].map(claim).find((each) => typeof each === 'string' && each.trim() !== '');
  const name = readable(typeof given === 'string' ? given : sub);
  return { id: `${PREFIX}${name}/${sub}`, name, role: ROLES[role] ?? 'read' };
}

/**
 * Whether two ids of administrators are of one person. At many providers people change what they are called by themselves, and then sign in
 * with another id: they are who they are by the subject. OpenID Connect Core section 5.7.
 */
export function isSamePerson(one: string, other: string): boolean {
  return withoutName(one) === withoutName(other);
}

function withoutName(id: string): string {
  return id.startsWith(PREFIX) ? PREFIX + id.slice(id.indexOf('/')) : id;
}

/** What people call themselves may be anything; in the audit trail it is a name, and ends where the subject begins. */
function readable(text: string): string {
  return text
    .normalize('NFC')
    .trim()
    .replace(/[^\p{L}\p{N}._@+ -]/gu, '_')
    .slice(0, LONGEST_NAME)
    .toWellFormed();
}
