import type { ForwardAuthSettings } from '../configuration/endpoint-settings.ts';
import type { Profile } from '../configuration/entities.ts';
import { OAuthError } from '../errors.ts';
import type { IntrospectedToken } from '../introspection/introspected-token.ts';
import { satisfiedContext } from '../people/authentication-context.ts';
import { denial, type Challenge } from '../resource/denial.ts';
import type { PresentedAccessToken } from '../resource/presented-access-token.ts';

/** How, and how lately, the person must have signed in whom a token speaks for. RFC 9470. */
export interface AuthenticationRequirement {
  /** Of each list one value of `acr`. */
  readonly contexts: readonly (readonly string[])[];
  /** Seconds; null for however long ago. */
  readonly maxAge: number | null;
}

/**
 * The endpoint's own demands, and those that the gateway adds for a location.
 *
 * @param parameters null for none
 * @throws OAuthError where the gateway asks for what is no age: a location that is guarded by nothing is worse than none
 */
export function requiredAuthentication(
  parameters: URLSearchParams | null,
  { acrValues = [], maxAge = null }: ForwardAuthSettings,
): AuthenticationRequirement {
  const named = parameters?.getAll('acr_values').map((text) => text.split(' ').filter((name) => name !== '')) ?? [];
  const ages = (parameters?.getAll('max_age') ?? []).map((text) => {
    if (!/^\d{1,9}$/.test(text)) throw new OAuthError('invalid_request', 'The max_age must be a number of seconds.');
    return Number(text);
  });
  const all = [...ages, ...(maxAge === null ? [] : [maxAge])];
  return { contexts: [acrValues, ...named].filter((names) => names.length > 0), maxAge: all.length === 0 ? null : Math.min(...all) };
}

/**
 * @returns seconds for which the login is late enough: for longer nobody may keep the answer
 * @throws OAuthError `insufficient_user_authentication`, which tells the client what to ask the authorize endpoint for. RFC 9470 section 3
 */
export function requireAuthentication(
  { scheme }: PresentedAccessToken,
  token: IntrospectedToken,
  { contexts, maxAge }: AuthenticationRequirement,
  profile: Profile,
  challenge: Challenge,
  now: number,
): number {
  if (contexts.length === 0 && maxAge === null) return Infinity;
  const { acr, auth_time: at } = JSON.parse(token.data) as { acr?: unknown; auth_time?: unknown };
  const unmet = contexts.find((names) => typeof acr !== 'string' || satisfiedContext(acr, names, profile) === null);
  const isTooOld = maxAge !== null && !(typeof at === 'number' && now - at <= maxAge);
  if (unmet === undefined && !isTooOld) return maxAge === null ? Infinity : Number(at) + maxAge - now;
  const more: (readonly [string, string])[] = [
    ...(unmet === undefined ? [] : [['acr_values', unmet.join(' ')] as const]),
    ...(isTooOld ? [['max_age', String(maxAge)] as const] : []),
  ];
  const description = unmet === undefined ? 'The person has to sign in again.' : 'The person has to sign in more surely.';
  throw denial('insufficient_user_authentication', description, scheme, challenge, [], more);
}
