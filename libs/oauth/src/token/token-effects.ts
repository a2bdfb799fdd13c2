import { AUTHORIZATION_CODE, CODE_LIFETIME, type StoredCode } from '../authorize/code-grant.ts';
import type { StoredDeviceRequest } from '../device/device-grant.ts';
import { CeilingError, givenMembers } from '../issuance/claims.ts';
import { bucketEffects, isBucketEffect } from '../procedures/bucket-effects.ts';
import type { DelegationView } from '../procedures/host-calls.ts';
import type { GuestEffect } from '../procedures/sandbox.ts';
import type { NewPolledAuthorization } from '../polled-authorization-store.ts';
import type { Commit, Effect, NewGrant, NewToken } from '../stores.ts';
import { requireInitialized, type RedeemedGrant, type TokenRequest } from './grant-type.ts';
import type { MintedValues } from './minted-values.ts';
import { newDelegation } from './new-delegation.ts';
import { REFRESH_TOKEN_GRANT } from './grants/refresh-token.ts';
import type { TokenComposition } from './token-composition.ts';
import type { Delegations } from './token-execution.ts';

/** A token that was signed while the procedure ran; stored with the rest at commit. */
export interface SignedToken {
  readonly delegationId: string;
  readonly token: NewToken;
}

/** What of a commit the run decides. */
export type CommitOfARun = Pick<Commit, 'effects' | 'requires' | 'remains' | 'person' | 'polled'>;

/** What the host knows of a run that has ended. */
export interface EndedRun {
  readonly token: TokenRequest;
  readonly grant: RedeemedGrant;
  readonly delegations: Delegations;
  readonly composition: TokenComposition;
  readonly values: MintedValues;
  readonly signed: readonly SignedToken[];
}

/**
 * The commit that the effects of a run amount to.
 *
 * @throws CeilingError when a delegation or token passes a ceiling
 */
export async function tokenEffects(recorded: readonly GuestEffect[], run: EndedRun): Promise<CommitOfARun> {
  const { token, grant, composition, signed } = run;
  const profile = token.route.profile.id;
  const made = new Map<string, Record<string, unknown>>();
  const ended = new Set<string>();
  const tokens: NewToken[] = [];
  const codes: (readonly string[])[] = [];
  let polled: NewPolledAuthorization | undefined;
  const hangsFrom = (id: string) => id === grant.delegation?.id || made.has(id);
  for (const effect of recorded) {
    if (isBucketEffect(effect)) continue;
    const { kind, payload } = effect;
    if (kind !== 'header') requireInitialized(grant);
    const parts = payload.split('\n');
    if (kind === 'delegation') {
      requireDelegations(grant, made.size);
      made.set(run.values.delegations[Number(parts[0])] ?? missing(kind), delegationData(parts[1] ?? missing(kind)));
    } else if (kind === 'token' || kind === 'refresh-token') {
      const [issuerId = '', delegationId = '', index = '', data = ''] = parts;
      if (!hangsFrom(delegationId)) throw new CeilingError('the delegation was not issued in this run');
      const purpose = kind === 'token' ? 'access_token' : 'refresh_token';
      const minted = run.values.tokens[purpose][Number(index)] ?? missing(kind);
      const composed =
        kind === 'token'
          ? composition.accessToken(composition.issuer(issuerId), delegationId, data)
          : composition.refreshToken(delegationId, data);
      const form = kind === 'token' ? composition.issuer(issuerId).kind : 'opaque';
      tokens.push(composition.row(purpose, form, delegationId, minted, composed));
    } else if (kind === 'nonce' && grant.deviceCode !== undefined) {
      if (polled !== undefined) throw new CeilingError('the flow issues one device code');
      polled = deviceCode(run, parts);
    } else if (kind === 'nonce') {
      codes.push(parts);
    } else if (kind === 'revoke-delegation') {
      if (!made.delete(payload) || payload === grant.renews?.id) ended.add(await endable(run, payload));
    } else if (kind !== 'header') throw new Error(`unknown effect ${kind}`);
  }
  for (const { delegationId, token: row } of signed) {
    if (!hangsFrom(delegationId)) throw new CeilingError('the delegation was not issued in this run');
    tokens.push(row);
  }
  const live = tokens.filter(({ delegationId }) => hangsFrom(delegationId));
  const delegations = [...made].map(([id, data]): Effect => {
    const own = live.filter(({ delegationId }) => delegationId === id);
    const effect = id === grant.renews?.id ? 'renewed-delegation' : 'delegation';
    return { effect, delegation: newDelegation(token, grant, id, data, own, composition.delegationEnd) };
  });
  const [first] = made.keys();
  const standing = grant.delegation?.id ?? grant.renews?.id;
  return {
    effects: [
      ...delegations,
      ...live.flatMap((row): Effect[] => [{ effect: 'token', token: row }, ...(row.purpose === 'refresh_token' ? [redeemable(row)] : [])]),
      ...endingWithSession(grant, delegations),
      ...codes.map((parts): Effect => ({ effect: 'grant', grant: codeGrant(run, parts, first ?? '') })),
      ...(grant.rotated === null ? [] : [{ effect: 'rotated-token', key: grant.rotated.key } as const]),
      ...[...ended].map((id): Effect => ({ effect: 'revoke-delegation', profile, id })),
      ...bucketEffects(recorded, token.route.profile),
    ],
    requires: standing === undefined ? [] : [{ profile, id: standing }],
    ...(grant.person === undefined || grant.person === null ? {} : { person: grant.person }),
    ...(polled === undefined ? {} : { polled }),
    ...(grant.claim === null ? {} : { remains: { delegationId: standing ?? first ?? '', reply: null } }),
  };
}

