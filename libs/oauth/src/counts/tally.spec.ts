import { expect, test } from '@jest/globals';
import { Tally } from './tally.ts';

test('each combination of labels has a count of its own', () => {
  const tally = new Tally<[profile: string, endpoint: string, status: number]>();
  for (let i = 0; i < 3; i++) tally.add('main', 'oauth-token', 200);
  tally.add('main', 'oauth-token', 401);
  tally.add('other', 'oauth-token', 200);
  expect([...tally]).toEqual([
    { labels: ['main', 'oauth-token', 200], count: 3 },
    { labels: ['main', 'oauth-token', 401], count: 1 },
    { labels: ['other', 'oauth-token', 200], count: 1 },
  ]);
  expect(tally.count('main', 'oauth-token', 200)).toBe(3);
  expect(tally.count('main', 'oauth-revoke', 200)).toBe(0);
  expect(tally.count('nowhere', 'oauth-token', 200)).toBe(0);
});

test('labels that name members of objects are labels as any others', () => {
  const tally = new Tally<[client: string]>();
  tally.add('__proto__');
  tally.add('constructor');
  expect([...tally]).toEqual([
    { labels: ['__proto__'], count: 1 },
    { labels: ['constructor'], count: 1 },
  ]);
});
