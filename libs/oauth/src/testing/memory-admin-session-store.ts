import type { AdminSession, AdminSessionStore, EndingAdminSessions, NewAdminSession } from '../admin-session-store.ts';
import type { NewAuditEvent } from '../stores.ts';
import type { MemoryAuditStore } from './memory-audit-store.ts';

const MOST_LISTED = 100;

const nameOf = (hash: Uint8Array) => Buffer.from(hash).toString('hex');

/** Sessions of administrators, in memory. */
export class MemoryAdminSessionStore implements AdminSessionStore {
  readonly #sessions = new Map<string, AdminSession>();

  constructor(private readonly audit: MemoryAuditStore) {}

  begin(session: NewAdminSession, replaces: Uint8Array | null, audit: NewAuditEvent): void {
    if (replaces !== null) this.#sessions.delete(nameOf(replaces));
    this.#sessions.set(nameOf(session.hash), { ...session, lastSeen: session.createdAt });
    this.audit.append([audit]);
  }

  find(hash: Uint8Array, at: number): AdminSession | null {
    const session = this.#sessions.get(nameOf(hash));
    return session !== undefined && session.endsAt > at ? session : null;
  }

  seen(hash: Uint8Array, at: number, endsAt: number, unless: number): void {
    const session = this.find(hash, at);
    if (session !== null && session.lastSeen < unless) this.#sessions.set(nameOf(hash), { ...session, lastSeen: at, endsAt });
  }

  list(administrator: string | null, at: number): readonly AdminSession[] {
    return [...this.#sessions.values()]
      .filter((session) => session.endsAt > at && (administrator === null || session.administrator === administrator))
      .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1))
      .slice(0, MOST_LISTED);
  }

  end(hash: Uint8Array, audit: NewAuditEvent): boolean {
    const ended = this.#sessions.delete(nameOf(hash));
    if (ended) this.audit.append([audit]);
    return ended;
  }

  endOf({ administrator, id }: EndingAdminSessions, audit: (ended: number) => NewAuditEvent): number {
    const ending = [...this.#sessions].filter(
      ([, session]) => session.administrator === administrator && (id === undefined || session.id === id),
    );
    for (const [name] of ending) this.#sessions.delete(name);
    if (ending.length > 0) this.audit.append([audit(ending.length)]);
    return ending.length;
  }

  deleteExpired(before: number, limit: number): number {
    const ended = [...this.#sessions].filter(([, { endsAt }]) => endsAt < before).slice(0, limit);
    for (const [name] of ended) this.#sessions.delete(name);
    return ended.length;
  }
}
