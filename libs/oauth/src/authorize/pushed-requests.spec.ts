import { describe, expect, test } from '@jest/globals';
import { Application, returned, SETTINGS } from '../testing/application.ts';
import { aSession } from '../testing/people-of-a-spec.ts';
import { jsonOf } from '../testing/service-builder.ts';

describe('pushed authorization requests (RFC 9126)', () => {
  test('a pushed request is named by its URI, once', async () => {
    const app = await Application.open();
    const response = await app.push();
    expect([response.status, jsonOf(response)]).toEqual([
      201,
      { request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:twu_/), expires_in: 90 },
    ]);
    const query = new URLSearchParams({ client_id: 'app', request_uri: String(jsonOf(response)['request_uri']) }).toString();
    expect(returned(await app.get(query)).get('state')).toBe('pushed');
    expect((await app.get(query)).status).toBe(400);
  });

  test('another client cannot use it', async () => {
    const app = await Application.open();
    const requestUri = String(jsonOf(await app.push())['request_uri']);
    expect((await app.get(new URLSearchParams({ client_id: 'gateway', request_uri: requestUri }).toString())).status).toBe(400);
    expect(returned(await app.get(new URLSearchParams({ client_id: 'app', request_uri: requestUri }).toString())).get('code')).toMatch(
      /^twc_/,
    );
  });

  test('what is wrong with it is told at once, and the client has to authenticate', async () => {
    const app = await Application.open();
    expect(jsonOf(await app.push({ scope: 'admin' }))['error']).toBe('invalid_scope');
    expect(jsonOf(await app.push({ redirect_uri: 'https://evil.example' }))['error']).toBe('invalid_request');
    expect(jsonOf(await app.push({ request_uri: 'urn:x' }))['error']).toBe('invalid_request');
    expect((await app.push({ client_secret: 'wrong' })).status).toBe(401);
  });

  test('a client that has to push its requests can do nothing else', async () => {
    const app = await Application.open({ authorizationCode: { ...SETTINGS, pushedRequestsOnly: true, signedRequestsOnly: false } });
    expect((await app.authorize()).status).toBe(400);
    app.world.people.signedIn = null;
    const requestUri = String(jsonOf(await app.push())['request_uri']);
    const { interaction } = await app.asked(await app.get(new URLSearchParams({ client_id: 'app', request_uri: requestUri }).toString()));
    app.world.people.signedIn = aSession(app.world.now);
    expect(returned(await app.goOn(interaction)).get('code')).toMatch(/^twc_/);
  });

  test('of a hundred simultaneous uses one gets through', async () => {
    const app = await Application.open();
    const query = new URLSearchParams({ client_id: 'app', request_uri: String(jsonOf(await app.push())['request_uri']) }).toString();
    const answers = await Promise.all(Array.from({ length: 100 }, () => app.get(query)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  });
});
