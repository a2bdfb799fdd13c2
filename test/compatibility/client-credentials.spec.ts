import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { put } from '#libs/oauth';
import { claimsOf, clientOf, issuerOf } from '../../libs/oauth/src/testing/service-builder.ts';
import { ScriptedService } from './scripted-service.ts';

jest.setTimeout(30_000);

const FLOW = 'oauth-token-client-credentials';
const AUDIENCES = ['https://orders.example', 'https://stock.example'];

let service: ScriptedService;
beforeAll(async () => {
  const properties = { beta: 'true', gamma: 'false', scopes: 'read,admin', 'claim.tenant': 'blue', at_issuer: 'partner' };
  service = await ScriptedService.open([
    put('client', clientOf('rich', { properties, audiences: AUDIENCES })),
    put('client', clientOf('registered', { properties: { audiences: ['https://mine.example'], trusted: true, limits: { level: 3 } } })),
    put('token-issuer', issuerOf('jwt', { id: 'partner', isDefault: false, lifetime: 30 })),
  ]);
});
afterAll(() => service.close());

/** The answer to a token request with a script bound. */
async function granted(script: string, form: Readonly<Record<string, string>> = {}, client = 'rich') {
  await service.bind(script, FLOW);
  return service.tokenRequest(form, client);
}

/** What the service says about the token that a script issued. */
async function issued(script: string, form: Readonly<Record<string, string>> = {}, client = 'rich') {
  const answer = await granted(script, form, client);
  if (typeof answer.json['access_token'] !== 'string') throw new Error(`no token: ${answer.text} ${answer.faults.join()}`);
  const { json: claims } = await service.introspect(answer.json['access_token']);
  return { ...answer, claims };
}

describe('A token', () => {
  test('of the default data', async () => {
    const { json, claims } = await issued('token-plain');
    expect(json).toEqual({ access_token: expect.stringMatching(/^twa_/), token_type: 'bearer', expires_in: 300, scope: 'read write' });
    expect(claims).toMatchObject({ active: true, sub: 'rich', client_id: 'rich', scope: 'read write', aud: AUDIENCES });
  });

  test('for the audience that a request parameter names, when the client has it', async () => {
    const { claims } = await issued('token-audience-by-parameter', { resource: 'https://stock.example' });
    expect(claims).toMatchObject({ active: true, aud: 'https://stock.example' });
    const refused = await service.tokenRequest({ resource: 'https://else.example' }, 'rich');
    expect([refused.status, refused.json]).toEqual([400, { error: 'invalid_target', error_description: 'The resource is unknown.' }]);
    expect((await service.tokenRequest({ resource: 'https://stock.example' }, 'app')).json['error']).toBe('invalid_target');
  });

  test('with fewer scopes, and an array of them in the answer joined by spaces', async () => {
    const { json, claims } = await issued('token-scope-by-name', { scope: 'write read' });
    expect([json['scope'], claims['scope']]).toEqual(['read', 'read']);
    const none = await service.tokenRequest({ scope: 'write' }, 'rich');
    expect(none.json).toEqual({ error: 'invalid_scope', error_description: 'none of the scopes is allowed' });
  });

  test('with claims by client properties that are the text true, and by their prefix', async () => {
    const { claims } = await issued('token-claims-by-properties');
    expect(claims).toMatchObject({ beta: true, tenant: 'blue' });
    expect(claims).not.toHaveProperty('gamma');
    expect((await issued('token-claims-by-properties', {}, 'app')).claims).not.toHaveProperty('beta');
  });

  test('under a delegation with claims and custom values, which introspection finds again', async () => {
    const { json, claims } = await issued('token-delegation-data');
    expect(claims).toMatchObject({ plan: 'gold', region: 'north', delegationId: json['delegation'] });
    expect(json['owner']).toBe('rich');
    await service.bind('delegation-data-read', 'oauth-introspect');
    const { json: read } = await service.introspect(String(json['access_token']));
    expect(read).toEqual({ active: true, plan: 'gold', region: 'north', second: 2, note: 'rich' });
    await service.bind('append-object', 'oauth-introspect');
  });

  test('by the issuer that a client property names, else by the default one', async () => {
    const named = await granted('token-named-issuer');
    const { iat, exp } = claimsOf(String(named.json['access_token']));
    expect(Number(exp) - Number(iat)).toBe(300);
    expect((await service.tokenRequest({}, 'app')).json['access_token']).toMatch(/^twa_/);
  });

  test('with a shorter life, and one too long is a fault', async () => {
    const { json, claims } = await issued('token-shorter-life', { life: '45' });
    expect([json['expires_in'], Number(claims['exp']) - Number(claims['iat'])]).toEqual([45, 45]);
    const tooLong = await service.tokenRequest({ life: '999999' }, 'rich');
    expect([tooLong.status, tooLong.json['error'], tooLong.faults.length]).toEqual([500, 'server_error', 1]);
  });

  test('of the data as it was at the call: an opaque one and a JWT beside it', async () => {
    const { json, claims } = await issued('token-two-kinds');
    expect([claims['kind'], claimsOf(String(json['jwt']))['kind']]).toEqual(['first', 'second']);
  });

  test('without members that begin with an underscore, and with the claims that the service owns', async () => {
    const { json } = await granted('token-hidden-members');
    expect(Object.keys(json).sort()).toEqual(['access_token', 'scope', 'token_type']);
    expect(json['scope']).toBe('read write');
    const claims = claimsOf(String(json['access_token']));
    expect(claims).toMatchObject({ iss: 'https://as.example/~', client_id: 'rich' });
    expect(claims).not.toHaveProperty('_working');
    expect(claims['jti']).not.toBe('mine');
  });

  test('by client properties of every JSON type', async () => {
    const { claims } = await issued('registered-client', { resource: 'https://mine.example' }, 'registered');
    expect(claims).toMatchObject({ aud: ['https://mine.example', 'https://shared.example'], trusted: 3 });
    expect((await service.tokenRequest({ resource: 'https://else.example' }, 'registered')).json['error']).toBe('invalid_target');
  });

  test('of a java.util.LinkedHashMap with lists and maps in it', async () => {
    expect((await issued('token-from-java-map')).claims).toMatchObject({
      sub: 'rich',
      groups: ['staff', 'north'],
      address: { city: 'Lund', geo: { lat: 55.7 } },
      roles: [{ name: 'reader' }, { name: 'writer' }],
    });
  });
});

