import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { UserPagesSettings } from '../configuration/endpoint-settings.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import type { FoundSession, LinkProof, NewSession, SessionRecord, SessionStore } from '../people-stores.ts';
import type { MaybePromise } from '../stores.ts';
import type { OAuthRequest } from '../transport/exchange.ts';
import { contextsOf } from './authentication-context.ts';
import { cookieOf, setCookie } from './cookies.ts';
import type { VerifiedAccount } from './password-verification.ts';

/** Seconds within which it is not noted again that a session is used. */
const NOTED_FOR = 60;

/** What is known of who signs in by a password alone. OpenID Connect Core section 2 (`acr`), RFC 8176 section 2 (`pwd`). */
export function byPassword(profile: ProfileSnapshot): Pick<SessionRecord, 'acr' | 'amr'> {
  return { acr: contextsOf(profile.profile).password, amr: ['pwd'] };
}

/** A session as the browser that sent the request has it. */
export type OwnSession = FoundSession & {
  /** The value of the cookie. */
  readonly cookie: string;
};

/** When and how somebody has shown who they are. */
export type Authentication = Pick<NewSession, 'authenticatedAt' | 'acr' | 'amr'>;

/** Begins, finds and ends sessions by the cookies of browsers. */
export class LoginSessions {
  constructor(
    private readonly sessions: SessionStore,
    private readonly clock: () => number,
  ) {}

  /** The session of the browser that sent the request; null where nobody is signed in. */
  async find(request: OAuthRequest, profile: ProfileSnapshot): Promise<OwnSession | null> {
    const cookie = cookieOf(request, profile, 'session');
    if (cookie === null) return null;
    const now = this.clock();
    const found = await this.sessions.find(profile.id, hashOf(cookie), now);
    if (found === null) return null;
    if (found.lastSeen < now - NOTED_FOR) await this.#note(found, now);
    return { ...found, cookie };
  }

  /**
   * Begins a session under a new value, whatever the browser had before: nobody can have it sign in to a session that they know.
   *
   * @returns the header that has the browser keep it; null where the account was changed meanwhile
   */
  async begin(
    request: OAuthRequest,
    profile: ProfileSnapshot,
    { id: subject, passwordHash }: VerifiedAccount,
    settings: UserPagesSettings,
  ): Promise<readonly [string, string] | null> {
    const how = { ...byPassword(profile), authenticatedAt: this.clock() };
    return this.#begin(request, profile, subject, how, settings, (session, before) => this.sessions.begin(session, passwordHash, before));
  }

  /**
   * The same for the account of a link.
   *
   * @returns null where the account may not be signed in to, or is linked so no more
   */
  async beginLinked(
    request: OAuthRequest,
    profile: ProfileSnapshot,
    { account }: { readonly account: string },
    proof: LinkProof,
    how: Authentication,
    settings: UserPagesSettings,
  ): Promise<readonly [string, string] | null> {
    return this.#begin(request, profile, account, how, settings, (session, before) => this.sessions.beginLinked(session, proof, before));
  }

  async #begin(
    request: OAuthRequest,
    profile: ProfileSnapshot,
    subject: string,
    { authenticatedAt, acr, amr }: Authentication,
    { sessionLifetime, sessionIdleLifetime }: UserPagesSettings,
    store: (session: NewSession, replaces: Uint8Array | null) => MaybePromise<boolean>,
  ): Promise<readonly [string, string] | null> {
    const cookie = randomBytes(32).toString('base64url');
    const now = this.clock();
    const before = cookieOf(request, profile, 'session');
    const session = {
      ...{ profile: profile.id, hash: hashOf(cookie), id: randomUUID(), subject },
      ...{ authenticatedAt, acr, amr, createdAt: now },
      expiresAt: now + sessionLifetime,
      endsAt: now + Math.min(sessionLifetime, sessionIdleLifetime),
    };
    return (await store(session, before === null ? null : hashOf(before))) ? setCookie(profile, 'session', cookie) : null;
  }

  /** Ends the session of the browser; answers the header that has it forget. */
  async end(profile: ProfileSnapshot, session: OwnSession): Promise<readonly [string, string]> {
    await this.sessions.end(profile.id, session.hash);
    return setCookie(profile, 'session', null);
  }

  /** A session that is used lasts as long again as it was given when it was used before, within its bound. */
  async #note({ profile, hash: of, lastSeen, endsAt, expiresAt }: FoundSession, now: number): Promise<void> {
    const until = endsAt < expiresAt ? Math.min(now + endsAt - lastSeen, expiresAt) : endsAt;
    await this.sessions.seen(profile, of, now, until, now - NOTED_FOR);
  }
}

function hashOf(cookie: string): Uint8Array {
  return hash('sha256', cookie, 'buffer');
}
