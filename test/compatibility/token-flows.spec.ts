import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { IssuerView } from '#libs/oauth';
import { contextOf, DELEGATION, TOKEN_DATA } from './flow-contexts.ts';
import { FlowRunner, NOW, type FlowRun } from './flow-run.ts';

jest.setTimeout(30_000);

let runner: FlowRunner;
beforeAll(async () => {
  runner = await FlowRunner.open();
});
afterAll(() => runner.close());

/** What a script delivered, without a fault. */
async function delivered(run: FlowRun) {
  const outcome = await runner.run(run);
  expect([outcome.fault, outcome.rejection]).toEqual(['', {}]);
  return outcome;
}

const leftHalf = (hash: string, text: string) => {
  const digest = createHash(hash).update(text).digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
};

describe('The authorization code flow', () => {
  const flow = 'oauth-token-authorization-code';

  test('issues access, refresh and id token, the last with the hashes of the others (OpenID Connect Core 3.1.3.6)', async () => {
    const { response, effects, calls } = await delivered({
      script: 'code-openid',
      flow,
      context: contextOf({ presentedNonce: { data: {} } }, { code: ['the code'] }),
    });
    expect(response).toEqual({
      ...{ access_token: 'at-1', refresh_token: 'minted refresh_token', id_token: 'signed(id)', token_type: 'bearer' },
      ...{ expires_in: 300, scope: 'openid read write' },
    });
    expect(effects).toEqual([
      'delegation 0 | {"owner":"alice","scope":"openid read write"}',
      expect.stringMatching(/^token opaque \| d-1 \| 0 \| \{"sub":"alice",/),
      `refresh-token refresh | d-1 | 0 | {"sub":"alice","exp":${NOW + 3600}}`,
    ]);
    const [, issue = ''] = calls;
    expect(JSON.parse(issue.split(' | ')[2] ?? '')).toEqual({
      ...{
        sub: 'alice',
        aud: 'app',
        exp: NOW + 300,
        at_hash: leftHalf('sha256', 'at-1'),
        c_hash: leftHalf('sha256', 'the code'),
        s_hash: null,
      },
    });
  });

  test('hashes by SHA-512 where the id token is signed with EdDSA', async () => {
    const context = contextOf({ presentedNonce: { data: {} } }, { code: ['the code'] });
    const idToken: IssuerView = { id: 'id', kind: 'jwt', enabled: true, hash: 'sha-512' };
    const { calls } = await delivered({ script: 'code-openid', flow, context: { ...context, issuers: { ...context.issuers!, idToken } } });
    expect(calls[1]).toContain(`"at_hash":"${leftHalf('sha512', 'at-1')}"`);
  });

  test('without openid there is no id token', async () => {
    const { defaults, ...rest } = contextOf({ presentedNonce: { data: {} }, scopeNames: ['read'] });
    const { response } = await delivered({ script: 'code-openid', flow, context: { ...rest, defaults: { ...defaults, idToken: null } } });
    expect(response).not.toHaveProperty('id_token');
  });

  test('finds in the nonce what the authorize procedure put there', async () => {
    const presentedNonce = { data: { upstream: 'an upstream token', context: { level: 3 } } };
    const { effects } = await delivered({ script: 'code-nonce-claims', flow, context: contextOf({ presentedNonce }) });
    expect(effects[1]).toMatch(/"upstream":"an upstream token","level":3,"seen":true\}$/);
  });

  test('reads and ends earlier delegations by their ids', async () => {
    const { response, effects, calls, log } = await delivered({
      script: 'delegation-by-id',
      flow,
      context: contextOf({ presentedNonce: { data: { earlier: 'd-given' } } }),
      answers: { delegation: (id) => (id === 'd-given' ? JSON.stringify(DELEGATION) : 'null') },
    });
    expect(calls).toEqual(['delegation d-given', 'delegation gone']);
    expect(log).toEqual(['info ended d-given of alice']);
    expect(effects[0]).toBe('revoke-delegation d-given');
    expect(effects[1]).toContain('"claims":{"region":"north"}');
    expect(response).toEqual({ access_token: 'at-1', token_type: 'bearer', gone: true });
  });

  test('issues a one-time token with whole attribute maps beside the others', async () => {
    const { response, effects } = await delivered({
      script: 'native-sso-nonce',
      flow,
      context: contextOf({ presentedNonce: { data: {} } }),
    });
    expect(response).toEqual({ access_token: 'at-1', device_secret: 'minted nonce', token_type: 'bearer' });
    expect(effects[2]).toBe(
      `nonce default |  | 0 | {"subject":{"subject":"alice"},"context":{"acr":"urn:acr:password","auth_time":${NOW}},"created":${NOW},"expires":${NOW + 300}}`,
    );
  });
});

