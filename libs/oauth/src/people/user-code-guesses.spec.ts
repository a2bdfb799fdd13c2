import { describe, expect, test } from '@jest/globals';
import { UserCodeGuesses, type GuessLimits } from './user-code-guesses.ts';

const LIMITS: GuessLimits = {
  ...{ ofPerson: 3, freeOfAddress: 2, places: 2 },
  ...{ firstDelayMilliseconds: 100, longestDelayMilliseconds: 400, forgetAfterMilliseconds: 600_000 },
};

function guesses(limits: Partial<GuessLimits> = {}) {
  const many: string[] = [];
  const slowed: string[] = [];
  const refused: string[] = [];
  const waits: number[] = [];
  const going: (() => void)[] = [];
  const made = new UserCodeGuesses(
    {
      many: (profile, subject, address) => many.push(`${profile} ${subject} ${address ?? ''}`),
      slowed: (profile, address) => slowed.push(`${profile} ${address ?? ''}`),
      refused: (profile) => refused.push(profile),
    },
    { ...LIMITS, ...limits },
    (milliseconds) =>
      new Promise((resolve) => {
        waits.push(milliseconds);
        going.push(resolve);
      }),
  );
  return { made, many, slowed, refused, waits, going };
}

describe('guesses at user codes (RFC 8628 section 5.1)', () => {
  test('of one person are refused after a few, wherever they come from, and that is told once', () => {
    const { made, many, refused } = guesses();
    expect(['a', 'b', 'c', 'd', 'e'].map((address) => made.mayTry('p', 'mallory', address))).toEqual([true, true, true, false, false]);
    expect([many, refused]).toEqual([['p mallory c'], ['p', 'p']]);
    expect([made.mayTry('p', 'alice', 'a'), made.mayTry('q', 'mallory', 'a')]).toEqual([true, true]);
  });

  test('from one address are answered later and later, whoever makes them', async () => {
    const { made, slowed, refused, waits, going } = guesses();
    await made.wrong('p', '192.0.2.1');
    await made.wrong('p', '192.0.2.1');
    const held = made.wrong('p', '192.0.2.1');
    expect(waits).toEqual([100]);
    going[0]?.();
    await held;
    void made.wrong('p', '192.0.2.1');
    void made.wrong('p', '192.0.2.1');
    expect(waits).toEqual([100, 200, 400]);
    await made.wrong('p', '192.0.2.2');
    expect(waits).toHaveLength(3);
    expect([slowed, refused]).toEqual([Array.from({ length: 3 }, () => 'p 192.0.2.1'), []]);
  });

  test('from one address are refused while too many of its answers are held back, and the host of an IPv6 network is one address', async () => {
    const { made, going } = guesses({ freeOfAddress: 0 });
    const held = [made.wrong('p', '2001:db8:1:2::1'), made.wrong('p', '2001:db8:1:2::2')];
    expect([made.mayTry('p', 'alice', '2001:db8:1:2::3'), made.mayTry('p', 'alice', '2001:db8:1:3::3')]).toEqual([false, true]);
    for (const go of going) go();
    await Promise.all(held);
    expect(made.mayTry('p', 'alice', '2001:db8:1:2::3')).toBe(true);
  });
});
