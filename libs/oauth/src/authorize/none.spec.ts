import { describe, expect, test } from '@jest/globals';
import { DEFAULT_PROFILE_CAPABILITIES } from '../configuration/entities.ts';
import { CALLBACK, OpenIdWorld, type OpenIdClient } from '../testing/openid-world.ts';
import { headerOf, jsonOf, PROFILE } from '../testing/service-builder.ts';

const ASKED = { response_type: 'none', scope: 'read' };

const open = (members: OpenIdClient = {}) => OpenIdWorld.open({ client: { capabilities: ['authorization-none'] }, ...members });

/** Where the browser is sent. */
const sentTo = async (app: OpenIdWorld, parameters: Readonly<Record<string, string>> = {}) =>
  headerOf(await app.authorize({ ...ASKED, ...parameters }), 'Location');

describe('the response type none (OAuth 2.0 Multiple Response Types section 4)', () => {
  test('gives nothing but state and issuer, without PKCE, and runs no procedure', async () => {
    const app = await open();
    const back = await app.returned({ ...ASKED, code_challenge: '', code_challenge_method: '' });
    expect([...back.keys()]).toEqual(['state', 'iss']);
    expect(await sentTo(app)).toMatch(/^https:\/\/app\.example\/callback\?state=s&iss=[^&#]+#$/);
    expect((await app.world.stores.tokens.listDelegations({}, { limit: 9 })).items).toEqual([]);
  });

  test('comes back by a form where that is asked for, and never by a fragment', async () => {
    const app = await open();
    const posted = await app.authorize({ ...ASKED, response_mode: 'form_post' });
    expect([posted.status, posted.body]).toEqual([200, expect.stringContaining(`action="${CALLBACK}"`)]);
    expect(posted.body).not.toMatch(/name="(code|access_token|id_token)"/);
    expect((await app.returned({ ...ASKED, response_mode: 'fragment' })).get('error')).toBe('invalid_request');
  });

  test('has the person sign in and allow it first', async () => {
    const app = await open({ codes: { consent: true } });
    expect((await app.asked(ASKED)).page).toBe('consent');
    expect((await app.returned({ ...ASKED, prompt: 'none' })).get('error')).toBe('consent_required');
    app.world.people.signedIn = null;
    expect((await app.asked(ASKED)).page).toBe('login');
    expect((await app.returned({ ...ASKED, prompt: 'none' })).get('error')).toBe('login_required');
  });

  test('goes with no other', async () => {
    expect((await (await open()).returned({ ...ASKED, response_type: 'code none' })).get('error')).toBe('unsupported_response_type');
  });

  test('is off unless profile and client name it, and metadata names it then', async () => {
    const names = async (app: OpenIdWorld) =>
      jsonOf(await app.world.get('/~/.well-known/openid-configuration'))['response_types_supported'];
    const unnamed = await open({ client: {}, profile: { capabilities: DEFAULT_PROFILE_CAPABILITIES } });
    expect((await unnamed.returned(ASKED)).get('error')).toBe('unsupported_response_type');
    expect(await names(unnamed)).toEqual(['code']);
    expect((await (await open({ client: {} })).returned(ASKED)).get('error')).toBe('unauthorized_client');
    const app = await open();
    expect(await names(app)).toContain('none');
    expect((await app.returned({ response_type: 'code' })).get('error')).toBe('unauthorized_client');
    expect(app.world.snapshot.profiles.get(PROFILE)?.profile.capabilities).toContain('authorization-none');
  });
});