describe('The refresh flow', () => {
  const flow = 'oauth-token-refresh';
  const presented = (value: string | null) =>
    contextOf({
      delegation: DELEGATION,
      presentedToken: { active: true, type: 'bearer', value, expiredScopes: [], data: { sub: 'alice' } },
    });

  test('keeps the presented refresh token when it has a value', async () => {
    const { response, effects } = await delivered({ script: 'refresh', flow, context: presented('rt-old') });
    expect(response).toMatchObject({ access_token: 'at-1', refresh_token: 'rt-old', scope: 'openid read write' });
    expect(effects).toHaveLength(1);
    expect(effects[0]).toMatch(/^token opaque \| d-given \| 0 \| /);
  });

  test('issues a new one when the value is null: rotation', async () => {
    const { response, effects } = await delivered({ script: 'refresh', flow, context: presented(null) });
    expect(response).toMatchObject({ access_token: 'at-1', refresh_token: 'minted refresh_token' });
    expect(effects[1]).toBe(`refresh-token refresh | d-given | 0 | {"sub":"alice","exp":${NOW + 3600}}`);
  });
});

describe('Passwords, device codes and backchannel authentication', () => {
  test.each(['oauth-token-resource-owner-password-credentials', 'oauth-token-device-code', 'oauth-token-backchannel-authentication'])(
    '%s issues all tokens with attributes of the authentication',
    async (flow) => {
      const { response, effects } = await delivered({ script: 'with-refresh-token', flow, context: contextOf() });
      expect(response).toMatchObject({ access_token: 'at-1', refresh_token: 'minted refresh_token', id_token: 'signed(id)' });
      expect(effects[1]).toMatch(/"acr":"urn:acr:password","account":"alice"\}$/);
    },
  );
});

describe('The assertion flow', () => {
  test('takes its claims from the subject of the assertion, and refuses others with the exact code', async () => {
    const flow = 'oauth-token-assertion';
    const of = (subject: string) => ({ script: 'assertion', flow, context: contextOf({ subjectAttributes: { subject } }) });
    expect((await delivered(of('bob@partner.example'))).effects[1]).toMatch(/"domain":"partner.example"\}$/);
    expect((await runner.run(of('bob'))).rejection).toEqual({
      status: 400,
      code: 'invalid_grant',
      description: 'the subject is no address',
    });
  });
});

describe('Authorize', () => {
  const { defaults } = contextOf();
  const context = contextOf({
    ...{ providedState: 'xyz', issuer: 'https://as.example/~', sessionState: 'ss' },
    defaults: { ...defaults, accessToken: null, authorizationCode: { sub: 'alice', redirect_uri: 'https://app.example/cb' } },
    contextAttributes: { acr: 'a', upstream: 'ut' },
  });

  test.each(['oauth-authorize-authorization-code', 'openid-authorize-hybrid', 'oauth-authorize-implicit'])(
    '%s puts claims into the code, answers state and iss, and session_state with openid',
    async (flow) => {
      const { response, effects, log } = await delivered({ script: 'authorize', flow, context });
      expect(response).toEqual({ code: 'minted authorization_code', state: 'xyz', iss: 'https://as.example/~', session_state: 'ss' });
      expect(effects).toEqual([
        'nonce code |  | 0 | {"sub":"alice","redirect_uri":"https://app.example/cb","upstream":"ut","context":{"acr":"a","upstream":"ut"}}',
      ]);
      expect(log).toEqual(['debug no token is asked for by this response type']);
    },
  );
});

