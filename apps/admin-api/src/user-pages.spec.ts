import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestAdminApi } from './testing/test-admin-api.ts';

let api: TestAdminApi;
beforeAll(async () => {
  api = await TestAdminApi.start();
  await api.furnish();
});
afterAll(() => api.close());

const preview = (body: object, profile = 'p') => api.call('POST', `/p/${profile}/user-pages/preview`, { body });

describe('a preview of the pages for people', () => {
  test('shows what nobody has stored, in a document that runs, loads and sends nothing (CSP 3)', async () => {
    const revision = api.live.current.revision;
    const userPages = { title: 'Example <Inc.>', accentColor: '#0f766e', theme: { stylesheet: '.brand { color: red; }' } };
    const shown = await preview({ userPages, page: 'consent', language: 'de', scheme: 'dark' });
    expect(shown.status).toBe(200);
    expect(shown.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(shown.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+' 'sha256-[^']+'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox$/,
    );
    expect(shown.text).toContain('Example &lt;Inc.&gt;');
    expect(shown.text).toContain('Order Tracker Zugriff erlauben?');
    expect(shown.text).toContain('.brand { color: red; }');
    expect(shown.text).not.toMatch(/<script|prefers-color-scheme: dark/);
    expect(api.live.current.revision).toBe(revision);
  });

  test('refuses what would be refused if it were stored, where it is wrong', async () => {
    const refused = await preview({ userPages: { theme: { palette: { light: { text: '#cccccc' } } } } });
    expect(refused.status).toBe(422);
    expect(refused.json.errors[0]).toMatchObject({
      pointer: '/userPages/theme/palette/light/text',
      message: expect.stringContaining('needs 4.5:1'),
    });
    expect((await preview({ language: 'fr' })).json.errors).toEqual([
      { pointer: '/language', message: 'must be one of "locales": en, de, sv' },
    ]);
    expect((await preview({ page: 'logn' })).json.errors[0].message).toContain('did you mean "login"');
    expect((await preview({}, 'nobody')).status).toBe(404);
  });

  test('shows what is stored, for frames of the page of administrators alone, and is of user pages alone', async () => {
    const path = '/p/p/endpoints/pages';
    const userPages = { title: 'Stored Inc.', locales: ['de', 'en'] };
    expect((await api.call('PUT', path, { body: { kind: 'user-pages', path: '/people', userPages } })).status).toBe(201);
    const shown = await api.call('GET', `${path}/preview?page=login&scheme=dark`);
    expect(shown.status).toBe(200);
    expect(shown.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; .*form-action 'none'.*; frame-ancestors 'self'; sandbox$/),
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(shown.text).toContain('Stored Inc.');
    expect(shown.text).toContain('<html lang="de"');
    expect(shown.text).not.toMatch(/<script|prefers-color-scheme: dark/);
    expect((await api.call('GET', `${path}/preview?language=en`)).text).toContain('<html lang="en"');
    const refused = await api.call('GET', `${path}/preview?language=sv`);
    expect(refused.status).toBe(400);
    expect(refused.json.errors).toEqual([{ pointer: '/language', message: 'must be one of "locales": de, en' }]);
    expect((await api.call('GET', `${path}/preview?page=logn`)).status).toBe(400);
    expect((await api.call('GET', '/p/p/endpoints/nothing/preview')).status).toBe(404);
    expect((await api.call('PUT', '/p/p/endpoints/other', { body: { kind: 'oauth-revoke', path: '/other' } })).status).toBe(201);
    expect((await api.call('GET', '/p/p/endpoints/other/preview')).status).toBe(404);
  });
});
