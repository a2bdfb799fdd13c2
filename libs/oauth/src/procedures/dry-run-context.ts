import type { RegisteredClient } from '../client/registered-client.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { introspectedToken } from '../introspection/introspected-token.ts';
import { claimsOfRow } from '../introspection/presented-tokens.ts';
import type { Account, AccountStore } from '../people-stores.ts';
import type { FoundToken, TokenStore } from '../stores.ts';
import { opaqueTokenKey, tokenId } from '../token/opaque-token.ts';
import { presentedJwt } from '../token/presented-jwt.ts';
import { DryRunError, type DryRunRequest, type DryRunToken } from './dry-run.ts';
import type { FlowId } from './flows.ts';

/** Where what a request for a dry run names is found. */
export interface KnownData {
  readonly tokens: Pick<TokenStore, 'find'>;
  readonly accounts: Pick<AccountStore, 'find' | 'findByUsername'>;
}

/** A token that was found. */
export interface PresentedToken {
  readonly found: FoundToken;
  /** Of a JWT access token, which may say less than its row. */
  readonly claims: Record<string, unknown> | null;
}

/** What a request comes to when what it names has been looked up. */
export interface LookedUp {
  /** With the data of token and account in the place of their names. */
  readonly request: DryRunRequest;
  /** Absent without a token; null for one that nobody knows. */
  readonly presented?: PresentedToken | null;
  readonly token: DryRunToken | null;
  readonly account: Account | null;
}

/** The flows that look at a token whatever has become of it. */
const LOOKS_AT_ANY: ReadonlySet<FlowId> = new Set<FlowId>([
  'oauth-introspect',
  'oauth-introspect-application-jwt',
  'oauth-forward-auth',
  'oauth-token-validation',
  'oauth-revoke',
]);
/** The client acts for itself. */
const WITHOUT_PERSON: ReadonlySet<FlowId> = new Set<FlowId>([
  'oauth-token-client-credentials',
  'oauth-dynamic-client-registration-pre-processing',
  'oauth-dynamic-client-registration-post-processing',
]);

/** @throws DryRunError where something is not there, or does not fit the flow */
export async function lookedUp(
  request: DryRunRequest,
  profile: ProfileSnapshot,
  client: RegisteredClient,
  known: KnownData | null,
  now: number,
): Promise<LookedUp> {
  const { account: named, subject, token: text, ...rest } = request;
  const who = named !== undefined ? '/account' : '/subject';
  if (WITHOUT_PERSON.has(request.flow) && (named !== undefined || subject !== undefined))
    throw new DryRunError(who, `flow ${request.flow} is about no person: the client acts for itself`);
  if (text !== undefined) {
    if (request.tokenData !== undefined) throw new DryRunError('/token', 'give either a token or tokenData');
    if (named !== undefined || subject !== undefined) throw new DryRunError(who, 'the token says whom it is about: leave this out');
    return withToken(rest, text, profile, client, demanded(known, '/token'), now);
  }
  if (named !== undefined && subject !== undefined) throw new DryRunError('/subject', 'give either an account or a subject');
  if (request.tokenData === null) return { request: rest, token: null, account: null };
  if (subject !== undefined) return { request: { ...rest, tokenData: { sub: subject, ...rest.tokenData } }, token: null, account: null };
  if (named === undefined) return { request: rest, token: null, account: null };
  const { accounts } = demanded(known, '/account');
  const account = (await accounts.find(profile.id, named)) ?? (await accounts.findByUsername(profile.id, named));
  if (account === null) throw new DryRunError('/account', `profile "${profile.id}" has no account of this id or username`);
  // Who looks at a token is told by the token what is known of the person, and by nothing else.
  const claims = LOOKS_AT_ANY.has(request.flow) ? {} : account.attributes;
  const tokenData = { sub: account.id, ...claims, ...rest.tokenData };
  return { request: { ...rest, username: account.username, tokenData }, token: null, account };
}

async function withToken(
  request: DryRunRequest,
  text: string,
  profile: ProfileSnapshot,
  client: RegisteredClient,
  { tokens }: KnownData,
  now: number,
): Promise<LookedUp> {
  const opaque = opaqueTokenKey(text);
  const named = opaque === null ? await presentedJwt(profile, text, now) : { key: opaque, claims: null };
  const [found] = named === null || named === 'expired' ? [null] : await tokens.find([named.key]);
  const isOurs = found?.profile === profile.id;
  const claims =
    !isOurs || named === null || named === 'expired' || named.claims === null ? null : await claimsOfRow(found, named.claims, profile);
  const presented = isOurs ? { found, claims } : null;
  const token = describe(presented, named === 'expired', client, profile, now);
  const common = { presented, token, account: null };
  if (LOOKS_AT_ANY.has(request.flow)) return { ...common, request: presented === null ? { ...request, tokenData: null } : request };
  if (presented === null || (token.status !== 'active' && token.status !== 'hidden'))
    throw new DryRunError('/token', `the token is ${token.status}: in flow ${request.flow} the procedure would not be asked`);
  return { ...common, request: { ...request, tokenData: token.data ?? {} } };
}

function describe(
  presented: PresentedToken | null,
  isOver: boolean,
  client: RegisteredClient,
  profile: ProfileSnapshot,
  now: number,
): DryRunToken {
  if (presented === null)
    return { status: isOver ? 'expired' : 'unknown', id: null, purpose: null, form: null, clientId: null, data: null, expiresAt: null };
  const { found, claims } = presented;
  const { purpose, form, clientId, expiresAt } = found;
  const data = claims ?? (JSON.parse(found.data) as Record<string, unknown>);
  return { status: statusOf(presented, client, profile, now), id: tokenId(found.key), purpose, form, clientId, data, expiresAt };
}

function statusOf(
  { found, claims }: PresentedToken,
  client: RegisteredClient,
  profile: ProfileSnapshot,
  now: number,
): DryRunToken['status'] {
  if (found.revokedAt !== null || found.delegation?.status !== 'active') return 'revoked';
  if (found.expiresAt <= now || found.delegation.expiresAt <= now) return 'expired';
  return introspectedToken(found, claims, client, profile, now) === null ? 'hidden' : 'active';
}

function demanded(known: KnownData | null, pointer: string): KnownData {
  if (known === null) throw new DryRunError(pointer, 'there is nothing here that it could be looked up in');
  return known;
}