describe('exceptionFactory', () => {
  const DEFAULT = 'The request was refused.';
  test.each([
    ['bad-0', 400, 'invalid_request', DEFAULT],
    ['bad-1', 400, 'invalid_request', 'The thing is missing.'],
    ['bad-2', 400, 'invalid_target', 'No such audience.'],
    ['bad-3', 400, 'use_dpop_nonce', 'Try again.'],
    ['bad-code', 400, 'invalid_grant', DEFAULT],
    ['unauthorized-0', 401, 'invalid_client', DEFAULT],
    ['unauthorized-1', 401, 'invalid_client', 'Who are you?'],
    ['unauthorized-2', 401, 'invalid_token', 'Not yours.'],
    ['forbidden-0', 403, 'access_denied', DEFAULT],
    ['forbidden-1', 403, 'access_denied', 'Not for you.'],
    ['forbidden-2', 403, 'insufficient_scope', 'Not enough.'],
    ['not-found-1', 404, 'not_found', 'Nothing here.'],
    ['internal-0', 500, 'server_error', DEFAULT],
    ['internal-1', 500, 'server_error', 'The directory does not answer.'],
  ])('%s is %i %s on the wire, exactly', async (fail, status, error, description) => {
    const refused = await granted('errors-of-every-arity', { fail });
    expect([refused.status, refused.json]).toEqual([status, { error, error_description: description }]);
    expect(refused.faults).toEqual([]);
  });

  test.each([
    ['plain', /runtime: Error: a secret of the script|runtime: a secret of the script/],
    ['text', /runtime: .*just text/],
    ['returned', /did you mean `throw`/],
  ])('anything else that is thrown or returned wrongly (%s) is a fault for the operator alone', async (fail, message) => {
    const failed = await granted('errors-of-every-arity', { fail });
    expect([failed.status, failed.json['error']]).toEqual([500, 'server_error']);
    expect(failed.text).not.toMatch(/secret of the script|just text|forgot/);
    expect(failed.faults).toEqual([expect.stringMatching(message)]);
  });
});

describe('The context of client credentials', () => {
  test('sets headers of its own', async () => {
    const { headers } = await granted('token-response-headers');
    expect(headers).toMatchObject({ 'x-tenant': 'rich', 'x-count': '2' });
  });

  test('has null for what other flows have, and methods that say so', async () => {
    const { json, faults } = await granted('token-everything-null');
    expect(faults).toEqual([]);
    expect(json).toEqual({
      nulls: Array.from({ length: 13 }, () => null),
      requested: 0,
      exchange: `getInitializedContext is not available in flow ${FLOW}`,
      actor: `getPresentedActorToken is not available in flow ${FLOW}`,
    });
  });
});
