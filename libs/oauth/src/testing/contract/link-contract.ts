import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { NewAccount, NewSession, UpstreamPerson } from '../../people-stores.ts';
import type { NewAuditEvent, Stores } from '../../stores.ts';
import { unique } from '../store-builders.ts';

const AT = 1_790_000_000;

/** What stores promise of accounts that people sign in to by other providers. */
export function describeLinks(stores: () => Stores): void {
  const aPerson = (members: Partial<UpstreamPerson> = {}): UpstreamPerson => ({
    ...{ profile: unique('p'), issuer: 'https://up.example', subject: randomUUID(), ...members },
  });
  const anEvent = (key: string): NewAuditEvent => ({
    ...{ at: AT, actor: 'person', action: 'account.link', kind: 'account', key, before: null, after: { n: 1 } },
  });
  const events = async (key: string) => (await stores().audit.list({ key, limit: 10 })).length;
  const account = async (members: Partial<NewAccount> = {}): Promise<NewAccount> => {
    const made = {
      ...{
        profile: unique('p'),
        id: randomUUID(),
        username: randomUUID(),
        passwordHash: 'hash',
        attributes: {},
        enabled: true,
        createdAt: AT,
      },
      ...members,
    };
    expect(await stores().accounts.create([made])).toEqual([true]);
    return made;
  };
  const create = async (person: UpstreamPerson, usernames: readonly string[], id = randomUUID()) =>
    stores().links.create(
      person,
      { id, passwordHash: null, attributes: { name: 'Ü' }, enabled: true, createdAt: AT },
      usernames,
      (name) => ({
        ...anEvent(id),
        after: { name },
      }),
    );
  const aSession = (profile: string, subject: string, members: Partial<NewSession> = {}): NewSession => ({
    ...{ profile, hash: randomBytes(32), id: randomUUID(), subject, authenticatedAt: AT, acr: 'acr', amr: ['fed'], createdAt: AT },
    ...{ expiresAt: AT + 1000, endsAt: AT + 100, ...members },
  });
  const remove = async ({ profile, issuer, subject }: UpstreamPerson, of: string, unlessLast = false, keeps?: Uint8Array) =>
    stores().links.remove(
      { profile, issuer, subject, account: of },
      { unlessLast, ...(keeps === undefined ? {} : { keeps }) },
      anEvent(`${of}/removed`),
    );

  describe('links to other providers', () => {
    test('are of one account each, come back as they were made, and are written down with it', async () => {
      const { profile, id } = await account();
      const person = aPerson({ profile });
      expect(await stores().links.find(person)).toBeNull();
      expect(await stores().links.add({ ...person, account: id }, AT, anEvent(id))).toBe(true);
      const link = { ...person, account: id, madeAccount: false, createdAt: AT, lastUsedAt: null };
      expect(await stores().links.find(person)).toEqual(link);
      expect(await stores().links.list(profile, id)).toEqual([link]);
      const other = await account({ profile });
      expect(await stores().links.add({ ...person, account: other.id }, AT, anEvent(id))).toBe(false);
      expect(await stores().links.add({ ...aPerson({ profile }), account: 'nobody' }, AT, anEvent(id))).toBe(false);
      expect(await events(id)).toBe(1);
      // The same subject at another issuer, and in another profile, is somebody else. OpenID Connect Core section 5.7.
      expect(await stores().links.find({ ...person, issuer: 'https://other.example' })).toBeNull();
      expect(await stores().links.find({ ...person, profile: unique('p') })).toBeNull();
      expect(await stores().links.find({ ...person, subject: 'never\0there' })).toBeNull();
    });

    test('make an account under the first name that is free', async () => {
      const { profile, username } = await account();
      const person = aPerson({ profile });
      const link = await create(person, [username.toUpperCase(), 'free', 'also-free']);
      expect(link).toEqual({ ...person, account: expect.any(String), madeAccount: true, createdAt: AT, lastUsedAt: null });
      expect(await stores().accounts.find(profile, link.account)).toMatchObject({
        ...{ username: 'free', passwordHash: null, passwordChangedAt: null, attributes: { name: 'Ü' }, enabled: true },
      });
      const [event] = await stores().audit.list({ key: link.account, limit: 1 });
      expect(event).toMatchObject({ after: { name: 'free' } });
    });

    test('make nothing where no name is free', async () => {
      const { profile, username } = await account();
      const person = aPerson({ profile });
      await expect(create(person, [username])).rejects.toThrow('free');
      expect(await stores().links.find(person)).toBeNull();
    });

    test('of many who come for the first time at the same time make one account', async () => {
      const person = aPerson();
      const made = await Promise.all(Array.from({ length: 8 }, (_, i) => create(person, [`name-${i}`])));
      expect(new Set(made.map((link) => link.account)).size).toBe(1);
      expect((await stores().accounts.list(person.profile, '', { limit: 10 })).items).toHaveLength(1);
    });

    test('begin sessions of enabled accounts that have them, and note it', async () => {
      const person = aPerson();
      const { profile, issuer, subject } = person;
      const { account: id } = await create(person, ['una']);
      const begin = async (
        proof: Partial<UpstreamPerson> = {},
        attributes: Record<string, unknown> = {},
        session = aSession(profile, id),
      ) => stores().sessions.beginLinked(session, { issuer, subject, ...proof, attributes }, null);
      expect(await begin({ subject: 'somebody else' })).toBe(false);
      expect(await begin({ issuer: 'https://other.example' })).toBe(false);
      expect(await begin({}, { name: null, email: 'u@up.example' })).toBe(true);
      expect(await stores().links.find(person)).toMatchObject({ lastUsedAt: AT });
      expect((await stores().accounts.find(profile, id))?.attributes).toEqual({ email: 'u@up.example' });
      const other = await account({ profile });
      expect(await begin({}, {}, aSession(profile, other.id))).toBe(false);
      await stores().accounts.update(profile, id, { enabled: false }, AT);
      expect(await begin()).toBe(false);
      await stores().accounts.update(profile, id, { enabled: true }, AT);
      expect(await remove(person, id)).toBe('removed');
      expect(await begin()).toBe(false);
    });

    test('change nothing about accounts that they have not made, and let nobody in whose password is locked', async () => {
      const { profile, id } = await account();
      const person = aPerson({ profile });
      const { issuer, subject } = person;
      await stores().links.add({ ...person, account: id }, AT, anEvent(id));
      const begin = async (at = AT) =>
        stores().sessions.beginLinked(
          aSession(profile, id, { createdAt: at, endsAt: at + 9 }),
          { issuer, subject, attributes: { name: 'x' } },
          null,
        );
      expect(await begin()).toBe(true);
      expect((await stores().accounts.find(profile, id))?.attributes).toEqual({});
      let lockedUntil = 0;
      for (let i = 0; i < 5; i++) lockedUntil = (await stores().accounts.attempt(profile, id, AT))?.lockedUntil ?? 0;
      expect(lockedUntil).toBeGreaterThan(AT);
      expect([await begin(lockedUntil - 1), await begin(lockedUntil)]).toEqual([false, true]);
    });

    test('put a session in the place of the one that the browser had', async () => {
      const person = aPerson();
      const { profile, issuer, subject } = person;
      const { account: id } = await create(person, ['una']);
      const [first, second] = [aSession(profile, id), aSession(profile, id)];
      const proof = { issuer, subject, attributes: {} };
      await stores().sessions.beginLinked(first, proof, null);
      await stores().sessions.beginLinked(second, proof, first.hash);
      expect(await stores().sessions.find(profile, first.hash, AT)).toBeNull();
      expect(await stores().sessions.find(profile, second.hash, AT)).toMatchObject({ id: first.id, acr: 'acr', amr: ['fed'] });
    });

    test('end the other sessions of the account when they are removed, and stay where they are the last way in', async () => {
      const [person, second] = [aPerson(), aPerson()];
      const { profile, issuer, subject } = person;
      const { account: id } = await create(person, ['una']);
      const sessions = [aSession(profile, id), aSession(profile, id)] as const;
      for (const session of sessions) await stores().sessions.beginLinked(session, { issuer, subject, attributes: {} }, null);
      expect(await remove(person, id, true)).toBe('last');
      expect(await events(`${id}/removed`)).toBe(0);
      const more = { ...second, profile };
      await stores().links.add({ ...more, account: id }, AT, anEvent(id));
      expect(await remove({ ...person, subject: 'never there' }, id)).toBe('missing');
      expect(await remove(person, 'somebody else')).toBe('missing');
      expect(await remove(person, id, true, sessions[0].hash)).toBe('removed');
      expect(await remove(more, id, true)).toBe('last');
      expect((await stores().sessions.list(profile, id, AT)).map((session) => session.id)).toEqual([sessions[0].id]);
      expect(await events(`${id}/removed`)).toBe(1);
      expect(await remove(more, id)).toBe('removed');
    });

    test('of two that are removed at the same time leave one, where somebody has to be able to come back', async () => {
      const [person, second] = [aPerson(), aPerson()];
      const { profile } = person;
      const { account: id } = await create(person, ['una']);
      const more = { ...second, profile };
      await stores().links.add({ ...more, account: id }, AT, anEvent(id));
      const outcomes = await Promise.all([remove(person, id, true), remove(more, id, true)]);
      expect(outcomes.toSorted()).toEqual(['last', 'removed']);
      expect(await stores().links.list(profile, id)).toHaveLength(1);
    });

    test('go with their account', async () => {
      const person = aPerson();
      const { account: id } = await create(person, ['una']);
      await stores().accounts.delete(person.profile, id);
      expect(await stores().links.find(person)).toBeNull();
    });
  });
}