describe('The hybrid and implicit flows', () => {
  const flow = 'openid-authorize-hybrid';
  const parts = { providedState: 'xyz', issuer: 'https://as.example/~' };
  const { defaults } = contextOf();

  test('issue what the response type asks for, and bind it into the id token', async () => {
    const context = contextOf({ ...parts, defaults: { ...defaults, authorizationCode: { sub: 'alice' } } });
    const { response, calls } = await delivered({ script: 'authorize-hybrid', flow, context });
    const code = 'minted authorization_code';
    expect(response).toEqual({
      ...{ state: 'xyz', iss: 'https://as.example/~', code, access_token: 'at-1', token_type: 'bearer', expires_in: 300 },
      id_token: 'signed(id)',
    });
    expect(JSON.parse(calls.at(-1)?.split(' | ')[2] ?? '')).toMatchObject({
      ...{ at_hash: leftHalf('sha256', 'at-1'), c_hash: leftHalf('sha256', code), s_hash: leftHalf('sha256', 'xyz') },
    });
  });

  test('give neither token nor code that was not asked for', async () => {
    const context = contextOf({ ...parts, defaults: { idToken: { sub: 'alice' } } });
    const { response, effects, calls } = await delivered({ script: 'authorize-hybrid', flow: 'oauth-authorize-implicit', context });
    expect([Object.keys(response), effects]).toEqual([['state', 'iss', 'id_token'], []]);
    expect(JSON.parse(calls[0]?.split(' | ')[2] ?? '')).toMatchObject({ at_hash: null, c_hash: null });
  });
});

describe('Device authorization', () => {
  test('issues the device code; the endpoint adds the members of RFC 8628 section 3.2', async () => {
    const { response, effects } = await delivered({
      script: 'device-authorization',
      flow: 'oauth-device-authorization',
      context: contextOf({ defaults: { deviceCode: { scope: 'read' } } }),
    });
    expect(response).toEqual({});
    expect(effects).toEqual(['nonce device |  | 0 | {"scope":"read","asked_by":"app"}']);
  });
});

describe('Userinfo', () => {
  const flow = 'openid-userinfo';
  const parts = {
    delegation: DELEGATION,
    defaults: { response: { sub: 'alice' } },
    presentedToken: { active: true, type: 'bearer', value: null, expiredScopes: [], data: { ...TOKEN_DATA, scope: 'openid email' } },
  };

  test('adds claims of the account that the scopes release', async () => {
    const accountAttributes = { name: { formatted: 'Alice A' }, emails: [{ value: 'alice@example.com' }] };
    const { response } = await delivered({ script: 'userinfo', flow, context: contextOf({ ...parts, accountAttributes }) });
    expect(response).toEqual({ sub: 'alice', email: 'alice@example.com', name: 'Alice A', owner: true });
  });

  test('has an empty map where there is no account', async () => {
    const presentedToken = { ...parts.presentedToken, data: TOKEN_DATA };
    const { response } = await delivered({ script: 'userinfo', flow, context: contextOf({ ...parts, presentedToken }) });
    expect(response).toEqual({ sub: 'alice', owner: true });
  });
});

