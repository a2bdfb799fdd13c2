import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { NewAdminSession } from '../../admin-session-store.ts';
import type { NewAuditEvent, Stores } from '../../stores.ts';

const AT = 1_790_000_000;

function aSession(members: Partial<NewAdminSession> = {}): NewAdminSession {
  return {
    hash: new Uint8Array(randomBytes(32)),
    id: randomUUID(),
    administrator: `admin-${randomUUID()}`,
    name: 'Alice',
    role: 'author',
    tokenHash: 'sha256$x',
    address: '127.0.0.1',
    createdAt: AT,
    endsAt: AT + 100,
    expiresAt: AT + 1000,
    ...members,
  };
}

const event = (key: string, action: string, after: unknown = null): NewAuditEvent => ({
  ...{ at: AT, actor: key, action, kind: 'administrator', key, before: null, after },
});

/** What stores promise of administrators who are signed in. */
export function describeAdminSessions(stores: () => Stores): void {
  const sessions = () => stores().adminSessions;
  const begun = async (members: Partial<NewAdminSession> = {}, replaces: Uint8Array | null = null) => {
    const session = aSession(members);
    await sessions().begin(session, replaces, event(session.administrator, 'administrator.sign-in'));
    return session;
  };
  const isThere = async ({ hash }: NewAdminSession, at = AT) => (await sessions().find(hash, at)) !== null;
  const actions = async (key: string) =>
    (await stores().audit.list({ kind: 'administrator', key, limit: 10 })).map(({ action }) => action).reverse();

  describe('sessions of administrators', () => {
    test('are found as they began, until they end', async () => {
      const session = await begun();
      const found = await sessions().find(session.hash, AT);
      expect({ ...found, hash: new Uint8Array(found?.hash ?? []) }).toEqual({ ...session, lastSeen: AT });
      expect(await isThere(session, AT + 99)).toBe(true);
      expect(await isThere(session, AT + 100)).toBe(false);
      expect(await isThere(aSession())).toBe(false);
      const withoutToken = await begun({ tokenHash: null });
      expect(await sessions().find(withoutToken.hash, AT)).toMatchObject({ tokenHash: null });
    });

    test('take the place of what the browser had, with one event', async () => {
      const first = await begun();
      const second = await begun({ administrator: first.administrator }, first.hash);
      expect([await isThere(first), await isThere(second)]).toEqual([false, true]);
      expect(await actions(first.administrator)).toEqual(['administrator.sign-in', 'administrator.sign-in']);
    });

    test('are noted as used once in a while, and only while they last', async () => {
      const { hash } = await begun();
      await sessions().seen(hash, AT + 10, AT + 110, AT - 50);
      expect(await sessions().find(hash, AT)).toMatchObject({ lastSeen: AT, endsAt: AT + 100 });
      await sessions().seen(hash, AT + 61, AT + 161, AT + 1);
      expect(await sessions().find(hash, AT)).toMatchObject({ lastSeen: AT + 61, endsAt: AT + 161 });
      await sessions().seen(hash, AT + 161, AT + 300, AT + 101);
      expect(await sessions().find(hash, AT + 162)).toBeNull();
    });

    test('end once, with one event, however many end them at the same time', async () => {
      const session = await begun();
      const signOut = event(session.administrator, 'administrator.sign-out');
      const ends = await Promise.all(Array.from({ length: 5 }, async () => sessions().end(session.hash, signOut)));
      expect(ends.filter(Boolean)).toHaveLength(1);
      expect(await isThere(session)).toBe(false);
      expect(await actions(session.administrator)).toEqual(['administrator.sign-in', 'administrator.sign-out']);
    });

    test('of an administrator are listed, newest first, and end together or by their id, with an event where there was one', async () => {
      const first = await begun();
      const { administrator } = first;
      const second = await begun({ administrator, createdAt: AT + 1 });
      const third = await begun({ administrator, createdAt: AT + 2 });
      const other = await begun();
      const ended = (count: number) => event(administrator, 'administrator.end-sessions', { sessions: count });
      const ids = async () => (await sessions().list(administrator, AT)).map(({ id }) => id);
      expect(await ids()).toEqual([third.id, second.id, first.id]);
      expect((await sessions().list(null, AT)).map(({ id }) => id)).toEqual(expect.arrayContaining([first.id, other.id]));
      expect(await sessions().endOf({ administrator, id: other.id }, ended)).toBe(0);
      expect(await sessions().endOf({ administrator, id: second.id }, ended)).toBe(1);
      expect(await ids()).toEqual([third.id, first.id]);
      expect(await sessions().endOf({ administrator }, ended)).toBe(2);
      expect(await sessions().endOf({ administrator }, ended)).toBe(0);
      expect(await isThere(other)).toBe(true);
      const events = await stores().audit.list({ kind: 'administrator', key: administrator, limit: 2 });
      expect(events.map(({ after }) => after)).toEqual([{ sessions: 2 }, { sessions: 1 }]);
    });

    test('that ended are listed no more, and deleted some at a time', async () => {
      const administrator = `admin-${randomUUID()}`;
      for (const endsAt of [10, 11, 12]) await begun({ administrator, createdAt: 1, endsAt });
      const { hash } = await begun({ administrator });
      expect(await sessions().list(administrator, AT)).toHaveLength(1);
      expect(await sessions().deleteExpired(12, 1)).toBe(1);
      expect(await sessions().deleteExpired(12, 10)).toBe(1);
      expect(await sessions().deleteExpired(12, 10)).toBe(0);
      expect(await sessions().deleteExpired(13, 10)).toBe(1);
      expect(await sessions().find(hash, AT)).not.toBeNull();
    });

    test('of names that no database can hold there are none', async () => {
      expect(await sessions().list('a\0', AT)).toEqual([]);
      expect(await sessions().endOf({ administrator: 'a\0' }, () => event('a', 'x'))).toBe(0);
    });
  });
}
