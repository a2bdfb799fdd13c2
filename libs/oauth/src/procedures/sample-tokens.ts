import type { RegisteredClient } from '../client/registered-client.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import type { Revoked } from '../revocation/revocation-execution.ts';
import type { FoundToken } from '../stores.ts';
import { DryRunError, type DryRunRequest } from './dry-run.ts';
import type { LookedUp } from './dry-run-context.ts';

export const SAMPLE_CLIENT = 'sample-client';
/** That a token may still be used. */
export const SAMPLE_SECONDS = 300;

/** A token that nobody has, with the data that the request gives. @throws DryRunError for data that no token has */
export function sampleToken(
  request: DryRunRequest,
  profile: ProfileSnapshot,
  caller: RegisteredClient,
  key: FoundToken['key'],
  now: number,
): FoundToken {
  const scope = (request.scopes ?? Object.keys(profile.profile.scopes)).join(' ');
  const owner = caller.policy === 'own' ? caller.id : SAMPLE_CLIENT;
  const data: Record<string, unknown> & { scope?: unknown; sub?: unknown; exp?: unknown } = {
    purpose: 'access_token',
    delegationId: 'sample-delegation',
    iss: profile.issuer,
    sub: owner,
    aud: owner,
    scope,
    iat: now - 10,
    nbf: now - 10,
    exp: now + SAMPLE_SECONDS,
    ...request.tokenData,
  };
  const { scope: tokenScope, sub, exp } = data;
  if (typeof tokenScope !== 'string') throw new DryRunError('/tokenData/scope', 'must be a string of space separated names');
  if (typeof sub !== 'string') throw new DryRunError('/tokenData/sub', 'must be a string');
  for (const name of ['iat', 'nbf'])
    if (typeof data[name] !== 'number') throw new DryRunError(`/tokenData/${name}`, 'must be a number of seconds since 1970');
  if (typeof exp !== 'number') throw new DryRunError('/tokenData/exp', 'must be a number of seconds since 1970');
  const granted = [...new Set([...scope.split(' '), ...tokenScope.split(' ')])].filter((name) => name !== '').join(' ');
  return {
    key,
    profile: profile.id,
    purpose: 'access_token',
    form: 'opaque',
    clientId: owner,
    delegationId: 'sample-delegation',
    // In the order of stored data, which is by name.
    data: JSON.stringify(Object.fromEntries(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1)))),
    expiresAt: exp,
    revokedAt: null,
    delegation: {
      status: 'active',
      expiresAt: exp,
      view: JSON.stringify({
        id: 'sample-delegation',
        clientId: owner,
        owner: sub,
        scope: granted,
      }),
    },
  };
}

/** A client is told nothing of tokens of others. RFC 7009 section 2.1. */
export function revokedOf(presented: LookedUp['presented'], client: RegisteredClient): Revoked | null {
  if (presented?.found.clientId !== client.id) return null;
  const { sub } = JSON.parse(presented.found.data) as { readonly sub: string };
  const { clientId, purpose, delegationId } = presented.found;
  return { clientId, subject: sub, purpose, delegationId };
}

/** Members of the token data that a revocation shows are taken over; null data stands for a token nobody knows. */
export function sampleRevoked(client: RegisteredClient, data: NonNullable<DryRunRequest['tokenData']> = {}): Revoked {
  const { sub = client.id, purpose = 'access_token', delegationId = 'sample-delegation' } = data;
  const text = (name: string, value: unknown): string => {
    if (typeof value === 'string') return value;
    throw new DryRunError(`/tokenData/${name}`, 'must be a string');
  };
  return {
    clientId: client.id,
    subject: text('sub', sub),
    purpose: text('purpose', purpose),
    delegationId: text('delegationId', delegationId),
  };
}
