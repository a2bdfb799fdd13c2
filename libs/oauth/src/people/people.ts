import type { RegisteredClient } from '../client/registered-client.ts';
import type { ProfileSnapshot, Route, Snapshot } from '../configuration/snapshot.ts';
import type { PersonRequirement } from '../people-stores.ts';
import type { OAuthRequest } from '../transport/exchange.ts';

/** Somebody is signed in, in one browser. */
export interface LoginSession {
  /** Names the session in id tokens (`sid`) and delegations. Not what the cookie holds: knowing it opens nothing. */
  readonly id: string;
  /** The account: `sub`. */
  readonly subject: string;
  /** When the person last proved who they are. Seconds since 1970. */
  readonly authenticatedAt: number;
  /** How sure that was: `acr`. OpenID Connect Core section 2. */
  readonly acr: string;
  /** Means by which: `amr`. RFC 8176. */
  readonly amr: readonly string[];
  /** Attributes of the account, for claims. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What the authorize endpoint knows of people: who is signed in, what they have allowed, and where to ask them. */
export interface People {
  /** The session of the browser that sent the request; null where nobody is signed in. */
  session(request: OAuthRequest, profile: ProfileSnapshot): Promise<LoginSession | null>;
  /** Whether the person has allowed a client all of these scopes before, and has not taken it back. */
  hasConsented(profile: string, subject: string, clientId: string, scopes: readonly string[]): Promise<boolean>;
  /** What must still be so when what the person gave in this session is redeemed; null where nothing tells. */
  requirement(profile: string, session: LoginSession, client: RegisteredClient): PersonRequirement | null;
  /** Attributes of an account; null when there is none, or it is disabled. */
  attributes(profile: string, subject: string): Promise<Readonly<Record<string, unknown>> | null>;
  /**
   * Where the person is asked; null where the profile has no pages for people.
   *
   * @param interaction a sealed `Interaction`
   */
  page(snapshot: Snapshot, route: Route, page: 'login' | 'consent', interaction: string): string | null;
}
