import type { Profile } from '../configuration/entities.ts';
import { BY_UPSTREAM, type UpstreamProvider } from '../configuration/upstream-settings.ts';
import { DEFAULT_AUTHENTICATION_CONTEXTS, type AuthenticationContexts } from '../configuration/openid-settings.ts';

/** Values of `acr` of which a client wants one, the one that it likes best first. OpenID Connect Core section 3.1.2.1, RFC 9470 section 4. */
export interface WantedContexts {
  readonly names: readonly string[];
  /** Whether nothing else will do. OpenID Connect Core section 5.5.1.1. */
  readonly essential: boolean;
}

type OfProfile = Pick<Profile, 'authenticationContexts'> & Partial<Pick<Profile, 'upstreamProviders'>>;

/** What may be said of how somebody signed in. */
export function contextsOf({ authenticationContexts }: OfProfile): AuthenticationContexts {
  return authenticationContexts ?? DEFAULT_AUTHENTICATION_CONTEXTS;
}

/** What people get by the ways to sign in that there are. */
export function offeredContexts(profile: OfProfile): readonly string[] {
  const upstreams = Object.values(profile.upstreamProviders ?? {}).filter(({ enabled }) => enabled);
  return [contextsOf(profile).password, ...upstreams.flatMap(contextsByUpstream)];
}

/** What people get by an upstream provider. */
export function contextsByUpstream({ acr }: Pick<UpstreamProvider, 'acr'>): readonly string[] {
  return [BY_UPSTREAM.acr, ...Object.values(acr)];
}

/** Whether a way to sign in that gives one of these contexts is of use: where one is essential, it must be satisfied. OpenID Connect Core section 5.5.1.1. */
export function isOfUse(contexts: readonly string[], wanted: WantedContexts | undefined, profile: OfProfile): boolean {
  return wanted?.essential !== true || contexts.some((has) => satisfiedContext(has, wanted.names, profile) !== null);
}

/** Those that somebody who signs in here may satisfy, for metadata: `acr_values_supported`. */
export function reachableContexts(profile: OfProfile): readonly string[] {
  const { levels } = contextsOf(profile);
  const offered = offeredContexts(profile);
  return Object.keys(levels).filter((name) => offered.some((has) => satisfies(has, name, profile)));
}

/** Whether one context is as sure as another asks for: the same, or of a level that is no lower. */
export function satisfies(has: string, wanted: string, profile: OfProfile): boolean {
  if (has === wanted) return true;
  const { levels } = contextsOf(profile);
  return levelOf(levels, has) >= levelOf(levels, wanted, Infinity);
}

/** The first of the wanted ones that a context satisfies: what the client is told. Null for none. */
export function satisfiedContext(has: string, wanted: readonly string[], profile: OfProfile): string | null {
  return wanted.find((name) => satisfies(has, name, profile)) ?? null;
}

/** Whether signing in once more can satisfy one of the wanted ones. */
export function canSatisfy(wanted: readonly string[], profile: OfProfile): boolean {
  return offeredContexts(profile).some((has) => satisfiedContext(has, wanted, profile) !== null);
}

/** What nobody has configured is worth nothing, and no other can be worth as much. */
function levelOf(levels: AuthenticationContexts['levels'], name: string, unknown = -Infinity): number {
  return Object.hasOwn(levels, name) ? (levels[name] ?? unknown) : unknown;
}

/** What tokens say of the login that they go back to: `acr` and `auth_time`, where it is known. RFC 9470 section 6, RFC 9068 section 2.2.1. */
export function authenticationClaims({ acr, auth_time: at }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...(typeof acr === 'string' ? { acr } : {}), ...(typeof at === 'number' ? { auth_time: at } : {}) };
}
