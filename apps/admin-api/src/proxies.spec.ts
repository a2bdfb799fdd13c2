import { afterEach, expect, test } from '@jest/globals';
import { TestAdminApi, TOKENS } from './testing/test-admin-api.ts';

const SESSION = '/admin/v1/session';
/** Requests come from this address, as the tests make them. */
const PROXY = '127.0.0.1';
const BROWSER = '203.0.113.7';

let api: TestAdminApi | undefined;
afterEach(() => api?.close());

async function behind(...trustProxy: readonly string[]): Promise<TestAdminApi> {
  return (api = await TestAdminApi.start({ trustProxy }));
}

const from = (forwarded: string) => ({ 'sec-fetch-site': 'same-origin', 'x-forwarded-for': forwarded });
const signIn = (service: TestAdminApi, token: string, forwarded: string) =>
  service.call('POST', SESSION, { as: null, body: { token }, headers: from(forwarded) });
const failures = (service: TestAdminApi) =>
  service.logged
    .filter((line) => line.includes('an administrator token was refused'))
    .map((line) => JSON.parse(line.slice(line.indexOf('{'))) as { address: string; failures: number })
    .map(({ address, failures: count }) => [address, count]);

test('behind a trusted proxy each address is slowed for its own failures, whatever clients say of others', async () => {
  const service = await behind('10.0.0.0/8', PROXY);
  for (const forwarded of [BROWSER, `198.51.100.1, ${BROWSER}`, '203.0.113.8', `${BROWSER}, 10.1.2.3`])
    expect((await signIn(service, 'twadm_guessed', forwarded)).status).toBe(401);
  expect(failures(service)).toEqual([
    [BROWSER, 1],
    [BROWSER, 2],
    ['203.0.113.8', 1],
    [BROWSER, 3],
  ]);
});

test('sessions and the audit trail have the address of the browser, not that of the proxy', async () => {
  const service = await behind(PROXY);
  expect((await signIn(service, TOKENS.admin, BROWSER)).status).toBe(201);
  expect((await service.call('GET', '/admin/v1/sessions')).json.items).toMatchObject([{ address: BROWSER }]);
  const [event] = service.events({ kind: 'administrator' });
  expect(event).toMatchObject({ action: 'administrator.sign-in', after: { address: BROWSER } });
});

test('without a trusted proxy nobody can say to come from elsewhere', async () => {
  for (const trusted of [[], ['192.0.2.1']]) {
    const service = await behind(...trusted);
    await signIn(service, 'twadm_guessed', BROWSER);
    expect(failures(service)).toEqual([[PROXY, 1]]);
    expect((await signIn(service, TOKENS.admin, BROWSER)).status).toBe(201);
    expect((await service.call('GET', '/admin/v1/sessions')).json.items).toMatchObject([{ address: PROXY }]);
    await service.close();
  }
});
