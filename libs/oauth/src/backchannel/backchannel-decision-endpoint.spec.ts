import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { BackchannelWorld, DECISION } from '../testing/backchannel-world.ts';
import { refusal } from '../testing/exchange-world.ts';
import { claimsOf, clientOf, jsonOf, PROFILE, SECRET } from '../testing/service-builder.ts';

/** Claims of the id token that a poll gives. */
async function idToken(world: BackchannelWorld, authReqId: string): Promise<Record<string, unknown>> {
  return claimsOf(String(jsonOf(await world.poll(authReqId))['id_token']));
}

describe("who tells a person's decision", () => {
  test('is answered once it counts, and the client gets its tokens', async () => {
    const world = await BackchannelWorld.open();
    const authReqId = await world.asked();
    const [id] = await world.waiting();
    const response = await world.decide('approve');
    expect([response.status, jsonOf(response)]).toEqual([200, { request_id: id, decision: 'approve' }]);
    expect((await world.poll(authReqId)).status).toBe(200);
  });

  test('may say no as well', async () => {
    const world = await BackchannelWorld.open();
    const authReqId = await world.asked();
    expect((await world.decide('deny')).status).toBe(200);
    expect(refusal(await world.poll(authReqId))).toEqual([400, 'access_denied']);
  });

  test('says how and when the person was authenticated, and the id token repeats it (OpenID Connect Core section 2)', async () => {
    const world = await BackchannelWorld.open();
    const authReqId = await world.asked();
    const at = world.service.now - 20;
    await world.decide('approve', { acr: 'urn:example:high', amr: 'face pin', auth_time: String(at) });
    expect(await idToken(world, authReqId)).toMatchObject({ acr: 'urn:example:high', amr: ['face', 'pin'], auth_time: at });
  });

  test('says nothing of it otherwise, but that it was now', async () => {
    const world = await BackchannelWorld.open();
    const authReqId = await world.asked();
    await world.decide('approve');
    const claims = await idToken(world, authReqId);
    expect(claims['auth_time']).toBe(world.service.now);
    expect(claims).not.toHaveProperty('acr');
    expect(claims).not.toHaveProperty('amr');
  });

  test('may grant less than was asked for, and never more', async () => {
    const world = await BackchannelWorld.open();
    const authReqId = await world.asked();
    expect(refusal(await world.decide('approve', { scope: 'openid write' }))).toEqual([400, 'invalid_scope']);
    expect(refusal(await world.decide('approve', { scope: 'read' }))).toEqual([400, 'invalid_scope']);
    expect((await world.decide('approve', { scope: 'openid' })).status).toBe(200);
    expect(jsonOf(await world.poll(authReqId))['scope']).toBe('openid');
  });

  test.each([
    ['without the request', { request_id: '' }],
    ['without the person', { sub: '' }],
    ['without a decision that there is', { decision: 'maybe' }],
    ['with a time that lies ahead', { auth_time: '9999999999' }],
    ['with a time that is none', { auth_time: 'now' }],
    ['with an acr without end', { acr: 'x'.repeat(257) }],
    ['with more means than there are', { amr: 'x '.repeat(17) }],
  ])('is refused %s, and nothing is decided', async (_, parameters) => {
    const world = await BackchannelWorld.open();
    await world.asked();
    expect(refusal(await world.decide('approve', parameters))).toEqual([400, 'invalid_request']);
    expect(await world.waiting()).toHaveLength(1);
  });

  test('learns nothing of requests of another person, that are over, decided or made up: one answer', async () => {
    const world = await BackchannelWorld.open();
    await world.account('bob');
    await world.asked();
    const answers = [await world.decide('approve', { sub: 'id-of-bob' }), await world.decide('approve', { request_id: 'made-up' })];
    const [id = ''] = await world.waiting();
    await world.decide('deny');
    answers.push(await world.decide('approve', { request_id: id }));
    for (const answer of answers) expect(refusal(answer)).toEqual([404, 'unknown_request']);
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  });

  test('is a client with the capability for it: one that asks cannot answer itself', async () => {
    const world = await BackchannelWorld.open();
    const authReqId = await world.asked();
    expect(refusal(await world.decide('approve', {}, 'till'))).toEqual([403, 'unauthorized_client']);
    expect(refusal(await world.decide('approve', { client_secret: 'wrong' }))).toEqual([401, 'invalid_client']);
    expect(refusal(await world.decide('approve', { request_id: authReqId }))).toEqual([404, 'unknown_request']);
    expect((await world.service.get(DECISION)).status).toBe(405);
  });

  test('is no client that has people asked: it would speak for anybody', async () => {
    const capabilities = ['backchannel-authentication', 'backchannel-decision'] as const;
    await expect(BackchannelWorld.open({ capabilities })).rejects.toThrow(
      'client main/till/capabilities/1: a client with the capability "backchannel-authentication" may not answer',
    );
  });

  test('is no public client', async () => {
    const authentication = { methods: ['none'] as const, jwks: null, jwksUri: null, certificateSubject: null, certificates: [] };
    const open = clientOf('open', { capabilities: ['backchannel-decision'], scopes: [], secrets: [], authentication });
    await expect(BackchannelWorld.open({}, [put('client', open)])).rejects.toThrow('may not have "backchannel-decision"');
  });

  test('is written down with the decision that counted, and without secrets', async () => {
    const world = await BackchannelWorld.open();
    const authReqId = await world.asked();
    await world.decide('approve');
    const events = await world.service.stores.audit.list({ kind: 'account', limit: 9 });
    expect(events).toMatchObject([
      {
        ...{ action: 'backchannel-authentication.approve', actor: 'system', key: `${PROFILE}/id-of-alice` },
        after: { clientId: 'till', toldBy: 'bank', scopes: ['openid', 'read'] },
      },
    ]);
    expect(JSON.stringify(events)).not.toContain(authReqId);
    expect(JSON.stringify(events)).not.toContain(SECRET);
  });

  test('of many at the same time, one counts', async () => {
    const world = await BackchannelWorld.open();
    await world.asked();
    const decisions = Array.from({ length: 10 }, (_, i) => world.decide(i % 2 === 0 ? 'approve' : 'deny'));
    const statuses = (await Promise.all(decisions)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(await world.service.stores.audit.list({ kind: 'account', limit: 99 })).toHaveLength(1);
  });
});
