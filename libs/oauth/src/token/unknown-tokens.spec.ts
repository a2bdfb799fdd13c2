import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { RegisteredClient } from '../client/registered-client.ts';
import { SlowedEvents } from '../client/slowed-events.ts';
import type { Route } from '../configuration/snapshot.ts';
import { ServiceCounts } from '../counts/service-counts.ts';
import type { NewAuditEvent } from '../stores.ts';
import { gatewayOf, INTROSPECTION, PROFILE, profileOf, ServiceUnderTest } from '../testing/service-builder.ts';
import { UnknownTokens } from './unknown-tokens.ts';

const LIMITS = { firstDelayMilliseconds: 100, longestDelayMilliseconds: 300, places: 2, remembered: 100 };
const TOO_MANY = { code: 'too_many_unknown_tokens', status: 503, retryAfter: 1 };

let route: Route;
let gateway: RegisteredClient;
let other: RegisteredClient;
let counts: ServiceCounts;
let events: NewAuditEvent[];
let delays: number[];
let tokens: UnknownTokens;
/** Ends what is held back. */
let release: () => void;

beforeAll(async () => {
  const world = await ServiceUnderTest.open();
  route = world.snapshot.routeAt(INTROSPECTION) as Route;
  gateway = new RegisteredClient(gatewayOf('gateway', { unknownTokensPerMinute: 3 }), profileOf());
  other = new RegisteredClient(gatewayOf('other', { unknownTokensPerMinute: 3 }), profileOf());
});

beforeEach(() => {
  counts = new ServiceCounts();
  events = [];
  delays = [];
  let held: (() => void)[] = [];
  release = () => {
    for (const resume of held) resume();
    held = [];
  };
  const audit = { append: (more: readonly NewAuditEvent[]) => void events.push(...more) };
  const slowed = new SlowedEvents(audit, { write: () => undefined }, () => 1_790_000_000);
  tokens = new UnknownTokens(counts, slowed, LIMITS, (milliseconds) => {
    delays.push(milliseconds);
    return new Promise((resolve) => held.push(resolve));
  });
});

const present = (client: RegisteredClient | null = gateway, address = '192.0.2.1') => tokens.presented(route, client, address, 'unknown');
/** What each of them waits for. */
const presentMany = (count: number, client?: RegisteredClient | null, address?: string) => ({
  held: Array.from({ length: count }, () => present(client, address)),
});

describe('tokens that nobody knows', () => {
  test('cost nothing for as many as a client may present in a minute', () => {
    expect(presentMany(3).held).toEqual([undefined, undefined, undefined]);
    expect([delays, events]).toEqual([[], []]);
  });

  test('are then answered after a delay, a longer one each time, and refused while too many are held back', async () => {
    presentMany(3);
    const { held } = presentMany(2);
    expect(() => present()).toThrow(expect.objectContaining(TOO_MANY));
    expect(delays).toEqual([100, 200]);
    release();
    for (const one of held) await one;
    void present();
    expect(delays).toEqual([100, 200, 300]);
    release();
  });

  test('slow neither another client of the address, nor the client at another address', () => {
    presentMany(5);
    expect(presentMany(3, other).held).toEqual([undefined, undefined, undefined]);
    expect(presentMany(3, gateway, '192.0.2.2').held).toEqual([undefined, undefined, undefined]);
    release();
  });

  test('of one IPv6 network are those of one sender (RFC 4291 section 2.5.4)', () => {
    for (let i = 0; i < 4; i++) void present(gateway, `2001:db8:0:1::${i}`);
    expect(delays).toEqual([100]);
    release();
  });

  test('are limited by the address alone where nobody authenticates', () => {
    expect(presentMany(300, null).held.every((held) => held === undefined)).toBe(true);
    expect(present(null)).toBeInstanceOf(Promise);
    expect(present(null, '192.0.2.2')).toBeUndefined();
    release();
  });

  test('are counted by client and reason, and so are refusals', () => {
    presentMany(5);
    expect(() => present()).toThrow();
    void tokens.presented(route, null, null, 'malformed');
    expect([...counts.unknownTokens]).toEqual([
      { labels: [PROFILE, 'oauth-introspect', 'gateway', 'unknown'], count: 6 },
      { labels: [PROFILE, 'oauth-introspect', '', 'malformed'], count: 1 },
    ]);
    expect([...counts.refusals]).toEqual([{ labels: [PROFILE, 'unknown_tokens'], count: 1 }]);
    release();
  });

  test('are in the audit trail once for each sender that is slowed, whether a client or none', () => {
    presentMany(5);
    for (let i = 0; i < 3; i++) expect(() => present()).toThrow();
    presentMany(301, null, '192.0.2.9');
    expect(events).toMatchObject([
      { action: 'client.unknown-tokens-slowed', kind: 'client', key: 'main/gateway', actor: 'system', after: { address: '192.0.2.1' } },
      { action: 'endpoint.unknown-tokens-slowed', kind: 'endpoint', key: 'main/oauth-introspect', after: { address: '192.0.2.9' } },
    ]);
    release();
  });
});
