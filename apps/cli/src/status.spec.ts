import { afterEach, beforeEach, expect, test } from '@jest/globals';
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

test('status shows what was asked and what ran, and what somebody should look at', async () => {
  const milliseconds = { mean: 1.25, p50: 1, p95: 2, p99: 3 };
  const place = { profile: 'p', endpoint: 'i', flow: 'oauth-introspect' };
  api
    .on('GET status', { body: { version: '1', revision: 3, ready: true } })
    .on('GET overview', {
      body: {
        expiringSecrets: [{ profile: 'p', client: 'c', secret: 's', expiresAt: 86400 }],
        warnings: [{ kind: 'client', key: 'p/c', message: 'is lax' }],
      },
    })
    .on('GET statistics?step=60', {
      body: {
        from: 86400,
        requests: [{ ...place, total: { requests: 7, statuses: { '4xx': 2, '5xx': 1 }, milliseconds } }],
        runs: [{ ...place, procedure: 'x', version: 2, total: { runs: 5, failures: 1, milliseconds } }],
      },
    });
  const { out } = await tokenwright(['status']);
  expect(out).toContain('Requests since 1970-01-02 00:00:00Z');
  expect(out).toMatch(/^p\/i +oauth-introspect +7 +2 +1 +1\.3 +1\.0 +2\.0 +3\.0$/m);
  expect(out).toMatch(/^x@2 +oauth-introspect +p\/i +5 +1 +1\.3 +1\.0 +2\.0 +3\.0$/m);
  expect(out).toMatch(/^secret ends +of client c of p: 1970-01-02 00:00:00Z$/m);
  expect(out).toMatch(/^warning +client "c" of "p": is lax$/m);
  expect(await tokenwright(['status', '--hours', '25'])).toMatchObject({ code: 2, err: expect.stringContaining('from 1 to 24') });
});
