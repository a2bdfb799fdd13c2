import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { put } from '../../configuration/configuration.ts';
import { ExchangeWorld, refusal } from '../../testing/exchange-world.ts';
import { bound, clientOf, jsonOf } from '../../testing/service-builder.ts';

const FLOW = 'oauth-token-token-exchange';
const GRANT = 'https://curity.se/grant/accesstoken';
const script = (name: string) => readFileSync(join(import.meta.dirname, '../../../../../test/compatibility/scripts', `${name}.js`), 'utf8');

const exchange = (world: ExchangeWorld, client: string, form: Readonly<Record<string, string>>) =>
  world.service.tokenRequest({ grant_type: GRANT, ...form }, client);

describe('the older token exchange', () => {
  test('gives another token of the same person, within the presented one and under its delegation', async () => {
    const world = await ExchangeWorld.open({}, { scopes: ['read', 'short'] });
    const { value, delegationId } = await world.token({ lifetime: 100 });
    const answer = jsonOf(await exchange(world, 'agent', { token: value, scope: 'read write', audience: 'tool-a' }));
    expect(answer).toEqual({ access_token: expect.stringMatching(/^twa_/), token_type: 'bearer', expires_in: 100, scope: 'read' });
    expect(await world.introspected(String(answer['access_token']))).toMatchObject({
      ...{ active: true, sub: 'alice', client_id: 'agent', scope: 'read', aud: 'tool-a', act: { sub: 'agent' }, delegationId },
    });
  });

  test('shows the procedure the presented token, its delegation and the caller', async () => {
    const source = `function result(context) {
      const { presentedToken, delegation } = context;
      return { sub: presentedToken.subject, same: presentedToken.delegation === delegation, by: delegation.clientId,
        text: presentedToken.value, caller: context.getDefaultAccessTokenData(delegation)._clientId, scopes: [...context.scopeNames] };
    }`;
    const world = await ExchangeWorld.open({}, {}, bound(FLOW, source));
    const { value } = await world.token();
    const shown = { sub: 'alice', same: true, by: 'app', text: value, caller: 'agent', scopes: ['read', 'write'] };
    expect(jsonOf(await exchange(world, 'agent', { token: value }))).toEqual(shown);
  });

  test.each<[string, Readonly<Record<string, string>>, readonly [number, string]]>([
    ['without a token', { token: '' }, [400, 'invalid_request']],
    ['with one that is unknown', { token: 'twa_x' }, [400, 'invalid_request']],
    ['with none of the scopes', { scope: 'admin' }, [400, 'invalid_scope']],
    ['for a resource that is no URI', { resource: 'x' }, [400, 'invalid_target']],
  ])('%s it is refused', async (_what, form, expected) => {
    const world = await ExchangeWorld.open();
    const { value } = await world.token();
    expect(refusal(await exchange(world, 'agent', { token: value, ...form }))).toEqual(expected);
  });

  test('a token that is not for the client, names another as who may act, or is too long passed on, is refused', async () => {
    const world = await ExchangeWorld.open();
    const { value } = await world.token();
    expect(refusal(await exchange(world, 'tool-b', { token: value }))).toEqual([400, 'invalid_request']);
    const act = Array.from({ length: 16 }, (_, i) => ({ sub: `a${i}` }));
    for (const claims of [{ may_act: { sub: 'tool-a' } }, { act }, { cnf: { jkt: 'x' } }])
      expect(refusal(await exchange(world, 'agent', { token: (await world.token({ claims })).value }))).toEqual([400, 'invalid_request']);
  });

  test('a script that issues the presented data again, with fewer scopes, runs as it was written', async () => {
    const world = await ExchangeWorld.open({}, {}, bound(FLOW, script('older-exchange')));
    const { value } = await world.token({ claims: { role: 'sre' } });
    const answer = jsonOf(await exchange(world, 'agent', { token: value, scope: 'read admin' }));
    expect(answer['scope']).toBe('read');
    expect(await world.introspected(String(answer['access_token']))).toMatchObject({ role: 'sre', scope: 'read', client_id: 'agent' });
  });

  test('a script that keeps the actors as a list makes it grow, and cannot lose one', async () => {
    const world = await ExchangeWorld.open({}, {}, [
      put('client', clientOf('tool-a', { capabilities: ['token-exchange'] })),
      ...bound(FLOW, script('older-exchange-actors')),
    ]);
    const { value } = await world.token({ claims: { aud: ['agent', 'tool-a'] } });
    const first = jsonOf(await exchange(world, 'agent', { token: value, audience: 'tool-a' }))['access_token'];
    const second = jsonOf(await exchange(world, 'tool-a', { token: String(first) }))['access_token'];
    expect((await world.introspected(String(second)))['act']).toEqual([{ sub: 'agent' }, { sub: 'tool-a' }]);
    const losing = `function result(context) {
      const data = context.getDefaultAccessTokenData();
      data.act = [{ sub: 'me' }];
      return { access_token: context.accessTokenIssuer.issue(data, context.delegation) };
    }`;
    await world.service.change(...bound(FLOW, losing, { upload: 2 }));
    expect(refusal(await exchange(world, 'tool-a', { token: String(first) }))).toEqual([500, 'server_error']);
  });
});
