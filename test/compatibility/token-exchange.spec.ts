import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { InitializedExchange } from '#libs/oauth';
import { contextOf, DELEGATION, exchangeOf, TOKEN_DATA } from './flow-contexts.ts';
import { FlowRunner, NOW, type FlowRun } from './flow-run.ts';

jest.setTimeout(30_000);

let runner: FlowRunner;
beforeAll(async () => {
  runner = await FlowRunner.open();
});
afterAll(() => runner.close());

const flow = 'oauth-token-oauth-token-exchange';

interface Decided {
  readonly subjectAttributes: Record<string, unknown> | null;
  readonly contextAttributes: Record<string, unknown> | null;
  readonly audiences: readonly string[] | null;
  readonly scopes: readonly string[] | null;
}

/** The second phase, as a host makes it of what the first one decided. */
function initialize(args: string): string {
  const { subjectAttributes, contextAttributes, audiences, scopes } = JSON.parse(args) as Decided;
  const subject = subjectAttributes ?? { subject: 'alice' };
  const scope = (scopes ?? ['read', 'write']).join(' ');
  const { issuers } = contextOf();
  const full: InitializedExchange = {
    issuers: issuers!,
    delegation: null,
    scopeNames: scope.split(' '),
    subjectAttributes: subject,
    contextAttributes: contextAttributes ?? {},
    defaults: {
      accessToken: { sub: subject['subject'], aud: audiences ?? 'app', scope, exp: NOW + 300, _clientId: 'app' },
      delegation: { owner: subject['subject'], scope },
    },
  };
  return JSON.stringify(full);
}

const run = (script: string, parts: Parameters<typeof exchangeOf>[0] = {}, form: Parameters<typeof contextOf>[1] = {}): FlowRun => ({
  script,
  flow,
  // The first phase has nothing that depends on what it decides.
  context: { ...contextOf({ exchange: exchangeOf(parts), scopeNames: [], defaults: {} }, form) },
  answers: { initialize },
});

async function delivered(asked: FlowRun) {
  const outcome = await runner.run(asked);
  expect([outcome.fault, outcome.rejection]).toEqual(['', {}]);
  return outcome;
}

const decidedBy = (calls: readonly string[]) => JSON.parse((calls[0] ?? '').replace('initialize ', '')) as Decided;