describe('Services of the context', () => {
  const flow = 'oauth-token-client-credentials';
  const answered = (statusCode: number) => ({
    ...{ script: 'fetch-roles', flow, context: contextOf() },
    answers: { http: () => JSON.stringify({ statusCode, headers: { 'content-type': 'application/json' }, body: '{"roles":["sre"]}' }) },
  });

  test('a web service answers in the middle of a run, by property and by getter', async () => {
    const { effects, calls, log } = await delivered(answered(200));
    expect(JSON.parse(calls[0]?.replace('http ', '') ?? '')).toMatchObject({
      ...{ client: 'roles-client', uri: 'https://roles.example:443/roles', method: 'GET' },
      ...{ query: { subject: ['alice'] }, headers: { accept: 'application/json' } },
    });
    expect(log).toEqual(['debug answered 200 with application/json']);
    expect(effects[1]).toMatch(/"roles":\["sre"\]\}$/);
  });

  test('and a script refuses with an error of its own when it answers otherwise', async () => {
    const { rejection, log } = await runner.run(answered(503));
    expect(rejection).toEqual({ status: 500, code: null, description: 'The roles are not available.' });
    expect(log).toEqual([expect.stringContaining('warn no roles: ')]);
  });

  test('options of a request may be maps of Java', async () => {
    const asked = (statusCode: number) => ({
      ...{ script: 'fetch-by-java-map', flow, context: contextOf() },
      answers: { http: () => JSON.stringify({ statusCode, headers: {}, body: '{"access":"granted"}' }) },
    });
    const { response, calls } = await delivered(asked(200));
    expect(response).toEqual({ access: 'granted' });
    expect(JSON.parse(calls[0]?.replace('http ', '') ?? '')).toMatchObject({
      ...{ client: 'directory', method: 'GET', query: { client: ['app'] }, headers: { accept: 'application/json' } },
    });
    const { rejection } = await runner.run(asked(404));
    expect(rejection).toEqual({ status: 403, code: 'insufficient_scope', description: 'The directory says 404' });
  });

  test.each([
    ['null', 1, ['bucket-store']],
    ['{"times":2}', 3, ['bucket-store', 'bucket-clear']],
  ])('a bucket holds %s, and shows a run its own changes', async (stored, visits, kinds) => {
    const run = { script: 'bucket-attributes', flow, context: contextOf(), answers: { 'bucket-get': () => stored } };
    const { response, effects } = await delivered(run);
    expect(response).toEqual({ visits });
    expect(effects.map((effect) => effect.split(' ')[0])).toEqual(kinds);
  });

  test('attributes of the authentication are maps for for...in and appendObjectTo', async () => {
    const { effects } = await delivered({ script: 'attributes-for-in', flow, context: contextOf() });
    expect(effects[1]).toMatch(/"auth_subject":"alice","acr":"urn:acr:password","auth_time":1700000000,"args":"a\+bnone"\}$/);
  });
});

describe('After a revocation', () => {
  const flow = 'oauth-revoke';
  const run = (subject: string | null): FlowRun => ({
    ...{ script: 'revocation-notice', flow },
    context: contextOf({
      revocation: {
        ...{ tokenTypeHint: 'access_token', clientId: 'app', purpose: subject === null ? null : 'access_token', subject },
        delegationId: subject === null ? null : 'd-given',
      },
    }),
    answers: { 'bucket-get': () => '{"count":4}', http: () => '{"statusCode":204,"headers":{},"body":""}' },
  });

  test('a procedure has buckets and web services', async () => {
    const { response, effects, calls } = await delivered(run('alice'));
    expect(response).toEqual({});
    expect(effects).toEqual(['bucket-store ["revocations","alice","tokens"] | {"count":5}']);
    expect(JSON.parse(calls[1]?.replace('http ', '') ?? '')).toMatchObject({
      ...{ client: 'siem', uri: 'https://siem.example', method: 'POST', path: '/revoked' },
      body: '{"client":"app","subject":"alice","purpose":"access_token","count":5}',
    });
  });

  test('members of a token that nobody knows are null', async () => {
    const { calls, log } = await delivered(run(null));
    expect([calls, log]).toEqual([[], ['info nothing known of it, hint access_token']]);
  });
});
