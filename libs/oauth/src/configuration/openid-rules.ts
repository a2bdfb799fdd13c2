import type { Client, Profile } from './entities.ts';

type Problems = (pointer: string, message: string) => void;

/** Reports what does not go together in how people are told to a client, by pointer within the entity and message. */
export function checkOpenId({ openId, authorizationCode }: Client, report: Problems): void {
  if (openId === null) return;
  const { subjectType, sectorIdentifier } = openId;
  if (subjectType === 'public') {
    if (sectorIdentifier !== null) report('/openId/sectorIdentifier', 'goes with the subjectType "pairwise" only');
    return;
  }
  if (sectorIdentifier !== null) return;
  const sectors = new Set((authorizationCode?.redirectUris ?? []).map(hostOf));
  if (sectors.size !== 1 || sectors.has(null))
    report(
      '/openId/sectorIdentifier',
      'is missing: name the sector where the redirect URIs are not all https on one host. OpenID Connect Core section 8.1',
    );
}

/**
 * Whom a client shares its pairwise subjects with; null for a client that is told subjects as they are.
 * @throws Error for a client without a sector: such a configuration is not valid
 */
export function sectorOf({ id, openId, authorizationCode }: Client): string | null {
  if (openId?.subjectType !== 'pairwise') return null;
  const sector = openId.sectorIdentifier ?? hostOf(authorizationCode?.redirectUris[0] ?? '');
  if (sector === null) throw new Error(`client ${id} has no sector`);
  return sector;
}

/** The host of a redirect URI, if it says whose client it is: others, such as loopback addresses, are everybody's. */
export function hostOf(redirectUri: string): string | null {
  const url = URL.parse(redirectUri);
  return url?.protocol === 'https:' ? url.hostname : null;
}

/** Reports names of contexts that nobody has configured. */
export function checkAuthenticationContexts({ authenticationContexts }: Profile, report: Problems): void {
  if (authenticationContexts === null) return;
  const { levels, password } = authenticationContexts;
  if (!Object.hasOwn(levels, password)) report('/authenticationContexts/password', 'must be one of levels');
}
