import { OAuthError } from '../../errors.ts';
import { CeilingError } from '../../issuance/claims.ts';
import type { DelegationView, TokenExchangeView } from '../../procedures/host-calls.ts';
import { accessTokenDefaults } from '../default-data.ts';
import type { ExchangeDecision, RedeemedGrant, TokenRequest } from '../grant-type.ts';
import { grownChain, type Actor } from './actors.ts';
import type { ExchangeRequest } from './exchange-request.ts';
import type { SecurityToken } from './security-tokens.ts';

/** Everything that an exchange stands on. */
export interface Exchange {
  readonly request: TokenRequest;
  /** Null for a token that only the procedure can judge. */
  readonly subject: SecurityToken | null;
  /** Who acts: as the actor token says, else the calling client. */
  readonly actor: Actor;
  /** Scopes that were asked for; empty when the client leaves it to the service. */
  readonly scopes: readonly string[];
  readonly targets: readonly string[];
}

/** What the context shows of an exchange. RFC 8693 section 2.1. */
export function exchangeView(asked: ExchangeRequest, subject: SecurityToken | null, actor: SecurityToken | null): TokenExchangeView {
  return {
    subjectToken: subject === null ? null : { ...subject.claims },
    subjectTokenDelegation: delegationOf(subject),
    subjectTokenType: asked.subjectToken.type,
    subjectTokenValue: asked.subjectToken.value,
    actorToken: actor === null ? null : { ...actor.claims },
    actorTokenDelegation: delegationOf(actor),
    actorTokenType: asked.actorToken?.type ?? null,
    requestedScopes: asked.scopes,
    requestedAudiences: asked.targets,
    requestedTokenType: asked.requestedTokenType,
  };
}

/** What the tokens of an exchange are for when nobody decides otherwise, and as long as nobody has decided. */
export function uninitialized(exchange: Exchange, view: TokenExchangeView): RedeemedGrant {
  const grant = exchangedGrant(exchange, null);
  return {
    ...grant,
    presented: { exchange: view },
    initialize: (decision) => ({ ...exchangedGrant(exchange, decision), presented: grant.presented }),
  };
}

/**
 * What the tokens of an exchange are for. They hang from what the subject token hangs from, or from a delegation that the procedure
 * makes, and never go beyond the subject token.
 *
 * @param decision of the procedure; null for what the service would decide
 * @throws OAuthError `invalid_scope` or `invalid_target` for a decision beyond the ceilings
 * @throws CeilingError when nobody says who the subject of an unknown token is
 */
export function exchangedGrant(exchange: Exchange, decision: ExchangeDecision | null): RedeemedGrant {
  const { request, subject, actor, targets } = exchange;
  const { client } = request;
  const known = knownAttributes(subject);
  const subjectAttributes = decision?.subjectAttributes ?? known.subjectAttributes;
  const contextAttributes = decision?.contextAttributes ?? known.contextAttributes;
  const owner = ownerOf(subjectAttributes, subject, decision);
  const allowed = allowedScopes(exchange);
  const scopes =
    decision === null ? defaultScopes(exchange, allowed) : grantedScopes(decision.scopes ?? exchange.scopes, decision, allowed);
  const audiences = decidedAudiences(decision?.audiences ?? targets, exchange, decision);
  const own = subject?.own ?? null;
  const expiresAt = endOf(subject, scopes);
  const act = grownChain(subject?.claims['act'], actor, own?.clientId ?? null);
  const scope = scopes.join(' ');
  return {
    subject: owner,
    scopes,
    delegation: own?.delegation ?? null,
    // The client can come back with the subject token, or with what it got that from.
    refreshScopes: null,
    idToken: null,
    code: null,
    presented: {},
    exchanged: {
      expiresAt: subject?.expiresAt ?? Infinity,
      audiences: exchangeableAudiences(exchange),
      scopeExpiry: (name) => own?.scopeExpiry(name),
      cnf: subject?.claims['cnf'],
      act: subject?.claims['act'],
    },
    defaults: {
      delegation: { clientId: client.id, owner, scope, claims: {} },
      accessToken: {
        ...accessTokenDefaults(request, owner, scope, expiresAt),
        ...(audiences.length === 0 ? {} : { aud: audiences.length === 1 ? audiences[0] : audiences }),
        ...(act === undefined ? {} : { act }),
        _clientId: client.id,
      },
      response: {},
    },
    subjectAttributes,
    contextAttributes,
    claim: null,
    rotated: null,
  };
}

