import type { RegisteredClient } from '../client/registered-client.ts';
import type { AccessTokenFormat } from '../configuration/entities.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';

/** Of one request. */
const MOST_RESOURCES = 32;

/** What access tokens are to be for, and what follows from it. RFC 8707. */
export interface ResourceTarget {
  readonly resources: readonly string[];
  /** `aud`: a string when single. */
  readonly audience: string | readonly string[];
  /** Of the scopes that the client has, those that mean something there. */
  readonly scopes: readonly string[];
  /** What all of the APIs want; null when they leave it to the client, or want different things. */
  readonly format: AccessTokenFormat | null;
  /** The least of what they allow; seconds. */
  readonly lifetime: number;
}

/** RFC 8707 section 2: an absolute URI, RFC 3986 section 4.3, without a fragment. */
export function isResourceUri(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:[\x21\x22\x24-\x7e]+$/.test(text) && URL.canParse(text);
}

/**
 * The APIs that a request names, each once. Where the profile has none the parameter is left to procedures, which can read it.
 *
 * @param granted those that were allowed before; null where the request is the first to name any
 * @throws OAuthError `invalid_target`
 */
export function requestedResources(
  named: readonly string[],
  client: RegisteredClient,
  { profile }: ProfileSnapshot,
  granted: readonly string[] | null = null,
): readonly string[] {
  if (Object.keys(profile.resources).length === 0) return [];
  const resources = [...new Set(named)];
  if (resources.length > MOST_RESOURCES) throw new OAuthError('invalid_target', `At most ${MOST_RESOURCES} resources can be asked for.`);
  const allowed = client.client.resources;
  for (const resource of resources) {
    if (!isResourceUri(resource)) throw new OAuthError('invalid_target', 'A resource must be an absolute URI without a fragment.');
    if (!Object.hasOwn(profile.resources, resource) || allowed?.includes(resource) === false)
      throw new OAuthError('invalid_target', 'The client may not have tokens for a requested resource.');
    // Nothing was said of resources before: then the client may still name some. RFC 8707 section 2.2.
    if (granted !== null && granted.length > 0 && !granted.includes(resource))
      throw new OAuthError('invalid_target', 'A requested resource was not granted to begin with.');
  }
  return resources;
}

/**
 * What tokens for these APIs are; null for none in particular.
 *
 * @param scopes of the token, were it for nothing in particular
 * @throws OAuthError `invalid_target` when none of the scopes means anything there
 */
export function resourceTarget(
  resources: readonly string[],
  scopes: readonly string[],
  client: RegisteredClient,
  { profile }: ProfileSnapshot,
): ResourceTarget | null {
  if (resources.length === 0) return null;
  const settings = resources.flatMap((uri) => profile.resources[uri] ?? []);
  const audiences = [...new Set(resources.map((uri) => profile.resources[uri]?.audience ?? uri))];
  const [first = '', ...more] = audiences;
  const live = scopes.filter((scope) => settings.some((one) => one.scopes === null || one.scopes.includes(scope)));
  if (live.length === 0 && scopes.length > 0)
    throw new OAuthError('invalid_target', 'None of the scopes means anything at a requested resource.');
  const formats = new Set(settings.map(({ accessTokenFormat }) => accessTokenFormat));
  const [format = null] = formats.size === 1 ? formats : [];
  const lifetimes = settings.flatMap(({ accessTokenLifetime }) => accessTokenLifetime ?? []);
  return {
    resources,
    audience: more.length === 0 ? first : audiences,
    scopes: live,
    format,
    lifetime: Math.min(client.accessTokenLifetime, ...lifetimes),
  };
}

/**
 * What tokens are for that come of something granted before: the resources that the request names among those that were granted, and all
 * of these where it names none. RFC 8707 section 2.2.
 *
 * @throws OAuthError `invalid_target`
 */
export function grantedTarget(
  named: readonly string[],
  granted: readonly string[],
  scopes: readonly string[],
  client: RegisteredClient,
  profile: ProfileSnapshot,
): ResourceTarget | null {
  const requested = requestedResources(named, client, profile, granted);
  return resourceTarget(requested.length > 0 ? requested : granted, scopes, client, profile);
}
