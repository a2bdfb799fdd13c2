import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { time } from './flags.ts';
import { CommandLine } from './testing/command-line.ts';
import type { FakeAdminApi } from './testing/fake-admin-api.ts';

const TOKEN = 'twadm_of-the-administrator';
let line: CommandLine;
let api: FakeAdminApi;

beforeEach(async () => {
  line = await CommandLine.open(TOKEN);
  ({ api } = line);
});

afterEach(() => line.close());

const tokenwright: CommandLine['run'] = (args, options) => line.run(args, options);
const file: CommandLine['file'] = (name, text) => line.file(name, text);
const sent: CommandLine['sent'] = () => line.sent();

test('token lookup tells what a token is, which no argument holds', async () => {
  const token = { id: 't', purpose: 'access_token', form: 'opaque', clientId: 'c', delegationId: 'd', data: { sub: 'a' } };
  api.on('POST profiles/p/tokens/lookup', { body: { status: 'revoked', token: { ...token, expiresAt: 86400, revokedAt: 0 } } });
  const { out } = await tokenwright(['token', 'lookup', '-'], { input: 'the-token\n' });
  expect(out).toMatch(/^status +revoked$/m);
  expect(out).toMatch(/^ends +1970-01-02 00:00:00Z$/m);
  expect(sent().at(-1)?.[2]).toEqual({ token: 'the-token' });
  api.on('POST profiles/p/tokens/lookup', { body: { status: 'unknown', token: null } });
  expect((await tokenwright(['token', 'lookup', file('t', 'x')])).out).toMatch(/status +unknown\n$/);
});

test('audit list filters by action and time', async () => {
  api.on('GET audit?action=client.update&since=1777593600&until=1777629600&limit=50', { body: { items: [], next: null } });
  const times = ['--since', '2026-05-01', '--until', '2026-05-01T10:00Z'];
  expect((await tokenwright(['audit', 'list', '--action', 'client.update', ...times])).code).toBe(0);
  const { code, err } = await tokenwright(['audit', 'list', '--since', 'yesterday']);
  expect([code, err]).toEqual([2, expect.stringContaining('--since must be a time such as 2026-05-01')]);
});

test('times may be so long ago', () => {
  expect(time('--since', '2h', 86_400_500)).toBe(79_200);
  expect(time('--since', '1d', 86_400_000)).toBe(0);
});