/** Scopes that tokens of the exchange may have: the client's, and of a token of this service no others than its own. */
export function allowedScopes({ request, subject }: Pick<Exchange, 'request' | 'subject'>): ReadonlySet<string> {
  const { scopes } = request.client;
  const held = subject?.own?.scopes;
  return held === undefined ? scopes : new Set(held.filter((name) => scopes.has(name)));
}

/** Who asks for nothing in particular gets what there is; of more than that the procedure may give some. */
function defaultScopes({ scopes }: Exchange, allowed: ReadonlySet<string>): readonly string[] {
  return scopes.length === 0 ? [...allowed] : scopes.filter((name) => allowed.has(name));
}

function grantedScopes(scopes: readonly string[], { scopes: decided }: ExchangeDecision, allowed: ReadonlySet<string>): readonly string[] {
  // None were asked for, and nobody has decided that there are to be none.
  if (scopes.length === 0 && decided === null) return [...allowed];
  for (const name of scopes)
    if (!allowed.has(name)) throw new OAuthError('invalid_scope', 'A scope goes beyond those that the subject token and the client have.');
  return [...new Set(scopes)];
}

/** @throws OAuthError `invalid_target` */
function decidedAudiences(audiences: readonly string[], exchange: Exchange, decision: ExchangeDecision | null): readonly string[] {
  const { allowedAudiences } = exchange.request.route.profile.profile;
  const exchangeable = exchangeableAudiences(exchange);
  const isAllowed = (name: string) => (allowedAudiences?.includes(name) ?? true) && (exchangeable?.includes(name) ?? true);
  if (decision === null) return audiences.filter(isAllowed);
  if (!audiences.every(isAllowed))
    throw new OAuthError('invalid_target', 'The client may not have tokens for a requested audience or resource.');
  return [...new Set(audiences)];
}

/** Audiences that the client may name; null for any that the profile allows. */
function exchangeableAudiences({ request }: Exchange): readonly string[] | null {
  const { tokenExchange, audience } = request.client;
  return tokenExchange.audiences === null ? null : [...tokenExchange.audiences, ...(typeof audience === 'string' ? [audience] : audience)];
}

/** No token outlives the subject token, its delegation, or a scope that ends before. */
function endOf(subject: SecurityToken | null, scopes: readonly string[]): number {
  if (subject === null) return Infinity;
  const { own, expiresAt } = subject;
  if (own === null) return expiresAt;
  return Math.min(expiresAt, own.delegation.expiresAt, ...scopes.map((name) => own.scopeExpiry(name) ?? Infinity));
}

/** How the subject authenticated, as far as it is known. */
function knownAttributes(subject: SecurityToken | null): Pick<RedeemedGrant, 'subjectAttributes' | 'contextAttributes'> {
  if (subject === null) return { subjectAttributes: {}, contextAttributes: {} };
  const view = delegationOf(subject);
  const known = { subject: subject.subject };
  if (view?.owner !== subject.subject) return { subjectAttributes: known, contextAttributes: {} };
  const { subjectAttributes = known, contextAttributes = {} } = (view.authenticationAttributes ?? {}) as {
    readonly subjectAttributes?: Record<string, unknown>;
    readonly contextAttributes?: Record<string, unknown>;
  };
  return { subjectAttributes, contextAttributes };
}

function ownerOf(attributes: Readonly<Record<string, unknown>>, subject: SecurityToken | null, decision: ExchangeDecision | null): string {
  const named = attributes['subject'] ?? subject?.subject;
  if (typeof named === 'string' && named !== '') return named;
  if (decision === null) return '';
  throw new CeilingError(
    'getInitializedContext needs the member "subject" among the subject attributes: the subject token is not of this service',
  );
}

function delegationOf(token: SecurityToken | null): DelegationView | null {
  const text = token?.own?.delegation.view;
  return text === undefined ? null : (JSON.parse(text) as DelegationView);
}
