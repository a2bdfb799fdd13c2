import type { ClientSecret } from './configuration/client-settings.ts';
import type { MaybePromise, NewAuditEvent, Page } from './stores.ts';

// ---------------------------------------------------------------- clients that have registered themselves

/** What a client says of itself, and may be changed. */
export interface RegistrationState {
  /** As it was registered: names of RFC 7591 section 2, and what a procedure has added. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** For procedures, beside those of its template. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** At most two are valid at a time. */
  readonly secrets: readonly ClientSecret[];
  /** SHA-256 of the token by which the client manages its registration, base64url. RFC 7592 section 3. */
  readonly tokenHash: string;
}

export interface NewDynamicClient extends RegistrationState {
  readonly profile: string;
  readonly id: string;
  readonly endpoint: string;
  readonly template: string;
  /** By what right: `initial-access-token ID`, `access-token CLIENT`, `software-statement ISSUER`, `anyone`. */
  readonly registeredBy: string;
  readonly createdAt: number;
  /** Null for never. */
  readonly expiresAt: number | null;
}

/** A client that has registered itself. Never changed in place: another version is another object. */
export interface DynamicClient extends NewDynamicClient {
  /** 1, 2, 3, ... */
  readonly version: number;
  readonly updatedAt: number;
}

export interface NewInitialAccessToken {
  readonly profile: string;
  readonly id: string;
  /** SHA-256 of its value. */
  readonly hash: Uint8Array;
  readonly endpoint: string;
  /** Null for that of the endpoint. */
  readonly template: string | null;
  readonly note: string;
  /** How many clients may be registered with it. */
  readonly maximumUses: number;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number;
}

export interface InitialAccessToken extends NewInitialAccessToken {
  readonly uses: number;
}

/** What must hold for a registration, judged by the database together with it. */
export interface RegistrationTerms {
  /** Clients of the template that there may be, with this one. */
  readonly maximumClients: number;
  /** The token that is used up by it, if any. */
  readonly token: { readonly hash: Uint8Array } | null;
  readonly audit: readonly NewAuditEvent[];
}

export type RegistrationOutcome = 'registered' | 'token-used' | 'full';

export interface DynamicClientFilter {
  readonly profile: string;
  readonly template?: string;
}

export interface DynamicClientStore {
  /** As it is now; `unchanged` where that is the version that is known, null where there is none. One that has expired is still found. */
  find(profile: string, id: string, known: number | null): MaybePromise<DynamicClient | 'unchanged' | null>;
  /**
   * Stores the client, counts it and uses the token up, all of it or nothing: of any number of registrations with a token on any number
   * of nodes no more succeed than it is good for. Durable when it returns.
   */
  register(client: NewDynamicClient, terms: RegistrationTerms): MaybePromise<RegistrationOutcome>;
  /** Takes the place of a version. False, and nothing is changed, where it is another by now or gone. Durable when it returns. */
  update(
    profile: string,
    id: string,
    from: number,
    state: RegistrationState,
    at: number,
    audit: readonly NewAuditEvent[],
  ): MaybePromise<boolean>;
  /**
   * Removes the client, what people have allowed it, and ends its delegations with all their tokens, in one transaction. False where there
   * is none, or where it has another token by now. Durable when it returns.
   *
   * @param tokenHash what the client must still have, where it has shown it
   */
  remove(profile: string, id: string, at: number, audit: readonly NewAuditEvent[], tokenHash?: string): MaybePromise<boolean>;
  /** Newest first. */
  list(filter: DynamicClientFilter, page: { readonly after?: string; readonly limit: number }): MaybePromise<Page<DynamicClient>>;
  /** At most `limit` that expired before a time. */
  listExpired(before: number, limit: number): MaybePromise<readonly { readonly profile: string; readonly id: string }[]>;

  createToken(token: NewInitialAccessToken, audit: readonly NewAuditEvent[]): MaybePromise<void>;
  findToken(profile: string, hash: Uint8Array): MaybePromise<InitialAccessToken | null>;
  /** Newest first. */
  listTokens(profile: string, page: { readonly after?: string; readonly limit: number }): MaybePromise<Page<InitialAccessToken>>;
  /** False where there is none. Durable when it returns. */
  removeToken(profile: string, id: string, audit: readonly NewAuditEvent[]): MaybePromise<boolean>;
  /** Deletes at most `limit` tokens that expired before a time; answers how many. */
  deleteExpiredTokens(before: number, limit: number): MaybePromise<number>;
}