describe('The token exchange of RFC 8693', () => {
  test('issues the whole data of the subject token again, for another audience, under the same delegation', async () => {
    const { response, calls } = await delivered(run('exchange-whole-data', {}, { audience: ['https://orders.example'] }));
    expect(decidedBy(calls)).toEqual({
      subjectAttributes: { subject: 'alice' },
      contextAttributes: { acr: 'urn:acr:password', auth_time: NOW },
      audiences: ['https://orders.example'],
      scopes: ['read', 'write'],
    });
    expect(calls[1]).toBe(`issue jwt | d-given | ${JSON.stringify({ ...TOKEN_DATA, aud: ['https://orders.example'] })}`);
    expect(response).toEqual({
      ...{ access_token: 'signed(jwt)', issued_token_type: 'urn:ietf:params:oauth:token-type:access_token', token_type: 'bearer' },
      ...{ expires_in: 300, scope: 'read write' },
    });
  });

  test('issues the default data of the second phase, and joins an array of scopes', async () => {
    const { response, calls } = await delivered(run('exchange-default-data', {}, { scope: ['read'] }));
    expect(response).toMatchObject({ access_token: 'signed(jwt)', scope: 'read', expires_in: 300 });
    expect(calls[1]).toMatch(/^issue jwt \| d-given \| .*"aud":\["https:\/\/api.example"\],"scope":"read"/);
    expect(calls[1]).not.toContain('_clientId');
  });

  describe('with an actor', () => {
    const actorToken = { sub: 'agent-2' };

    test('nests the chain of actors, and shows the calling client without passing it on (section 4.1)', async () => {
      const subjectToken = { ...TOKEN_DATA, act: { sub: 'agent-1' }, roles: 'sre oncall', may_act: { sub: 'agent-2' } };
      const asked = run('exchange-actor-chain', { subjectToken, actorToken, requestedAudiences: ['https://orders.example'] });
      const { response, calls, effects } = await delivered(asked);
      expect(decidedBy(calls)).toMatchObject({ audiences: ['https://orders.example'], scopes: ['read', 'write'] });
      expect(response).toMatchObject({ access_token: 'at-1', scope: 'read write', token_type: 'bearer', by: 'app' });
      const data = JSON.parse(effects[1]?.split(' | ')[3] ?? '') as object;
      expect(data).toMatchObject({ act: { sub: 'agent-2', act: { sub: 'agent-1' } }, roles: ['sre', 'oncall'] });
      expect(data).not.toHaveProperty('_clientId');
    });

    test.each([
      ['no subject token of ours', { subjectToken: null, actorToken }, 400, 'invalid_request'],
      ['no actor token', {}, 400, 'invalid_request'],
      [
        'an actor the subject does not name',
        { actorToken, subjectToken: { ...TOKEN_DATA, may_act: { sub: 'else' } } },
        403,
        'access_denied',
      ],
    ])('refuses %s', async (_what, parts, status, code) => {
      expect((await runner.run(run('exchange-actor-chain', parts))).rejection).toMatchObject({ status, code });
    });
  });

  test('of a foreign token: text for a subject, for one audience, and an empty set of scopes; nothing can be issued before', async () => {
    const token = `e30.${Buffer.from('{"sub":"bob","acr":"mfa"}').toString('base64url')}.c2ln`;
    const asked = run('exchange-foreign-token', { subjectToken: null, subjectTokenDelegation: null, subjectTokenValue: token });
    const { response, calls, effects } = await delivered(asked);
    expect(decidedBy(calls)).toEqual({
      subjectAttributes: { subject: 'partner|bob' },
      contextAttributes: { acr: 'mfa' },
      audiences: ['https://api.example'],
      scopes: [],
    });
    expect(response).toMatchObject({ access_token: 'at-1', subject: 'partner|bob', before: true });
    expect(effects[0]).toContain('"owner":"partner|bob"');
  });

  test.each([
    ['narrows scopes by audience', { requestedAudiences: ['stock'] }, ['read']],
    ['keeps what audience, subject and request share', { requestedAudiences: ['orders'], requestedScopes: ['write', 'admin'] }, ['write']],
  ])('%s', async (_what, parts, scopes) => {
    const { response, calls } = await delivered(run('exchange-policy', parts));
    expect(decidedBy(calls).scopes).toEqual(scopes);
    expect(response).toMatchObject({ access_token: 'signed(jwt)', scope: scopes.join(' ') });
    expect(calls[1]).toMatch(/^issue jwt \| d-given \| /);
  });

  test.each([
    [{ requestedAudiences: ['orders', 'stock'] }, null],
    [{ requestedAudiences: ['else'] }, 'invalid_target'],
    [{ requestedAudiences: ['stock'], requestedScopes: ['write'] }, 'invalid_scope'],
  ])('refuses %j', async (parts, code) => {
    expect((await runner.run(run('exchange-policy', parts))).rejection).toMatchObject({ status: 400, code });
  });
});

describe('The older token exchange', () => {
  const presentedToken = { active: true, type: 'bearer', value: 'at-old', expiredScopes: [], data: TOKEN_DATA };

  test('issues the presented data again with fewer scopes, under the same delegation', async () => {
    const { response, effects } = await delivered({
      script: 'older-exchange',
      flow: 'oauth-token-token-exchange',
      context: contextOf({ presentedToken, delegation: DELEGATION }, { scope: ['read admin'] }),
    });
    expect(response).toEqual({ access_token: 'at-1', scope: 'read', token_type: 'bearer', expires_in: 300 });
    expect(effects).toEqual([`token opaque | d-given | 0 | ${JSON.stringify({ ...TOKEN_DATA, scope: 'read' })}`]);
  });

  test.each([
    [undefined, [{ sub: 'app' }]],
    [[{ sub: 'first' }], [{ sub: 'first' }, { sub: 'app' }]],
  ])('grows the list of actors %j by the calling client', async (act, expected) => {
    const context = contextOf({
      presentedToken: { ...presentedToken, data: { ...TOKEN_DATA, ...(act === undefined ? {} : { act }) } },
      delegation: DELEGATION,
      defaults: { accessToken: { ...TOKEN_DATA, _clientId: 'app' } },
    });
    const { effects } = await delivered({ script: 'older-exchange-actors', flow: 'oauth-token-token-exchange', context });
    expect(effects).toEqual([`token opaque | d-given | 0 | ${JSON.stringify({ ...TOKEN_DATA, act: expected })}`]);
  });
});
