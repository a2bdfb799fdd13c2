import { beforeEach, describe, expect, test } from '@jest/globals';
import { FailedAuthentications } from './failed-authentications.ts';

let now: number;
let lines: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[];
let failures: FailedAuthentications;

beforeEach(() => {
  now = 1_000_000;
  lines = [];
  failures = new FailedAuthentications(
    (message, fields) => lines.push({ message, fields }),
    () => now,
  );
});

describe('failed client authentications', () => {
  test('are told by a line with profile, client, address and how many there were', () => {
    failures.record('main', 'app', '192.0.2.1');
    expect(lines).toEqual([
      { message: 'client authentication failed', fields: { profile: 'main', client: 'app', address: '192.0.2.1', failuresOfAll: 1 } },
    ]);
  });

  test('say what operators need to know, where there is more to say', () => {
    failures.record('main', 'app', null, 'the signature is wrong');
    expect(lines[0]?.fields).toEqual({ profile: 'main', client: 'app', address: null, failuresOfAll: 1, reason: 'the signature is wrong' });
  });

  test('are not what a client cannot help, which is told as seldom', () => {
    for (let i = 0; i < 3; i++) failures.recordUnverified('main', 'app', 'its key set cannot be had');
    expect(failures.count).toBe(0);
    expect(lines).toEqual([
      { message: 'a client cannot be authenticated', fields: { profile: 'main', client: 'app', reason: 'its key set cannot be had' } },
    ]);
    failures.record('main', 'app', null);
    now += 60;
    failures.recordUnverified('main', 'app', 'its key set cannot be had');
    expect(lines).toHaveLength(3);
  });

  test('are one line a minute for each client and address, and all are counted', () => {
    for (let second = 0; second < 60; second++, now++) failures.record('main', 'app', '192.0.2.1');
    expect(lines).toHaveLength(1);
    failures.record('main', 'app', '192.0.2.1');
    expect(lines).toHaveLength(2);
    expect(lines[1]?.fields['failuresOfAll']).toBe(61);
    expect(failures.count).toBe(61);
  });

  test('another client, address or profile has a line of its own, an unknown address too', () => {
    for (const [profile, client, address] of [
      ['main', 'app', '192.0.2.1'],
      ['main', 'other', '192.0.2.1'],
      ['main', 'app', '192.0.2.2'],
      ['second', 'app', '192.0.2.1'],
      ['main', 'app', null],
    ] as const)
      for (let i = 0; i < 3; i++) failures.record(profile, client, address);
    expect(lines).toHaveLength(5);
    expect(failures.count).toBe(15);
  });

  test('a client id that somebody made up is cut to 100 characters, and differs by no more than those', () => {
    failures.record('main', `${'x'.repeat(100)}1`, null);
    failures.record('main', `${'x'.repeat(100)}2`, null);
    expect(lines.map(({ fields }) => fields['client'])).toEqual(['x'.repeat(100)]);
  });

  test('at most a thousand clients and addresses are remembered: the oldest is told of again, the newest is not', () => {
    for (let i = 0; i <= 1000; i++) failures.record('main', `client ${i}`, null);
    expect(lines).toHaveLength(1001);
    failures.record('main', 'client 1000', null);
    expect(lines).toHaveLength(1001);
    failures.record('main', 'client 0', null);
    expect(lines).toHaveLength(1002);
    expect(failures.count).toBe(1003);
  });
});
