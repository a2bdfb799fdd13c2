import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Stores } from '../../stores.ts';
import { unique } from '../store-builders.ts';
import { AT } from './people-in-stores.ts';

/** What stores promise of consents. */
export function describeConsents(stores: () => Stores): void {
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
