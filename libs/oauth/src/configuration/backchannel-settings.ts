/** How requests wait for their people. OpenID Connect CIBA section 7.3. */
export interface BackchannelAuthenticationSettings {
  /** Seconds that a request waits whose client asks for no time of its own. */
  readonly lifetime: number;
  /** Seconds that a request waits at most, whatever its client asks for. */
  readonly maximumLifetime: number;
  /** Seconds that a client waits between two polls. */
  readonly interval: number;
  /** Who approves on our pages and has signed in longer ago than these seconds signs in again; null for nobody. */
  readonly signInWithin: number | null;
}

/** Of an endpoint that says nothing of it. */
export const DEFAULT_BACKCHANNEL_AUTHENTICATION: BackchannelAuthenticationSettings = {
  ...{ lifetime: 300, maximumLifetime: 600, interval: 5, signInWithin: null },
};

/** How a client has people authenticated by the backchannel. OpenID Connect CIBA section 4. */
export interface BackchannelClientSettings {
  /** Whether its authentication requests must be signed. Section 7.1.1. */
  readonly signedRequestsOnly: boolean;
}

/** Of a client that says nothing of it. */
export const DEFAULT_BACKCHANNEL_CLIENT: BackchannelClientSettings = { signedRequestsOnly: false };
