import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { clientOf, jsonOf, SECRET, ServiceUnderTest, TOKEN } from '../testing/service-builder.ts';
import { put } from '../configuration/configuration.ts';
import { AttemptBrake, type BrakeLimits } from './attempt-brake.ts';

const LIMITS: BrakeLimits = {
  ...{ free: 2, firstDelayMilliseconds: 10, longestDelayMilliseconds: 45, forgetAfterMilliseconds: 60_000, places: 3, remembered: 100 },
};

let waits: number[];
let slowed: string[];
let brake: AttemptBrake;
/** Ends what is held back. */
let goOn: () => void;

beforeEach(() => {
  waits = [];
  slowed = [];
  let waiting: (() => void)[] = [];
  goOn = () => {
    for (const resume of waiting) resume();
    waiting = [];
  };
  brake = new AttemptBrake(
    (profile, client, address) => slowed.push(`${profile} ${client} ${address ?? ''}`),
    LIMITS,
    (milliseconds) => {
      waits.push(milliseconds);
      return new Promise((resolve) => waiting.push(resolve));
    },
  );
});

const fail = (client = 'app', address = '192.0.2.1') => brake.failed('main', client, address);

describe('who fails to authenticate again and again', () => {
  test('is not slowed for a few times, and then more and more, up to a bound', async () => {
    await fail();
    await fail();
    expect(waits).toEqual([]);
    for (let i = 0; i < 4; i++) {
      const held = fail();
      goOn();
      await held;
    }
    expect(waits).toEqual([10, 20, 40, 45]);
    expect(slowed).toEqual(['main app 192.0.2.1']);
  });

  test('is told to come later where too many answers are held back', async () => {
    for (let i = 0; i < 2; i++) await fail();
    const held = [fail(), fail(), fail()];
    await expect(fail()).rejects.toMatchObject({ code: 'temporarily_unavailable', status: 503, retryAfter: 1 });
    goOn();
    await Promise.all(held);
    const again = fail();
    goOn();
    await again;
  });

  test('slows neither another client of the place, nor the client elsewhere', async () => {
    for (let i = 0; i < 2; i++) await fail();
    void fail();
    for (let i = 0; i < 2; i++) {
      await fail('other');
      await fail('app', '192.0.2.2');
    }
    expect(waits).toEqual([10]);
    goOn();
  });

  test('is one place for a whole network of an IPv6 host', async () => {
    for (let i = 0; i < 3; i++) void fail('app', `2001:db8:0:1::${i}`);
    expect(waits).toEqual([10]);
    goOn();
  });

  test('starts afresh after a while', async () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    try {
      for (let i = 0; i < 2; i++) await fail();
      clock.mockReturnValue(LIMITS.forgetAfterMilliseconds);
      await fail();
      expect(waits).toEqual([]);
    } finally {
      clock.mockRestore();
    }
  });
});

describe('in the service', () => {
  test('a client with its secret is let in at once from where its secret is guessed, and the audit trail has the guesses', async () => {
    const world = await ServiceUnderTest.open([put('client', clientOf('other'))]);
    const send = (secret: string, client = 'app') =>
      world.post(TOKEN, { grant_type: 'client_credentials', client_id: client, client_secret: secret });
    const guesses = Promise.all(Array.from({ length: 30 }, (_, i) => send(`guess ${i}`)));
    for (let i = 0; i < 5; i++) expect(jsonOf(await send(SECRET))).toMatchObject({ token_type: 'bearer' });
    expect((await send('wrong', 'other')).status).toBe(401);
    const statuses = (await guesses).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([401, 503]));
    const events = await world.stores.audit.list({ kind: 'client', limit: 9 });
    expect(events).toMatchObject([{ action: 'client.authentication-slowed', key: 'main/app', after: { address: '192.0.2.1' } }]);
  });
});
