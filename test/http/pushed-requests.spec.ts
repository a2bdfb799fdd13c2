import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aCode, asking, AUTHORIZE_PATH, CALLBACK, codeRequest, expireGrants, redeeming, type Parameters } from '../support/code-flow.ts';
import { Person } from '../support/person.ts';
import { postForm, startService, type RunningService } from '../support/running-service.ts';

let service: RunningService;
let alice: Person;
beforeAll(async () => {
  service = await startService({ configFile: join(process.cwd(), 'test', 'support', 'people.yaml') });
  alice = await Person.withAccount(service, 'alice');
  await aCode(service.url, alice);
}, 60_000);
afterAll(() => service.stop());

const address = (form: URLSearchParams) => `${service.url}${AUTHORIZE_PATH}?${form.toString()}`;

/** Somebody who is signed in is told something, and sent nowhere. */
function expectNowhere(response: Response): void {
  expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
}

describe('pushed requests (RFC 9126)', () => {
  const push = async (more: Parameters = {}, headers: Readonly<Record<string, string>> = {}) => {
    const { form, verifier } = codeRequest({ client_secret: 'Secr3t!', ...more });
    const response = await postForm(`${service.url}/oauth/v2/oauth-pushed-authorization`, form.toString(), { headers });
    return { status: response.status, verifier, body: (await response.json()) as { request_uri?: string; error?: string } };
  };
  const named = (uri: string, client = 'trusted') => alice.fetch(address(new URLSearchParams({ client_id: client, request_uri: uri })));

  test('are used once, by their client, in their time', async () => {
    const { status, body, verifier } = await push();
    expect([status, body]).toEqual([201, { request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:/), expires_in: 90 }]);
    const uri = body.request_uri ?? '';
    expectNowhere(await named(uri, 'web'));
    expectNowhere(await named(uri, 'pushing'));
    expectNowhere(await named(`${uri}x`));
    const back = new URL((await named(uri)).headers.get('location') ?? '');
    expect(await asking(service.url, redeeming({ client: 'trusted', code: back.searchParams.get('code') ?? '', verifier }))).toMatchObject({
      ...{ status: 200 },
    });
    expectNowhere(await named(uri));

    const late = (await push()).body.request_uri ?? '';
    expireGrants(service);
    expectNowhere(await named(late));
  });

  test('count for themselves: what is said beside them is not read (section 4)', async () => {
    const uri = (await push({ scope: 'read' })).body.request_uri ?? '';
    const { form } = codeRequest({ request_uri: uri, scope: 'openid read write', state: 'evil', redirect_uri: 'https://evil.example/' });
    const back = new URL((await alice.fetch(address(form))).headers.get('location') ?? '');
    expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([CALLBACK, 'st4te']);
  });

  test.each<[string, Parameters, number, string]>([
    ['without a secret', { client_secret: null }, 401, 'invalid_client'],
    ['with a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['for an unknown client', { client_id: 'evil' }, 401, 'invalid_client'],
    ['that name another (section 2.1)', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 400, 'invalid_request'],
    ['with another redirect URI', { redirect_uri: 'https://evil.example/callback' }, 400, 'invalid_request'],
    ['with a parameter twice', { state: ['one', 'two'] }, 400, 'invalid_request'],
    ['without PKCE', { code_challenge: null }, 400, 'invalid_request'],
    ['with a scope that is not its own', { scope: 'admin' }, 400, 'invalid_scope'],
    ['of a client that nobody signs in to', { client_id: 'server-client' }, 400, 'invalid_request'],
    ['with a giant parameter', { nonce: 'x'.repeat(4097) }, 400, 'invalid_request'],
  ])('%s are refused at once', async (_what, more, status, error) => {
    const answer = await push(more);
    expect([answer.status, answer.body.error]).toEqual([status, error]);
  });

  test('are the only ones of a client that has to push (section 5)', async () => {
    expectNowhere(await alice.fetch(address(codeRequest({ client_id: 'pushing' }).form)));
    const uri = (await push({ client_id: 'pushing' })).body.request_uri ?? '';
    expect((await named(uri, 'pushing')).headers.get('location')).toMatch(/[?&]code=/);
  });
});
