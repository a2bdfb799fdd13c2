import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Account, NewAccount, NewSession } from '../../people-stores.ts';
import { lockSeconds } from '../../people/lockout.ts';
import type { Stores } from '../../stores.ts';
import type { PersonRequirement } from '../../people-stores.ts';
import { aCommit, aDelegation, making, unique } from '../store-builders.ts';

const AT = 1_790_000_000;

function anAccount(members: Partial<NewAccount> = {}): NewAccount {
  const id = randomUUID();
  return {
    ...{ profile: unique('p'), id, username: `Ünal-${id}`, passwordHash: 'hash', attributes: { name: 'Ü' }, enabled: true, createdAt: AT },
    ...members,
  };
}

function aSession({ profile, id }: NewAccount, members: Partial<NewSession> = {}): NewSession {
  return {
    ...{ profile, hash: randomBytes(32), id: randomUUID(), subject: id, authenticatedAt: AT, acr: 'acr', amr: ['pwd'], createdAt: AT },
    ...{ expiresAt: AT + 1000, endsAt: AT + 100 },
    ...members,
  };
}

/** What stores promise of people. */
export function describePeople(stores: () => Stores): void {
  const made = async (members: Partial<NewAccount> = {}): Promise<NewAccount> => {
    const account = anAccount(members);
    expect(await stores().accounts.create([account])).toEqual([true]);
    return account;
  };
  const signedIn = async (account: NewAccount, members: Partial<NewSession> = {}): Promise<NewSession> => {
    const session = aSession(account, members);
    expect(await stores().sessions.begin(session, 'hash', null)).toBe(true);
    return session;
  };
  const isSignedIn = async ({ profile, hash }: NewSession, at = AT) => (await stores().sessions.find(profile, hash, at)) !== null;
  const read = async ({ profile, id }: NewAccount) => (await stores().accounts.find(profile, id)) as Account;

  describe('accounts', () => {
    test('come back as they were made, by id and by name', async () => {
      const account = await made();
      const expected = { ...account, updatedAt: AT, passwordChangedAt: AT, failures: 0, lockedUntil: 0 };
      expect(await stores().accounts.find(account.profile, account.id)).toEqual(expected);
      expect(await stores().accounts.findByUsername(account.profile, account.username)).toEqual(expected);
      expect(await stores().accounts.find('elsewhere', account.id)).toBeNull();
      expect(await stores().accounts.findByUsername(account.profile, 'nobody\0')).toBeNull();
      expect(await read(await made({ passwordHash: null, enabled: false }))).toMatchObject({
        ...{ passwordHash: null, passwordChangedAt: null, enabled: false },
      });
    });

    test('have names that neither case nor width tells apart, and one each (RFC 8265 section 3.3)', async () => {
      const { profile, id } = await made({ username: 'Ａnna' });
      for (const username of ['anna', 'ANNA', ' Ａnna '])
        expect(await stores().accounts.findByUsername(profile, username)).toMatchObject({ id });
      const others = [anAccount({ profile, username: 'ANNA' }), anAccount({ profile, username: 'bob' }), anAccount({ profile, id })];
      expect(await stores().accounts.create(others)).toEqual([false, true, false]);
      await made({ username: 'anna' });
    });

    test('of many that are made under one name at the same time one is', async () => {
      const profile = unique('p');
      const attempts = Array.from({ length: 10 }, async () => stores().accounts.create([anAccount({ profile, username: 'same' })]));
      expect((await Promise.all(attempts)).flat().filter(Boolean)).toHaveLength(1);
    });

    test('are listed by name, those that begin in a way, page after page', async () => {
      const profile = unique('p');
      for (const username of ['bea', 'Anna', 'antonia', 'ann', 'zoe']) await made({ profile, username });
      const names: string[] = [];
      let after: string | undefined;
      do {
        const page = await stores().accounts.list(profile, 'AN', { limit: 2, ...(after === undefined ? {} : { after }) });
        names.push(...page.items.map(({ username }) => username));
        after = page.next ?? undefined;
      } while (after !== undefined);
      expect(names).toEqual(['ann', 'Anna', 'antonia']);
      expect((await stores().accounts.list(profile, '', { limit: 10 })).items).toHaveLength(5);
      await expect((async () => stores().accounts.list(profile, '', { limit: 1, after: '!' }))()).rejects.toMatchObject({
        code: 'bad-cursor',
      });
    });

    test('change in what is named alone', async () => {
      const account = await made();
      const { profile, id } = account;
      expect(await stores().accounts.update(profile, id, { attributes: { a: 1 } }, AT + 1)).toBe(true);
      expect(await read(account)).toMatchObject({ attributes: { a: 1 }, enabled: true, updatedAt: AT + 1 });
      expect(await stores().accounts.update(profile, id, { enabled: false }, AT + 2)).toBe(true);
      expect(await read(account)).toMatchObject({ attributes: { a: 1 }, enabled: false });
      for (const nobody of ['nobody', 'no\0body']) {
        expect(await stores().accounts.update(profile, nobody, { enabled: false }, AT)).toBe(false);
        expect(await stores().accounts.unlock(profile, nobody, AT)).toBe(false);
        expect(await stores().accounts.delete(profile, nobody)).toBe(false);
      }
      await stores().accounts.rehash(profile, id, 'another', 'new');
      expect(await read(account)).toMatchObject({ passwordHash: 'hash' });
      await stores().accounts.rehash(profile, id, 'hash', 'new');
      expect(await read(account)).toMatchObject({ passwordHash: 'new', passwordChangedAt: AT });
    });

    test('are locked by failures, for longer each time, and not tried while they are (NIST SP 800-63B section 3.2.2)', async () => {
      const account = await made();
      const { profile, id } = account;
      let now = AT;
      for (let failures = 1; failures <= 13; failures++) {
        const lock = lockSeconds(failures);
        const lockedUntil = lock === 0 ? 0 : now + lock;
        expect(await stores().accounts.attempt(profile, id, now)).toEqual({ failures, lockedUntil });
        if (lock === 0) continue;
        expect(await stores().accounts.attempt(profile, id, now + lock - 1)).toBeNull();
        now += lock;
      }
      expect([4, 5, 6, 9, 10, 40].map(lockSeconds)).toEqual([0, 30, 60, 480, 900, 900]);
      expect(await stores().accounts.unlock(profile, id, now)).toBe(true);
      expect(await read(account)).toMatchObject({ failures: 0, lockedUntil: 0 });
      expect(await stores().accounts.attempt(profile, 'nobody', now)).toBeNull();
    });

    test('are unlocked by an attempt that succeeds, if they are enabled and still have the password', async () => {
      const account = await made();
      const { profile, id } = account;
      for (let i = 0; i < 5; i++) await stores().accounts.attempt(profile, id, AT);
      expect(await stores().accounts.succeed(profile, id, 'an older hash')).toBe(false);
      expect(await stores().accounts.succeed(profile, 'nobody', 'hash')).toBe(false);
      expect(await read(account)).toMatchObject({ failures: 5 });
      expect(await stores().accounts.succeed(profile, id, 'hash')).toBe(true);
      expect(await read(account)).toMatchObject({ failures: 0, lockedUntil: 0 });
      await stores().accounts.update(profile, id, { enabled: false }, AT);
      expect(await stores().accounts.succeed(profile, id, 'hash')).toBe(false);
    });

    test('of many attempts at the same time no more are let through than may be', async () => {
      const { profile, id } = await made();
      const attempts = await Promise.all(Array.from({ length: 40 }, async () => stores().accounts.attempt(profile, id, AT)));
      expect(attempts.filter((attempt) => attempt !== null)).toHaveLength(5);
    });

    test('end with their sessions and consents', async () => {
      const account = await made();
      const session = await signedIn(account);
      const consent = { profile: account.profile, subject: account.id, clientId: 'app', scopes: ['read'], createdAt: AT, expiresAt: null };
      await stores().consents.allow(consent);
      expect(await stores().accounts.delete(account.profile, account.id)).toBe(true);
      expect(await stores().accounts.delete(account.profile, account.id)).toBe(false);
      expect(await isSignedIn(session)).toBe(false);
      expect(await stores().consents.list(account.profile, account.id, AT)).toEqual([]);
    });
  });

  describe('login sessions', () => {
    test('are found with their person, until they end', async () => {
      const account = await made();
      const session = await signedIn(account);
      const { username, attributes } = account;
      expect(await stores().sessions.find(session.profile, session.hash, AT)).toEqual({ ...session, lastSeen: AT, username, attributes });
      expect(await isSignedIn(session, session.endsAt - 1)).toBe(true);
      expect(await isSignedIn(session, session.endsAt)).toBe(false);
      expect(await stores().sessions.end(session.profile, session.hash)).toBe(true);
      expect(await stores().sessions.end(session.profile, session.hash)).toBe(false);
      expect(await isSignedIn(session)).toBe(false);
    });

    test('are noted as used once in a while, and only while they last', async () => {
      const { profile, hash } = await signedIn(await made());
      await stores().sessions.seen(profile, hash, AT + 10, AT + 110, AT - 50);
      expect(await stores().sessions.find(profile, hash, AT)).toMatchObject({ lastSeen: AT, endsAt: AT + 100 });
      await stores().sessions.seen(profile, hash, AT + 61, AT + 161, AT + 1);
      expect(await stores().sessions.find(profile, hash, AT)).toMatchObject({ lastSeen: AT + 61, endsAt: AT + 161 });
      await stores().sessions.seen(profile, hash, AT + 161, AT + 300, AT + 101);
      expect(await stores().sessions.find(profile, hash, AT + 162)).toBeNull();
    });

    test('begin for an enabled account with the password that was verified alone, and unlock it', async () => {
      const account = await made();
      const { profile, id } = account;
      for (let i = 0; i < 5; i++) await stores().accounts.attempt(profile, id, AT);
      expect(await stores().sessions.begin(aSession(account), 'an older hash', null)).toBe(false);
      expect(await read(account)).toMatchObject({ failures: 5 });
      await signedIn(account);
      expect(await read(account)).toMatchObject({ failures: 0, lockedUntil: 0 });
      await stores().accounts.update(profile, id, { enabled: false }, AT);
      expect(await stores().sessions.begin(aSession(account), 'hash', null)).toBe(false);
    });

    test('take the place of what the browser had; the id goes on for the same person only', async () => {
      const [account, other] = [await made(), await made()];
      const first = await signedIn(account);
      const second = aSession(account);
      await stores().sessions.begin(second, 'hash', first.hash);
      expect(await isSignedIn(first)).toBe(false);
      expect(await stores().sessions.find(second.profile, second.hash, AT)).toMatchObject({ id: first.id });
      const third = aSession({ ...other, profile: account.profile }, { subject: other.id });
      expect(await stores().sessions.begin(third, 'hash', second.hash)).toBe(false);
      expect(await isSignedIn(second)).toBe(true);
      const neighbour = await made({ profile: account.profile });
      const fourth = aSession(neighbour);
      await stores().sessions.begin(fourth, 'hash', second.hash);
      expect(await stores().sessions.find(fourth.profile, fourth.hash, AT)).toMatchObject({ id: fourth.id, subject: neighbour.id });
    });

    test('end for a new password, but for the one that it was set in; and for a disabled account', async () => {
      const account = await made();
      const { profile, id } = account;
      const [own, other] = [await signedIn(account), await signedIn(account)];
      const change = { profile, id, passwordHash: 'new', at: AT + 5, keeps: own.hash };
      expect(await stores().accounts.setPassword({ ...change, replaces: 'not this' })).toBe(false);
      expect(await isSignedIn(other)).toBe(true);
      expect(await stores().accounts.setPassword({ ...change, replaces: 'hash' })).toBe(true);
      expect([await isSignedIn(own), await isSignedIn(other)]).toEqual([true, false]);
      expect(await read(account)).toMatchObject({ passwordHash: 'new', passwordChangedAt: AT + 5 });
      await stores().accounts.update(profile, id, { enabled: false }, AT);
      expect(await isSignedIn(own)).toBe(false);
      await stores().accounts.update(profile, id, { enabled: true }, AT);
      expect(await isSignedIn(own)).toBe(false);
      expect(await stores().accounts.setPassword({ profile, id: 'nobody', passwordHash: 'x', at: AT })).toBe(false);
    });

    test('that begin while the account is disabled or gets a new password do not outlive it, whoever comes first', async () => {
      const end = [
        ({ profile, id }: NewAccount) => stores().accounts.update(profile, id, { enabled: false }, AT),
        ({ profile, id }: NewAccount) => stores().accounts.setPassword({ profile, id, passwordHash: 'new', at: AT }),
      ];
      for (let round = 0; round < 20; round++) {
        const account = await made();
        const sessions = [1, 2, 3].map(() => aSession(account));
        const begin = async (session: NewSession) => stores().sessions.begin(session, 'hash', null);
        const [first, ...others] = sessions as [NewSession, ...NewSession[]];
        await Promise.all([begin(first), (async () => end[round % 2]?.(account))(), ...others.map(begin)]);
        await stores().accounts.update(account.profile, account.id, { enabled: true }, AT);
        expect(await Promise.all(sessions.map((session) => isSignedIn(session)))).toEqual([false, false, false]);
      }
    });

    test('are listed newest first, and ended by id or all but one', async () => {
      const account = await made();
      const { profile, id } = account;
      const [first, second, third] = [
        await signedIn(account),
        await signedIn(account, { createdAt: AT + 1 }),
        await signedIn(account, { createdAt: AT + 2 }),
      ];
      const ids = async () => (await stores().sessions.list(profile, id, AT)).map((session) => session.id);
      expect(await ids()).toEqual([third.id, second.id, first.id]);
      expect(await stores().sessions.endOf(profile, id, { id: second.id, except: second.hash })).toBe(0);
      expect(await stores().sessions.endOf(profile, id, { id: second.id })).toBe(1);
      expect(await ids()).toEqual([third.id, first.id]);
      expect(await stores().sessions.endOf(profile, id, { except: first.hash })).toBe(1);
      expect(await ids()).toEqual([first.id]);
      expect(await stores().sessions.endOf(profile, id, { id: 'never\0there' })).toBe(0);
      expect(await stores().sessions.endOf(profile, id, {})).toBe(1);
    });

    test('leave some time after they ended, a bounded number at a time', async () => {
      const account = await made();
      const old = [await signedIn(account, { endsAt: 10 }), await signedIn(account, { endsAt: 11 })];
      const kept = await signedIn(account, { endsAt: AT + 1 });
      expect(await stores().sessions.deleteExpired(20, 1)).toBe(1);
      expect(await stores().sessions.deleteExpired(20, 10)).toBe(1);
      expect(await stores().sessions.find(old[0]?.profile ?? '', old[0]?.hash ?? new Uint8Array(), 0)).toBeNull();
      expect(await isSignedIn(kept)).toBe(true);
    });
  });

  describe('what was given in a session', () => {
    /** A delegation that ends with the session. */
    const given = async ({ profile, id }: NewSession) => {
      const delegation = aDelegation(profile);
      const within = { effect: 'session-delegation', profile, session: id, delegationId: delegation.id, expiresAt: AT + 9 } as const;
      await stores().tokens.commit([aCommit([...making(delegation), within])]);
      return async () => (await stores().tokens.findDelegation(profile, delegation.id))?.status;
    };

    test('ends with it, however that comes about', async () => {
      const account = await made();
      const { profile, id } = account;
      const ends: readonly [string, (session: NewSession) => unknown][] = [
        ['signed out', (session) => stores().sessions.end(profile, session.hash)],
        ['ended from elsewhere', (session) => stores().sessions.endOf(profile, id, { id: session.id })],
        ['a new password', () => stores().accounts.setPassword({ profile, id, passwordHash: 'hash', at: AT })],
      ];
      for (const [how, end] of ends) {
        const session = await signedIn(account);
        const status = await given(session);
        expect([how, await status()]).toEqual([how, 'active']);
        await end(session);
        expect([how, await status()]).toEqual([how, 'revoked']);
      }
    });

    test('stays where the session goes on, and ends where somebody else signs in at the browser', async () => {
      const [account, other] = [await made(), anAccount()];
      const neighbour = { ...other, profile: account.profile };
      await stores().accounts.create([neighbour]);
      const first = await signedIn(account);
      const status = await given(first);
      const again = aSession(account);
      await stores().sessions.begin(again, 'hash', first.hash);
      expect(await status()).toBe('active');
      await stores().accounts.setPassword({
        ...{ profile: account.profile, id: account.id, passwordHash: 'hash', at: AT },
        keeps: again.hash,
      });
      expect(await status()).toBe('active');
      await stores().sessions.begin(aSession(neighbour), 'hash', again.hash);
      expect(await status()).toBe('revoked');
    });

    test('is not given to somebody who has signed out meanwhile, or has taken back what was allowed', async () => {
      const account = await made();
      const { profile, id: subject } = account;
      const session = await signedIn(account);
      const giving = async (person: Partial<PersonRequirement> = {}, at = AT) => {
        const delegation = aDelegation(profile);
        const requirement = { profile, subject, session: session.id, consentTo: null, ...person };
        const [outcome] = await stores().tokens.commit([aCommit(making(delegation), { at, person: requirement })]);
        expect((await stores().tokens.findDelegation(profile, delegation.id)) === null).toBe(outcome === 'inactive');
        return outcome;
      };
      expect(await giving()).toBe('committed');
      expect(await giving({ subject: 'somebody else' })).toBe('inactive');
      expect(await giving({ session: 'another' })).toBe('inactive');
      expect(await giving({}, session.endsAt)).toBe('inactive');
      expect(await giving({ consentTo: 'app' })).toBe('inactive');
      await stores().consents.allow({ profile, subject, clientId: 'app', scopes: ['read'], createdAt: AT, expiresAt: null });
      expect(await giving({ consentTo: 'app' })).toBe('committed');
      expect(await giving({ consentTo: 'other' })).toBe('inactive');
      await stores().consents.withdraw(profile, subject, 'app');
      expect(await giving({ consentTo: 'app' })).toBe('inactive');
      await stores().sessions.end(profile, session.hash);
      expect(await giving()).toBe('inactive');
    });

    test('is given without a session where that is not asked for, and to nobody whose account is disabled or gone', async () => {
      const { profile, id: subject } = await made();
      const giving = async (person: Partial<PersonRequirement> = {}) => {
        const requirement = { profile, subject, session: null, consentTo: null, ...person };
        const [outcome] = await stores().tokens.commit([aCommit(making(aDelegation(profile)), { person: requirement })]);
        return outcome;
      };
      expect(await giving()).toBe('committed');
      expect(await giving({ subject: 'somebody else' })).toBe('inactive');
      await stores().accounts.update(profile, subject, { enabled: false }, AT);
      expect(await giving()).toBe('inactive');
      await stores().accounts.update(profile, subject, { enabled: true }, AT);
      expect(await giving()).toBe('committed');
      await stores().accounts.delete(profile, subject);
      expect(await giving()).toBe('inactive');
    });

    test('of many who redeem while the person signs out, all end that got anything', async () => {
      const account = await made();
      const { profile, id: subject } = account;
      const session = await signedIn(account);
      const delegations = Array.from({ length: 20 }, () => aDelegation(profile));
      const redeeming = delegations.map(async (delegation) => {
        const within = {
          effect: 'session-delegation',
          profile,
          session: session.id,
          delegationId: delegation.id,
          expiresAt: AT + 9,
        } as const;
        const person = { profile, subject, session: session.id, consentTo: null };
        return stores().tokens.commit([aCommit([...making(delegation), within], { person })]);
      });
      await Promise.all([...redeeming, (async () => stores().sessions.end(profile, session.hash))()]);
      const found = await Promise.all(delegations.map(async ({ id }) => stores().tokens.findDelegation(profile, id)));
      expect(found.filter((delegation) => delegation?.status === 'active')).toEqual([]);
    });
  });

  describe('consents', () => {
    const aConsent = (members: object = {}) => ({
      ...{ profile: unique('p'), subject: randomUUID(), clientId: 'app', scopes: ['read'], createdAt: AT, expiresAt: null },
      ...members,
    });
    const covers = async ({ profile, subject, clientId }: ReturnType<typeof aConsent>, scopes: readonly string[], at = AT) =>
      stores().consents.covers(profile, subject, clientId, scopes, at);

    test('cover what was allowed, all of it or nothing', async () => {
      const consent = aConsent();
      expect(await covers(consent, [])).toBe(false);
      await stores().consents.allow(consent);
      expect(await covers(consent, ['read'])).toBe(true);
      expect(await covers(consent, [])).toBe(true);
      expect(await covers(consent, ['read', 'write'])).toBe(false);
      expect(await covers({ ...consent, clientId: 'other' }, ['read'])).toBe(false);
      await stores().consents.allow({ ...consent, scopes: ['write'], createdAt: AT + 9 });
      expect(await covers(consent, ['read', 'write'])).toBe(true);
      const { profile, subject, clientId } = consent;
      expect(await stores().consents.list(profile, subject, AT)).toEqual([
        { profile, subject, clientId, scopes: ['read', 'write'], createdAt: AT + 9 },
      ]);
    });

    test('end when they were given for a time, and leave after it', async () => {
      const consent = aConsent({ expiresAt: 50 });
      await stores().consents.allow(consent);
      expect([await covers(consent, ['read'], 49), await covers(consent, ['read'], 50)]).toEqual([true, false]);
      expect(await stores().consents.list(consent.profile, consent.subject, 50)).toEqual([]);
      expect(await stores().consents.deleteExpired(60, 1)).toBe(1);
      expect(await stores().consents.deleteExpired(60, 10)).toBe(1);
      expect(await covers(consent, ['read'], 49)).toBe(false);
    });

    test('can be taken back', async () => {
      const consent = aConsent();
      const { profile, subject, clientId } = consent;
      await stores().consents.allow(consent);
      await stores().consents.allow({ ...consent, clientId: 'other' });
      expect(await stores().consents.withdraw(profile, subject, clientId)).toBe(true);
      expect(await stores().consents.withdraw(profile, subject, clientId)).toBe(false);
      expect(await stores().consents.withdraw(profile, subject, 'never\0there')).toBe(false);
      expect(await covers(consent, [])).toBe(false);
      expect(await covers({ ...consent, clientId: 'other' }, ['read'])).toBe(true);
    });
  });
}
