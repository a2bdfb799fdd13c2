import type { RegisteredClient } from '../client/registered-client.ts';
import type { ClientCapability } from '../configuration/entities.ts';
import type { Route } from '../configuration/snapshot.ts';
import type { FlowId } from '../procedures/flows.ts';
import type { Claim, MaybePromise } from '../stores.ts';
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
}

/**
 * What redeeming a grant gives: who and what the tokens are for. The procedure of the flow issues them.
 * All default data is what the service would issue by itself.
 */
export interface RedeemedGrant {
  readonly subject: string;
  /** Granted scopes: the ceiling of everything issued. */
  readonly scopes: readonly string[];
  readonly defaults: {
    readonly delegation: Readonly<Record<string, unknown>> | null;
    readonly accessToken: Readonly<Record<string, unknown>>;
    readonly response: Readonly<Record<string, unknown>>;
  };
  readonly subjectAttributes: Readonly<Record<string, unknown>>;
  readonly contextAttributes: Readonly<Record<string, unknown>>;
  /** Held until the commit; null for grants that are not used up. */
  readonly claim: Claim | null;
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
  /**
   * Checks the authorization grant and marks it used.
   * @throws OAuthError
   */
  redeem(request: TokenRequest): MaybePromise<RedeemedGrant>;
}
