import type { RegisteredClient } from '../client/registered-client.ts';
import type { ClientCapability, EndpointKind } from '../configuration/entities.ts';
import type { Route } from '../configuration/snapshot.ts';
import { CeilingError } from '../issuance/claims.ts';
import type { FlowId } from '../procedures/flows.ts';
import type { RequestedClaims } from '../authorize/claims-request.ts';
import type { CodeGrant } from '../authorize/code-grant.ts';
import type { DeviceCodeTerms } from '../device/device-grant.ts';
import type { ContextText } from '../procedures/host-calls.ts';
import type { Claim, MaybePromise, TokenKey } from '../stores.ts';
import type { PersonRequirement } from '../people-stores.ts';
import type { ResourceTarget } from './resource-target.ts';
import type { Confirmation } from './sender-binding.ts';
import type { OAuthRequest } from '../transport/exchange.ts';
import type { Form } from '../transport/form.ts';

/** A token request by an authenticated client. */
export interface TokenRequest {
  readonly request: OAuthRequest;
  readonly form: Form;
  readonly route: Route;
  readonly client: RegisteredClient;
  /** Seconds since 1970. */
  readonly now: number;
  /** What issued access tokens are bound to; null for bearer tokens. */
  readonly confirmation: Confirmation | null;
}

/** A delegation that was there before: issued tokens may hang from it, and end with it. */
export interface StandingDelegation {
  readonly id: string;
  /** JSON text of its view. */
  readonly view: string;
  readonly expiresAt: number;
}

/**
 * Who and what the tokens of a run are for, and how far they may go. The procedure of the flow issues them.
 * All default data is what the service would issue by itself.
 */
export interface IssuanceTerms {
  readonly subject: string;
  /** Granted scopes: the ceiling of everything issued. */
  readonly scopes: readonly string[];
  /** Null where the procedure has to make one. */
  readonly delegation: StandingDelegation | null;
  /** The delegation that was made with the code that is redeemed: the one that the procedure makes takes its place. Absent for none. */
  readonly renews?: StandingDelegation;
  /** The scopes of refresh tokens; null where the flow gives none. Whether the client may have one is its own affair. */
  readonly refreshScopes: readonly string[] | null;
  /** What id tokens say whatever the procedure puts there; null where there are none. OpenID Connect Core section 2. */
  readonly idToken: IdTokenTerms | null;
  /** What authorization codes stand for; null where there are none. */
  readonly code: CodeGrant | null;
  /** What the device code stands for; absent where none is issued. RFC 8628 section 3.2. */
  readonly deviceCode?: DeviceCodeTerms;
  /** What access tokens are for; absent for the client's own audiences. */
  readonly target?: ResourceTarget | null;
  /** APIs that the delegation's tokens may be for, now and later; absent for what the client may ask for. RFC 8707 section 2.2. */
  readonly resources?: readonly string[];
  /** Claims that userinfo tells by the tokens of its delegations, beside those of their scopes; absent for none. */
  readonly userinfoClaims?: RequestedClaims;
  /** The login session that its delegations end with; absent for none. */
  readonly session?: string;
  /** What the context shows of the grant. */
  readonly presented: Pick<
    ContextText,
    | 'presentedToken'
    | 'presentedNonce'
    | 'exchange'
    | 'providedState'
    | 'issuer'
    | 'sessionState'
    | 'accountAttributes'
    | 'authenticationRequest'
  >;
  /** What holds beside, since the tokens stand on another one. */
  readonly exchanged?: ExchangeBounds;
  readonly defaults: {
    readonly delegation: Readonly<Record<string, unknown>> | null;
    /** Null where the flow issues no access tokens. */
    readonly accessToken: Readonly<Record<string, unknown>> | null;
    readonly refreshToken?: Readonly<Record<string, unknown>> | null;
    readonly idToken?: Readonly<Record<string, unknown>> | null;
    readonly authorizationCode?: Readonly<Record<string, unknown>>;
    readonly deviceCode?: Readonly<Record<string, unknown>>;
    readonly response: Readonly<Record<string, unknown>>;
  };
  readonly subjectAttributes: Readonly<Record<string, unknown>>;
  readonly contextAttributes: Readonly<Record<string, unknown>>;
}

/** How far tokens may go that stand on another one. RFC 8693. */
export interface ExchangeBounds {
  /** When the subject token ends. Seconds since 1970. */
  readonly expiresAt: number;
  /** Those that the client may name; null for any that the profile allows. */
  readonly audiences: readonly string[] | null;
  /** When a scope of the subject token ends before the token does. Seconds since 1970. */
  scopeExpiry(scope: string): number | undefined;
  /** Confirmation of the subject token, of which the request had the proof; undefined for none. RFC 7800. */
  readonly cnf: unknown;
  /** Actors of the subject token. RFC 8693 section 4.1. */
  readonly act: unknown;
}

/** What a procedure has decided in the first phase of an exchange; null for what the service would decide. */
export interface ExchangeDecision {
  readonly subjectAttributes: Readonly<Record<string, unknown>> | null;
  readonly contextAttributes: Readonly<Record<string, unknown>> | null;
  readonly audiences: readonly string[] | null;
  readonly scopes: readonly string[] | null;
}

/** Claims of id tokens that are the service's own. */
export interface IdTokenTerms {
  readonly nonce: string | null;
  /** Seconds since 1970. */
  readonly authenticatedAt: number | null;
  readonly session: string | null;
}

/** What redeeming a grant gives. */
export interface RedeemedGrant extends IssuanceTerms {
  /** What must still be so of the person who gave it; absent where nothing must. */
  readonly person?: PersonRequirement | null;
  /** Held until the commit; null for grants that are not used up. */
  readonly claim: Claim | null;
  /** The refresh token that ends with the commit; null for none. */
  readonly rotated: RotatedToken | null;
  /**
   * Where the procedure has to decide before anything can be issued: what the grant is then.
   * @throws OAuthError for a decision beyond the ceilings, which the procedure sees
   * @throws CeilingError for one that makes no sense
   */
  readonly initialize?: (decision: ExchangeDecision) => RedeemedGrant;
}

/** @throws CeilingError when a procedure has not decided yet what it has to: a sandbox process could be made to say anything */
export function requireInitialized({ initialize }: RedeemedGrant): void {
  if (initialize !== undefined) throw new CeilingError('nothing can be issued before getInitializedContext');
}

/** A refresh token whose place another takes. */
export interface RotatedToken {
  readonly key: TokenKey;
  readonly value: string;
}

/** The grant was redeemed before, and its client gets the very answer that it seems to have lost. */
export interface RepeatedAnswer {
  readonly answer: TokenAnswer;
}

/** What is sent for a redeemed grant. */
export interface TokenAnswer {
  /** JSON text. */
  readonly body: string;
  /** Those that the procedure has set: names and values in turn. */
  readonly headers: readonly string[];
}

/**
 * A way to obtain tokens, RFC 6749 section 1.3. To add one: a file under `grants/`, a flow in `procedures/flows`, a
 * default procedure under `procedures/`, and an entry in the list given to the token endpoint.
 */
export interface GrantType {
  /** The `grant_type` parameter. */
  readonly id: string;
  readonly flow: FlowId;
  /** What a client needs to use it. */
  readonly capability: ClientCapability;
  /** Where a client has to begin, if it begins somewhere else: without an endpoint of the kind the grant type is not advertised. */
  readonly begunAt?: EndpointKind;
  /**
   * Checks the authorization grant and claims it.
   * @throws OAuthError
   */
  redeem(request: TokenRequest): MaybePromise<RedeemedGrant | RepeatedAnswer>;
}
