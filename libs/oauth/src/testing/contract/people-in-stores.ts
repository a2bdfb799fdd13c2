import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Account, NewAccount, NewSession } from '../../people-stores.ts';
import type { Stores } from '../../stores.ts';
import { unique } from '../store-builders.ts';

export const AT = 1_790_000_000;

export function anAccount(members: Partial<NewAccount> = {}): NewAccount {
  const id = randomUUID();
  return {
    ...{ profile: unique('p'), id, username: `Ünal-${id}`, passwordHash: 'hash', attributes: { name: 'Ü' }, enabled: true, createdAt: AT },
    ...members,
  };
}

export function aSession({ profile, id }: NewAccount, members: Partial<NewSession> = {}): NewSession {
  return {
    ...{ profile, hash: randomBytes(32), id: randomUUID(), subject: id, authenticatedAt: AT, acr: 'acr', amr: ['pwd'], createdAt: AT },
    ...{ expiresAt: AT + 1000, endsAt: AT + 100 },
    ...members,
  };
}

/** Makes people in the stores of a contract, and looks at them. */
export function peopleIn(stores: () => Stores) {
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
  return { made, signedIn, isSignedIn, read };
}
