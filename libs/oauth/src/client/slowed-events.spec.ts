import { expect, test } from '@jest/globals';
import type { NewAuditEvent } from '../stores.ts';
import { SlowedEvents } from './slowed-events.ts';

function open(append: (events: readonly NewAuditEvent[]) => Promise<void>) {
  const lines: string[] = [];
  let now = 1_790_000_000;
  const events = new SlowedEvents({ append }, { write: (level, message) => void lines.push(`${level} ${message}`) }, () => now);
  return { events, lines, wait: (seconds: number) => (now += seconds) };
}

test('somebody who is slowed is in the audit trail once a minute', async () => {
  const stored: NewAuditEvent[] = [];
  const { events, wait } = open(async (more) => void stored.push(...more));
  for (let i = 0; i < 3; i++) events.note('client.authentication-slowed', 'client', 'main/app', '192.0.2.1');
  events.note('client.authentication-slowed', 'client', 'main/app', '192.0.2.2');
  wait(60);
  events.note('client.authentication-slowed', 'client', 'main/app', '192.0.2.1');
  expect(stored.map(({ at, key, after }) => [at, key, after])).toEqual([
    [1_790_000_000, 'main/app', { address: '192.0.2.1' }],
    [1_790_000_000, 'main/app', { address: '192.0.2.2' }],
    [1_790_000_060, 'main/app', { address: '192.0.2.1' }],
  ]);
});

test('strangers who come under ever new names do not fill the audit trail', () => {
  const stored: NewAuditEvent[] = [];
  const { events } = open(async (more) => void stored.push(...more));
  for (let i = 0; i < 1000; i++) events.note('client.authentication-slowed', 'client', `main/guess-${i}`, '192.0.2.1');
  expect(stored.length).toBeGreaterThanOrEqual(60);
  expect(stored.length).toBeLessThan(70);
});

test('an event that cannot be stored is told in the log', async () => {
  const { events, lines } = open(() => Promise.reject(new Error('no database')));
  events.note('client.authentication-slowed', 'client', 'main/app', null);
  await new Promise(setImmediate);
  expect(lines).toEqual(['warn somebody is slowed', 'error an audit event was not stored']);
});
