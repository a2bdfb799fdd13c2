import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import type { RegistrationTemplate } from '../configuration/registration-settings.ts';
import { AUTHORIZE, CALLBACK, challenge } from '../testing/application.ts';
import { aSession } from '../testing/people-of-a-spec.ts';
import { CODE_CLIENT, RegistrationWorld, templateOf } from '../testing/registration-world.ts';
import { aRequest, endpointOf, headerOf } from '../testing/service-builder.ts';
import type { OAuthResponse } from '../transport/exchange.ts';

/** A client that has registered itself, and what it asks for. */
async function open(template: Partial<RegistrationTemplate> = {}) {
  const world = await RegistrationWorld.open({}, { apps: templateOf({ consent: false, ...template }) }, {}, [
    put('endpoint', endpointOf('oauth-authorize', AUTHORIZE)),
  ]);
  const { service } = world;
  const { client_id: id } = await world.registered(CODE_CLIENT);
  const authorize = (parameters: Readonly<Record<string, string>> = {}): Promise<OAuthResponse> => {
    const form = {
      ...{ client_id: id, redirect_uri: CALLBACK, response_type: 'code', scope: 'read', state: 's' },
      ...{ code_challenge: challenge, code_challenge_method: 'S256', ...parameters },
    };
    const query = new URLSearchParams(form).toString();
    return service.handle({ ...aRequest(AUTHORIZE, ''), method: 'GET', query, headers: {} });
  };
  return { service, authorize };
}

const WRONG: readonly [string, Readonly<Record<string, string>>, string][] = [
  ['a scope that it may not have', { scope: 'admin' }, 'invalid_scope'],
  ['a response type that there is not', { response_type: 'other' }, 'unsupported_response_type'],
  ['no person to be asked', { prompt: 'none' }, 'login_required'],
  ['an answer by form', { scope: 'admin', response_mode: 'form_post' }, 'invalid_scope'],
];

describe('an error of a client that has registered itself (RFC 9700 section 4.11.2)', () => {
  test.each(WRONG)('redirects nobody before somebody is signed in: %s', async (_what, parameters) => {
    const { service, authorize } = await open();
    service.people.signedIn = null;
    const response = await authorize(parameters);
    expect([response.status, headerOf(response, 'Location')]).toEqual([400, undefined]);
    expect(response.body).toContain('The sign-in cannot go on');
    expect(response.body).not.toMatch(/app\.example|<form|<script/);
  });

  test('goes to the client when somebody is signed in', async () => {
    const { service, authorize } = await open();
    service.people.signedIn = aSession(service.now);
    const location = new URL(headerOf(await authorize({ scope: 'admin' }), 'Location') ?? '');
    expect([location.origin, location.searchParams.get('error')]).toEqual(['https://app.example', 'invalid_scope']);
  });

  test.each(WRONG.slice(0, 3))(
    'goes to the client where its template says where people may be sent: %s',
    async (_what, parameters, error) => {
      const { service, authorize } = await open({ redirectHosts: ['app.example'] });
      service.people.signedIn = null;
      const location = new URL(headerOf(await authorize(parameters), 'Location') ?? '');
      expect([location.origin, location.searchParams.get('error')]).toEqual(['https://app.example', error]);
    },
  );

  test('is none where all is well: the person is asked to sign in', async () => {
    const { service, authorize } = await open();
    service.people.signedIn = null;
    expect(headerOf(await authorize(), 'Location')).toMatch(/^\/pages\/login\?interaction=/);
  });
});
