import { describe, expect, jest, test } from '@jest/globals';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { ServiceCounts } from '../counts/service-counts.ts';
import { memoryStores } from '../testing/memory-stores.ts';
import { FailedSignIns } from './failed-sign-ins.ts';
import { hashPassword } from './password.ts';
import { PasswordVerification } from './password-verification.ts';

const AT = 1_790_000_000;
const PASSWORD = 'correct horse battery';

async function open() {
  const counts = new ServiceCounts();
  const { accounts } = memoryStores();
  const account = { profile: 'p', id: 'a', username: 'alice', attributes: {}, enabled: true, createdAt: AT };
  await accounts.create([{ ...account, passwordHash: await hashPassword(PASSWORD) }]);
  const attempted: string[] = [];
  const watched: typeof accounts = {
    ...accounts,
    attempt: (profile, id, at) => {
      attempted.push(id);
      return accounts.attempt(profile, id, at);
    },
  };
  const verification = new PasswordVerification(
    watched,
    new FailedSignIns(
      () => undefined,
      () => AT,
      counts,
    ),
    () => AT,
  );
  return { verification, attempted, counts, accounts };
}

describe('the verification of a password', () => {
  test('does for a name that is unknown all that it does for one that is known: the same store, the same queue', async () => {
    const { verification, attempted } = await open();
    const queued = jest.spyOn(verification.queue, 'verify');
    for (const username of ['nobody', 'alice']) expect(await verification.verify('p', username, 'wrong password', null)).toBeNull();
    expect(queued.mock.calls.map(([lane]) => lane)).toEqual(['\nnobody', '\nalice']);
    expect(attempted).toEqual(['', 'a']);
  });

  test('that fails is counted by why: an unknown name, a wrong password, a lock, an account that is disabled', async () => {
    const { verification, counts, accounts } = await open();
    const attempt = (name: string, password: string) => verification.verify('p', name, password, null);
    await attempt('nobody', 'wrong');
    await attempt('alice', 'wrong');
    await accounts.update('p', 'a', { enabled: false }, AT);
    await attempt('alice', PASSWORD);
    await accounts.update('p', 'a', { enabled: true }, AT);
    for (let i = 0; i < 3; i++) await attempt('alice', `wrong ${i}`);
    await attempt('alice', PASSWORD);
    expect(Object.fromEntries([...counts.failedSignIns].map(({ labels, count }) => [labels.join(' '), count]))).toEqual({
      'p unknown_account': 1,
      'p disabled': 1,
      'p wrong_password': 4,
      'p locked': 1,
    });
  });

  test('that finds no room is counted as refused, once', async () => {
    const { verification, counts } = await open();
    const attempts = Array.from({ length: 12 }, (_, i) =>
      verification.verify('p', 'alice', `wrong ${i}`, '192.0.2.1').then(
        () => 'tried',
        () => 'refused',
      ),
    );
    const refused = (await Promise.all(attempts)).filter((outcome) => outcome === 'refused').length;
    expect(refused).toBeGreaterThan(0);
    expect([...counts.refusals]).toEqual([{ labels: ['p', 'sign_ins'], count: refused }]);
  });

  test('makes a hash from elsewhere anew, unless the password has been changed since it was verified', async () => {
    const { verification, accounts } = await open();
    const stored = async () => (await accounts.find('p', 'a'))?.passwordHash;
    const foreign = await bcrypt(PASSWORD, 4);
    const set = (passwordHash: string) => accounts.setPassword({ profile: 'p', id: 'a', passwordHash, at: AT });
    await set(foreign);
    const verified = await verification.verify('p', 'alice', PASSWORD, null);
    expect(verified).toMatchObject({ passwordHash: foreign });
    if (verified === null) return;
    await set('changed');
    await verification.renew(verified, PASSWORD);
    expect(await stored()).toBe('changed');
    await set(foreign);
    await verification.renew(verified, PASSWORD);
    expect(await stored()).toMatch(/^\$argon2id\$/);
  });

  test('counts an attempt before it looks, so that guesses at the same time do not outrun the count', async () => {
    const { verification } = await open();
    const guesses = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((guess) => verification.verify('p', 'alice', `wrong ${guess}`, `192.0.2.${guess.charCodeAt(0)}`)),
    );
    expect(guesses).toEqual([null, null, null, null, null]);
    expect(await verification.verify('p', 'alice', PASSWORD, null)).toBeNull();
  });

  test('has the fifth attempt for its own, though it is the one that locks', async () => {
    const { verification } = await open();
    for (let i = 0; i < 4; i++) await verification.verify('p', 'alice', 'wrong password', null);
    expect(await verification.verify('p', 'alice', PASSWORD, null)).toMatchObject({ id: 'a' });
  });
});
