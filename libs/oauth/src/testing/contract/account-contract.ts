import { describe, expect, test } from '@jest/globals';
import { lockSeconds } from '../../people/lockout.ts';
import type { Stores } from '../../stores.ts';
import { unique } from '../store-builders.ts';
import { anAccount, AT, peopleIn } from './people-in-stores.ts';

/** What stores promise of accounts. */
export function describeAccounts(stores: () => Stores): void {
  const { made, signedIn, isSignedIn, read } = peopleIn(stores);

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
}
