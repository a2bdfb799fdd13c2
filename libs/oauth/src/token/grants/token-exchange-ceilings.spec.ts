import { describe, expect, test } from '@jest/globals';
import { PLAIN_INTROSPECTION } from '../../configuration/client-settings.ts';
import { put } from '../../configuration/configuration.ts';
import { ExchangeWorld, refusal } from '../../testing/exchange-world.ts';
import { bound, claimsOf, clientOf, ISSUER, jsonOf, PROFILE } from '../../testing/service-builder.ts';
import { TOKEN_TYPE } from '../exchange/token-types.ts';

const FLOW = 'oauth-token-oauth-token-exchange';
const REFUSED = [400, 'invalid_request'];

/** A procedure that initializes with these arguments and issues the default data with a change. */
const issuing = (change = '', args = 'null, null, null, null') => `function result(context) {
  const full = context.getInitializedContext(${args});
  const data = full.getDefaultAccessTokenData();
  ${change}
  return { access_token: full.accessTokenIssuer.issue(data, full.delegation) };
}`;

/** What operators are told of failures. */
const messagesOf = (world: ExchangeWorld) => world.service.service.executions.faults.map(({ message }) => message).join('\n');

describe('ceilings (contract section 9)', () => {
  test('scopes are those of the subject token that the client has, too', async () => {
    const world = await ExchangeWorld.open({}, { scopes: ['read', 'short'] });
    const { value } = await world.token();
    expect((await world.exchanged('agent', value))['scope']).toBe('read');
    for (const scope of ['write', 'short', 'read write', 'admin'])
      expect(refusal(await world.exchange('agent', { subject_token: value, scope }))).toEqual([400, 'invalid_scope']);
    const narrowed = await world.token({ claims: { scope: 'write' } });
    expect((await world.exchanged('agent', narrowed.value))['scope'] ?? '').toBe('');
  });

  test('audiences are any, unless profile or client say which (RFC 8693 section 2.2.2)', async () => {
    const settings = { subjectTokens: 'audience', ownAudiences: [], audiences: ['tool-a'] } as const;
    const world = await ExchangeWorld.open(
      { allowedAudiences: ['tool-a', 'tool-b', 'own'] },
      { tokenExchange: settings, audiences: ['own'] },
    );
    const { value } = await world.token();
    const audienceOf = async (form: Record<string, string>) =>
      (await world.introspected((await world.exchanged('agent', value, form))['access_token']))['aud'];
    expect(await audienceOf({ audience: 'tool-a' })).toBe('tool-a');
    expect(await audienceOf({})).toBe('own');
    for (const form of [
      { audience: 'tool-b' },
      { audience: 'else' },
      { resource: 'https://else.example' },
      { audience: ['tool-a', 'tool-b'] },
    ])
      expect(refusal(await world.exchange('agent', { subject_token: value, ...form }))).toEqual([400, 'invalid_target']);
  });

  test('a resource that the profile knows goes by its audience, and those of a client by its own list (RFC 8707 section 2)', async () => {
    const resource = { description: '', scopes: null, accessTokenFormat: null, accessTokenLifetime: null };
    const resources = {
      'https://orders.example/api': { ...resource, audience: 'orders' },
      'https://stock.example/': { ...resource, audience: null },
    };
    const world = await ExchangeWorld.open({ resources }, { resources: Object.keys(resources) });
    const { value } = await world.token();
    const answer = await world.exchanged('agent', value, { resource: Object.keys(resources), audience: 'orders' });
    expect(await world.introspected(answer['access_token'])).toMatchObject({ aud: ['orders', 'https://stock.example/'] });
    const others = await world.exchange('agent', { subject_token: value, resource: 'https://else.example' });
    expect(refusal(others)).toEqual([400, 'invalid_target']);
  });

  test('no token outlives the subject token, its delegation, or a scope that came with it', async () => {
    const world = await ExchangeWorld.open();
    const short = await world.token({ lifetime: 40 });
    const endOf = async (token: string) => (await world.introspected((await world.exchanged('agent', token))['access_token']))['exp'];
    expect(await endOf(short.value)).toBe(world.service.now + 40);
    const ending = await world.token({ delegationLifetime: 50, lifetime: 100 });
    expect(await endOf(ending.value)).toBe(world.service.now + 50);
    await world.service.change(put('client', clientOf('agent', { capabilities: ['token-exchange'], scopes: ['read', 'short'] })));
    const scoped = await world.token({ claims: { scope: 'read short' }, view: { scope: 'read short' } });
    world.service.now += 45;
    const answer = await world.exchanged('agent', scoped.value, { scope: 'short' });
    expect(await world.introspected(answer['access_token'])).toMatchObject({ active: true, exp: world.service.now + 15 });
    world.service.now += 15;
    expect(await world.introspected(answer['access_token'])).toEqual({ active: false });
    expect(refusal(await world.exchange('agent', { subject_token: scoped.value, scope: 'short' }))).toEqual([400, 'invalid_scope']);
  });

  test.each<[string, string, RegExp]>([
    ['a later end', 'data.exp += 400;', /exp is \d+ seconds after the latest that the subject token allows/],
    ['a scope of the client alone', "data.scope = 'read short';", /the scope "short" was not granted/],
    ['no audience', 'delete data.aud;', /aud is missing: the client's tokenExchange.audiences/],
    ['an empty audience', 'data.aud = [];', /aud is missing/],
    ['another audience', "data.aud = 'tool-z';", /"tool-z" is not among the client's tokenExchange.audiences/],
    ['fewer actors', 'data.act = { sub: "agent" };', /act may name further actors, but must keep those of the token/],
    ['no actors', 'delete data.act;', /act may name further actors/],
    ['another subject', "data.sub = 'bob';", /sub differs/],
  ])('a procedure that issues with %s is failed', async (_what, change, message) => {
    const settings = { subjectTokens: 'audience', ownAudiences: [], audiences: ['tool-a'] } as const;
    const agent = { scopes: ['read', 'write', 'short'], tokenExchange: settings, audiences: ['tool-a'] };
    const world = await ExchangeWorld.open({}, agent, bound(FLOW, issuing(change)));
    const { value } = await world.token({ claims: { act: { sub: 'first' } } });
    expect(refusal(await world.exchange('agent', { subject_token: value }))).toEqual([500, 'server_error']);
    expect(messagesOf(world)).toMatch(message);
  });

  test.each([
    ['cnf', "data.cnf = { jkt: 'mine' };"],
    ['client_id', "data.client_id = 'root';"],
    ['iss', "data.iss = 'https://else.example';"],
  ])('%s is the service’s, whatever the procedure says', async (claim, change) => {
    const world = await ExchangeWorld.open({}, {}, bound(FLOW, issuing(change)));
    const { value } = await world.token();
    const shown = await world.introspected((await world.exchanged('agent', value))['access_token']);
    expect(shown[claim]).toBe({ cnf: undefined, client_id: 'agent', iss: ISSUER }[claim]);
  });
});

describe('two phases (SANDBOX 3.9)', () => {
  test('what the procedure decides is what the second phase is about, and may be less', async () => {
    const source = issuing('', "{ subject: 'alice@partner', mail: 'a@b' }, { acr: 'x' }, 'tool-b', new Set(['read'])").replace(
      'return {',
      'return { sub: full.subjectAttributes(), how: full.contextAttributes(), scopes: [...full.scopeNames],',
    );
    const world = await ExchangeWorld.open({}, {}, bound(FLOW, source));
    const { value } = await world.token();
    const answer = await world.exchanged('agent', value);
    expect(answer).toMatchObject({ sub: { subject: 'alice@partner', mail: 'a@b' }, how: { acr: 'x' }, scopes: ['read'] });
    expect(await world.introspected(answer['access_token'])).toMatchObject({ sub: 'alice@partner', aud: 'tool-b', scope: 'read' });
  });

  test.each([
    ['scope', "null, null, null, 'read admin'", 'invalid_scope'],
    ['audience', "null, null, ['tool-a', 'tool-z'], null", 'invalid_target'],
  ])('a %s beyond the ceilings refuses the caller, unless the procedure catches it and decides otherwise', async (_what, args, error) => {
    const settings = { subjectTokens: 'audience', ownAudiences: [], audiences: ['tool-a'] } as const;
    const world = await ExchangeWorld.open({}, { tokenExchange: settings }, bound(FLOW, issuing('', args)));
    const { value } = await world.token();
    expect(refusal(await world.exchange('agent', { subject_token: value }))).toEqual([400, error]);
    const catching = issuing().replace(
      'const full = ',
      `try { context.getInitializedContext(${args}); } catch (refused) { logger.info('{}', refused); }\n  const full = `,
    );
    await world.service.change(...bound(FLOW, catching, { upload: 2 }));
    expect((await world.exchange('agent', { subject_token: value })).status).toBe(200);
  });

  test('the second phase may be asked for once', async () => {
    const world = await ExchangeWorld.open({}, {}, bound(FLOW, issuing('context.getInitializedContext();')));
    const { value } = await world.token();
    expect(refusal(await world.exchange('agent', { subject_token: value }))).toEqual([500, 'server_error']);
    expect(messagesOf(world)).toContain('getInitializedContext may be called once');
  });

  test('nothing is issued before it, by a sandbox process gone wrong either', async () => {
    const source = `function result(context) { return { none: context.accessTokenIssuer, token: context.subjectTokenValue.slice(0, 4) }; }`;
    const world = await ExchangeWorld.open({}, {}, bound(FLOW, source));
    const { value } = await world.token();
    expect(jsonOf(await world.exchange('agent', { subject_token: value }))).toEqual({ token: 'twa_' });
    const signed = await world.service.sandbox.last('own').answer({ kind: 'issue', args: 'jwt\n\n{}' });
    expect(signed).toMatchObject({ error: { code: 'fault' } });
    const { sandbox } = world.service;
    const run = sandbox.run.bind(sandbox);
    sandbox.run = async (invocation) => {
      const outcome = await run(invocation);
      if (outcome.kind !== 'returned') return outcome;
      return { ...outcome, effects: [{ kind: 'delegation', payload: '0\n{}' }] };
    };
    expect(refusal(await world.exchange('agent', { subject_token: value }))).toEqual([500, 'server_error']);
  });

  test('the script sees what was presented and asked for, and issues under the delegation of the subject token', async () => {
    const source = `function result(context) {
      const shown = {
        claims: context.presentedSubjectToken.sub, by: context.presentedSubjectTokenDelegation.clientId, type: context.subjectTokenType,
        scopes: [...context.requestedScopes], audiences: [...context.requestedAudiences],
        actor: context.getPresentedActorToken(null).sub, actorBy: context.presentedActorTokenDelegation.owner,
        how: context.contextAttributes(), who: context.subjectAttributes(),
      };
      const full = context.getInitializedContext();
      const data = full.getDefaultAccessTokenData();
      shown.caller = data._clientId;
      shown.access_token = full.getDefaultAccessTokenJwtIssuer().issue(context.presentedSubjectToken, context.presentedSubjectTokenDelegation);
      return shown;
    }`;
    const world = await ExchangeWorld.open({}, {}, bound(FLOW, source));
    const authenticationAttributes = { subjectAttributes: { subject: 'alice', mail: 'a@b' }, contextAttributes: { acr: 'urn:a' } };
    const { value, delegationId } = await world.token({ claims: { role: 'sre' }, view: { authenticationAttributes } });
    const form = { actor_token: (await world.token({ claims: { sub: 'robot' } })).value, actor_token_type: TOKEN_TYPE.accessToken };
    const answer = await world.exchanged('agent', value, {
      ...form,
      audience: 'tool-a',
      resource: 'https://b.example',
      scope: 'read write',
    });
    expect(answer).toMatchObject({
      ...{
        claims: 'alice',
        by: 'app',
        type: TOKEN_TYPE.accessToken,
        scopes: ['read', 'write'],
        audiences: ['tool-a', 'https://b.example'],
      },
      ...{ actor: 'robot', actorBy: 'alice', how: { acr: 'urn:a' }, who: { subject: 'alice', mail: 'a@b' }, caller: 'agent' },
    });
    expect(claimsOf(answer['access_token'] ?? '')).toMatchObject({
      sub: 'alice',
      role: 'sre',
      client_id: 'agent',
      delegationId,
      aud: 'agent',
    });
  });

  test('a delegation of the client can be made in place of it, for no longer than the subject token, and only while that holds', async () => {
    const source = issuing().replace('full.delegation)', 'full.delegationIssuer.issue(full.getDefaultDelegationData()))');
    const world = await ExchangeWorld.open({}, {}, bound(FLOW, source));
    const { value, delegationId } = await world.token({ lifetime: 100 });
    const answer = await world.exchanged('agent', value);
    const shown = await world.introspected(answer['access_token']);
    expect(shown).toMatchObject({ active: true, client_id: 'agent', exp: world.service.now + 100 });
    expect(shown['delegationId']).not.toBe(delegationId);
    const made = await world.service.stores.tokens.findDelegation(PROFILE, String(shown['delegationId']));
    expect(made).toMatchObject({ clientId: 'agent', owner: 'alice', expiresAt: world.service.now + 100 });
  });

  test('neither the delegation of an actor token nor that of another client can be used or revoked', async () => {
    const world = await ExchangeWorld.open();
    const { value, delegationId } = await world.token();
    const form = {
      subject_token: value,
      actor_token: (await world.token({ claims: { sub: 'robot' } })).value,
      actor_token_type: TOKEN_TYPE.accessToken,
    };
    const sources = [
      issuing().replace('full.delegation)', 'context.presentedActorTokenDelegation)'),
      issuing('full.delegationIssuer.revoke(full.delegation);'),
      issuing(`full.delegationIssuer.revoke('${delegationId}');`),
    ];
    for (const [i, source] of sources.entries()) {
      await world.service.change(...bound(FLOW, source, { upload: i + 1 }));
      expect(refusal(await world.exchange('agent', form))).toEqual([500, 'server_error']);
    }
    expect(await world.introspected(value)).toMatchObject({ active: true });
    const looking = `function result(context) { const full = context.getInitializedContext(); return { found: full.delegationIssuer.getById('${delegationId}') === null }; }`;
    await world.service.change(...bound(FLOW, looking, { upload: 9 }));
    expect(jsonOf(await world.exchange('agent', form))).toEqual({ found: true });
  });

  test('no refresh token is given', async () => {
    const source = `function result(context) { return { none: context.getInitializedContext().refreshTokenIssuer === null }; }`;
    const world = await ExchangeWorld.open({}, { capabilities: ['token-exchange'] }, bound(FLOW, source));
    expect(await world.exchanged('agent', (await world.token()).value)).toEqual({ none: true });
  });

  test('presented tokens show in no log', async () => {
    const source =
      "function result(context) { logger.info('got {}', context.subjectTokenValue); throw new Error(context.request.getFormParameter('actor_token')); }";
    const world = await ExchangeWorld.open({}, {}, bound(FLOW, source));
    const { value } = await world.token();
    const actor = await world.token();
    await world.exchange('agent', { subject_token: value, actor_token: actor.value, actor_token_type: TOKEN_TYPE.accessToken });
    const seen = JSON.stringify([world.service.log, world.service.service.executions.faults]);
    expect(seen).toContain('got ');
    for (const secret of [value, actor.value]) expect(seen).not.toContain(secret);
  });
});

describe('the end (contract section 9)', () => {
  test('with the delegation of the first token all tokens of the chain end', async () => {
    const world = await ExchangeWorld.open();
    const { value, delegationId } = await world.token();
    const first = (await world.exchanged('agent', value, { audience: 'tool-a' }))['access_token'] ?? '';
    const second =
      (await world.exchanged('tool-a', first, { audience: 'tool-b', requested_token_type: TOKEN_TYPE.jwt }))['access_token'] ?? '';
    for (const token of [value, first, second]) expect(await world.introspected(token)).toMatchObject({ active: true });
    await world.service.stores.tokens.revokeDelegation(PROFILE, delegationId, world.service.now);
    for (const token of [value, first, second]) expect(await world.introspected(token)).toEqual({ active: false });
    expect(refusal(await world.exchange('tool-b', { subject_token: second }))).toEqual(REFUSED);
  });

  test('a delegation that ends while the procedure runs gives nothing', async () => {
    const world = await ExchangeWorld.open();
    const { value, delegationId } = await world.token();
    const { sandbox, stores, now } = world.service;
    const run = sandbox.run.bind(sandbox);
    sandbox.run = async (invocation) => {
      await stores.tokens.revokeDelegation(PROFILE, delegationId, now);
      return run(invocation);
    };
    expect(refusal(await world.exchange('agent', { subject_token: value }))).toEqual([400, 'invalid_grant']);
    expect((await stores.tokens.listTokens({}, { limit: 9 })).items).toHaveLength(1);
  });

  test('a client revokes its own token of the chain and no other (RFC 7009 section 2.1)', async () => {
    const world = await ExchangeWorld.open();
    const { value } = await world.token();
    const first = (await world.exchanged('agent', value, { audience: 'tool-a' }))['access_token'] ?? '';
    expect(refusal(await world.service.revoke(value, 'agent'))).toEqual([400, 'invalid_grant']);
    expect((await world.service.revoke(first, 'agent')).status).toBe(200);
    expect(await world.introspected(first)).toEqual({ active: false });
    expect(await world.introspected(value)).toMatchObject({ active: true });
  });

  test('a client with the introspection policy "own" sees its own token of the chain and no other', async () => {
    const agent = {
      capabilities: ['token-exchange', 'introspection'] as const,
      introspection: { ...PLAIN_INTROSPECTION, policy: 'own' as const },
    };
    const world = await ExchangeWorld.open({}, agent);
    const { value } = await world.token();
    const first = (await world.exchanged('agent', value))['access_token'] ?? '';
    expect(jsonOf(await world.service.introspect(value, undefined, 'agent'))).toEqual({ active: false });
    expect(jsonOf(await world.service.introspect(first, undefined, 'agent'))).toMatchObject({ active: true, client_id: 'agent' });
  });
});
