import { describe, expect, test } from '@jest/globals';
import type { NewAccount, NewSession, PersonRequirement } from '../../people-stores.ts';
import type { Stores } from '../../stores.ts';
import { aCommit, aDelegation, making } from '../store-builders.ts';
import { aSession, anAccount, AT, peopleIn } from './people-in-stores.ts';

/** What stores promise of login sessions, and of what was given in them. */
export function describeSessions(stores: () => Stores): void {
  const { made, signedIn, isSignedIn, read } = peopleIn(stores);

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
}