/** What a person gave while signed in ends when they sign out, unless it is for when they are away. OpenID Connect Core section 11. */
function endingWithSession({ session }: RedeemedGrant, delegations: readonly Effect[]): readonly Effect[] {
  if (session === undefined) return [];
  return delegations.flatMap((effect): Effect[] => {
    if (
      (effect.effect !== 'delegation' && effect.effect !== 'renewed-delegation') ||
      effect.delegation.scope.split(' ').includes('offline_access')
    )
      return [];
    const { profile, id, expiresAt } = effect.delegation;
    return [{ effect: 'session-delegation', profile, session, delegationId: id, expiresAt }];
  });
}

/**
 * What comes of a grant hangs from one delegation: it would not end with it otherwise, when the person signs out or the grant turns out to
 * be stolen.
 *
 * @param count of those made before
 */
function requireDelegations({ delegation, exchanged, claim, code }: RedeemedGrant, count: number): void {
  if (delegation !== null && exchanged === undefined)
    throw new CeilingError('the flow has a delegation and makes no other: use context.delegation');
  if (code !== null && count > 0) throw new CeilingError('tokens that come with a code hang from one delegation, and no other');
  if (claim !== null && count > 0) throw new CeilingError('of a grant that is redeemed comes one delegation, and no other');
}

/** A refresh token is a grant too: it is redeemed once. */
function redeemable({ profile, key, clientId, delegationId, expiresAt }: NewToken): Effect {
  return { effect: 'grant', grant: { profile, hash: key.hash, kind: REFRESH_TOKEN_GRANT, clientId, delegationId, data: '{}', expiresAt } };
}

/**
 * An authorization code: what it stands for is the service's, and the procedure's data goes along.
 *
 * @param delegationId what tokens hang from that come with it: they end together; empty where none do
 */
function codeGrant({ token, grant, values }: EndedRun, [, , index = '', data = '']: readonly string[], delegationId: string): NewGrant {
  const { code } = grant;
  const minted = values.codes[Number(index)] ?? missing('nonce');
  if (code === null) throw new CeilingError('the flow issues no authorization codes');
  const stored: StoredCode = { grant: code, data: Object.fromEntries(givenMembers(data)) };
  return {
    ...{ profile: token.route.profile.id, hash: minted.hash, kind: AUTHORIZATION_CODE, clientId: token.client.id, delegationId },
    ...{ data: JSON.stringify(stored), expiresAt: token.now + CODE_LIFETIME },
  };
}

/** A device code: the request that it stands for is the service's, and the procedure's data goes along. */
function deviceCode({ grant, values }: EndedRun, [, , index = '', data = '']: readonly string[]): NewPolledAuthorization {
  const minted = values.codes[Number(index)] ?? missing('nonce');
  if (grant.deviceCode === undefined) throw new CeilingError('the flow issues no device codes');
  const { request, polled } = grant.deviceCode;
  const stored: StoredDeviceRequest = { request, data: Object.fromEntries(givenMembers(data)) };
  return { ...polled, hash: minted.hash, data: JSON.stringify(stored) };
}

/** The id of a delegation that the procedure may end: the grant's own, or another of the same client. */
async function endable({ token, grant, delegations }: EndedRun, id: string): Promise<string> {
  // The grant's own may be another client's, as that of an exchanged token is.
  if (id === grant.delegation?.id && (JSON.parse(grant.delegation.view) as DelegationView).clientId === token.client.id) return id;
  const found = await delegations.findDelegation(token.route.profile.id, id);
  if (found?.clientId !== token.client.id) throw new CeilingError('only a delegation of the calling client may be revoked');
  return id;
}

function delegationData(text: string): Record<string, unknown> {
  const data: unknown = JSON.parse(text);
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new CeilingError('the data of a delegation must be an object');
  return data as Record<string, unknown>;
}

function missing(kind: string): never {
  throw new Error(`the sandbox sent a broken ${kind} effect`);
}
