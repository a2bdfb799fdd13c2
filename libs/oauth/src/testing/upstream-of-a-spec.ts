import { put, type Change } from '../configuration/configuration.ts';
import type { Profile } from '../configuration/entities.ts';
import type { UpstreamProvider } from '../configuration/upstream-settings.ts';
import {
  UpstreamError,
  type OpenedUpstream,
  type UpstreamAttempt,
  type UpstreamClaims,
  type UpstreamClient,
  type UpstreamFailure,
  type UpstreamRequest,
} from '../people/upstream/upstream-client.ts';
import { httpClientOf, profileOf } from './service-builder.ts';

export const UPSTREAM_ISSUER = 'https://up.example';

export function upstreamOf(members: Partial<UpstreamProvider> = {}): UpstreamProvider {
  return {
    ...{ enabled: true, issuer: UPSTREAM_ISSUER, clientId: 'us', authentication: { method: 'none', secret: null } },
    ...{ displayName: 'Up & <Co>', displayNames: { de: 'Oben' }, scopes: ['openid'], responseMode: 'query', prompt: null, acrValues: [] },
    ...{ loginHint: true, userInfo: true, accounts: 'create', linkByEmail: false, subjectClaim: 'sub', allowedEmailDomains: null },
    ...{ usernameClaim: 'preferred_username', attributes: { name: 'name', email: 'email' }, requiredClaims: {}, acr: {}, passAmr: false },
    ...members,
  };
}

/** The profile of a spec with upstream providers, and what reaches them. */
export function withUpstreams(upstreamProviders: Profile['upstreamProviders'], members: Partial<Profile> = {}): readonly Change[] {
  return [put('profile', profileOf({ ...members, upstreamProviders })), put('http-client', httpClientOf('up'))];
}

/** A provider as a spec says: it lets everybody in, as whom the spec wants. */
export class UpstreamOfASpec implements UpstreamClient {
  /** What it was asked, newest last. */
  readonly asked: UpstreamRequest[] = [];
  readonly redeemed: { readonly attempt: UpstreamAttempt; readonly parameters: string }[] = [];
  claimsOf: UpstreamClaims = { idToken: { sub: 'up-1', name: 'Una', preferred_username: 'una' }, userInfo: {} };
  /** What it does instead of answering. */
  fails: UpstreamFailure | null = null;

  authorizationUrl({ name }: OpenedUpstream, request: UpstreamRequest): Promise<string> {
    if (this.fails !== null) return Promise.reject(new UpstreamError(this.fails, 'it does as the spec says'));
    this.asked.push(request);
    return Promise.resolve(`${UPSTREAM_ISSUER}/authorize?as=${name}&state=${encodeURIComponent(request.state)}`);
  }

  claims(_upstream: OpenedUpstream, attempt: UpstreamAttempt, parameters: string): Promise<UpstreamClaims> {
    if (this.fails !== null) return Promise.reject(new UpstreamError(this.fails, 'it does as the spec says'));
    this.redeemed.push({ attempt, parameters });
    return Promise.resolve(this.claimsOf);
  }
}
