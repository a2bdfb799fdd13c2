import { createHmac, hash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { entityKey, type Administrator, type AdminSession, type Configuration, type NewAuditEvent } from '#libs/oauth';
import type { Actor } from './actor.ts';
import type { AdminServices } from './admin-services.ts';
import { Problem } from './problem.ts';
import { isSafe, refuseForeign } from './request-origin.ts';
import { sessionCookie, sessionCookieOf } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The session by which an administrator has authenticated; null for a bearer token, and for nobody. */
    adminSession: SignedIn | null;
  }
}

/** How long sessions last, in seconds. */
export interface AdminSessionLimits {
  /** Without a request. */
  readonly idle: number;
  /** However much it is used. */
  readonly lifetime: number;
}

export const ADMIN_SESSION_LIMITS: AdminSessionLimits = { idle: 1800, lifetime: 28_800 };

/** Seconds within which it is not noted again that a session is used. */
const NOTED_FOR = 60;

/** A session that stands, with what requests that change something must send. */
export interface SignedIn {
  readonly session: AdminSession;
  readonly actor: Actor;
  /** For the header `X-CSRF-Token`. */
  readonly csrf: string;
}

/** Who signs in. */
export type SignIn = Pick<AdminSession, 'administrator' | 'name' | 'role' | 'tokenHash'> & {
  /** Seconds; by default as long as sessions last. */
  readonly lifetime?: number;
};

/** A session that began, and the header by which the browser holds it. */
export interface BegunSession extends SignedIn {
  readonly setCookie: string;
}

/** Administrators in browsers: begins, finds and ends sessions by their cookie. */
export class AdminSessions {
  readonly #csrfKey: Uint8Array;
  readonly #limits: AdminSessionLimits;
  /** Origin of the pages; null for the host that requests name. */
  readonly pages: string | null;
  readonly #openId: boolean;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly services: Pick<AdminServices, 'stores' | 'configuration' | 'sealer' | 'clock'>,
    {
      limits = ADMIN_SESSION_LIMITS,
      pages = null,
      openId = false,
    }: {
      readonly limits?: AdminSessionLimits | undefined;
      readonly pages?: string | null | undefined;
      readonly openId?: boolean | undefined;
    } = {},
  ) {
    this.#csrfKey = services.sealer.derive('admin sessions');
    this.#limits = limits;
    this.pages = pages;
    this.#openId = openId;
  }

  /**
   * Who has sent a request by the cookie; null for nobody.
   *
   * @throws Problem `foreign-origin`, or `csrf-token` for a change without the session's token
   */
  async authenticate(request: FastifyRequest): Promise<SignedIn | null> {
    const cookie = sessionCookieOf(request.headers.cookie);
    if (cookie === null) return null;
    refuseForeign(request, this.pages);
    const session = await this.#find(cookie);
    if (session === null) return null;
    const csrf = this.#csrf(cookie);
    if (!isSafe(request) && !isSame(request.headers['x-csrf-token'], csrf))
      throw new Problem('csrf-token', "Send the session's token in X-CSRF-Token; GET /admin/v1/session tells it.");
    return { session, csrf, actor: { id: session.administrator, role: session.role } };
  }

  /** Begins a session under a new value, whatever the browser had before: nobody can have it sign in to a session that they know. */
  async begin({ lifetime = this.#limits.lifetime, ...who }: SignIn, request: FastifyRequest): Promise<BegunSession> {
    const cookie = randomBytes(32).toString('base64url');
    const now = this.services.clock();
    const before = sessionCookieOf(request.headers.cookie);
    const session: AdminSession = {
      ...who,
      hash: hashOf(cookie),
      id: randomUUID(),
      address: request.ip,
      createdAt: now,
      lastSeen: now,
      expiresAt: now + lifetime,
      endsAt: now + Math.min(this.#limits.idle, lifetime),
    };
    const audit = this.#event(who.administrator, who.administrator, 'administrator.sign-in', {
      ...{ session: session.id, address: session.address, role: who.role },
      ...{ by: who.tokenHash === null ? 'openid-connect' : 'token' },
    });
    await this.services.stores.adminSessions.begin(session, before === null ? null : hashOf(before), audit);
    if (before !== null) this.#tellEnd();
    const actor = { id: who.administrator, role: who.role };
    return { session, actor, csrf: this.#csrf(cookie), setCookie: sessionCookie(cookie) };
  }

  /** Ends a session; answers the header that has the browser forget it. */
  async end({ session }: SignedIn, address: string): Promise<string> {
    const { administrator, id, hash: of } = session;
    await this.services.stores.adminSessions.end(
      of,
      this.#event(administrator, administrator, 'administrator.sign-out', { session: id, address }),
    );
    this.#tellEnd();
    return sessionCookie(null);
  }

  /** Ends all sessions of an administrator, or one; answers how many. */
  async endOf(administrator: string, actor: Actor, id?: string): Promise<number> {
    const count = await this.services.stores.adminSessions.endOf({ administrator, ...(id === undefined ? {} : { id }) }, (ended) =>
      this.#event(actor.id, administrator, 'administrator.end-sessions', { sessions: ended, ...(id === undefined ? {} : { session: id }) }),
    );
    if (count > 0) this.#tellEnd();
    return count;
  }

  /** @param listener called when sessions have been ended on this node: not when their time is over. @returns ends it */
  onEnd(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tellEnd(): void {
    for (const listener of this.#listeners) listener();
  }

  async list(administrator: string | null): Promise<readonly AdminSession[]> {
    const sessions = await this.services.stores.adminSessions.list(administrator, this.services.clock());
    return sessions.filter((session) => this.#stands(session));
  }

  /** Whether a session still is what it was when somebody authenticated by it. To ask is no use of it. */
  async isStanding({ session: { hash: of, role } }: SignedIn, configuration: Configuration): Promise<boolean> {
    const session = await this.services.stores.adminSessions.find(of, this.services.clock());
    return session !== null && session.role === role && this.#stands(session, configuration);
  }

  async #find(cookie: string): Promise<AdminSession | null> {
    const now = this.services.clock();
    const session = await this.services.stores.adminSessions.find(hashOf(cookie), now);
    if (session === null || !this.#stands(session)) return null;
    const noted = now - Math.min(NOTED_FOR, Math.floor(this.#limits.idle / 4));
    if (session.lastSeen >= noted) return session;
    const used = { ...session, lastSeen: now, endsAt: Math.min(now + this.#limits.idle, session.expiresAt) };
    await this.services.stores.adminSessions.seen(session.hash, now, used.endsAt, noted);
    return used;
  }

  /** Whether the administrator is still who signed in: there, with the same token and role. */
  #stands({ administrator, role, tokenHash }: AdminSession, configuration: Configuration = this.services.configuration.current): boolean {
    if (tokenHash === null) return this.#openId;
    const now: Administrator | undefined = configuration.get('administrator', entityKey(administrator));
    return now?.tokenHash === tokenHash && now.role === role;
  }

  #csrf(cookie: string): string {
    return createHmac('sha256', this.#csrfKey).update(cookie).digest('base64url');
  }

  #event(actor: string, administrator: string, action: string, after: object): NewAuditEvent {
    return { at: this.services.clock(), actor, action, kind: 'administrator', key: entityKey(administrator), before: null, after };
  }
}

function hashOf(cookie: string): Uint8Array {
  return hash('sha256', cookie, 'buffer');
}

function isSame(given: string | readonly string[] | undefined, expected: string): boolean {
  const [a, b] = [Buffer.from(typeof given === 'string' ? given : ''), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
