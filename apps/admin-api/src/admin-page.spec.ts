import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { TestAdminApi, type Answer } from './testing/test-admin-api.ts';

const SCRIPT = 'console.log("hello");\n';
const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';

const folder = mkdtempSync(join(tmpdir(), 'tokenwright-page-'));
let api: TestAdminApi;

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><script src="/assets/a-1.js">',
  );
  writeFileSync(join(folder, 'assets', 'a-1.js'), SCRIPT);
  writeFileSync(join(folder, 'assets', 'a-1.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, 'secret.txt'), 'not an asset');
  api = await TestAdminApi.start({ pageFolder: folder });
});
afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

const ask = (url: string, accept = HTML, method = 'GET', headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  api.call(method, url, { as: null, headers: { accept, ...headers } });

describe("the administrator's page", () => {
  test.each(['/', '/?from=elsewhere', '/clients', '/profiles/p/clients/a%2Fb?q=1', '/sign-in'])(
    'is what a browser gets at %s',
    async (url) => {
      const answer = await ask(url);
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', vary: 'accept' });
      expect(answer.text).toContain('<!doctype html>');
    },
  );

  test('has a policy that allows its own files alone, and styles by a nonce that no other answer has', async () => {
    const answers = [await ask('/'), await ask('/')];
    const nonces = answers.map(({ headers, text }) => {
      const policy = headers['content-security-policy'] ?? '';
      const nonce = /style-src 'self' 'nonce-([\w-]{24})'/.exec(policy)?.[1];
      expect(policy).toBe(
        `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; connect-src 'self'; img-src 'self' data:; ` +
          "font-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      );
      expect(text).toContain(`nonce="${nonce}"`);
      expect(text).not.toContain('__CSP_NONCE__');
      return nonce;
    });
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  test('is sniffed, framed, referred to and shared with other origins by nobody', async () => {
    expect((await ask('/')).headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
  });

  test('answers HEAD as GET (RFC 9110 section 9.3.2)', async () => {
    const [got, head] = [await ask('/clients'), await ask('/clients', HTML, 'HEAD')];
    expect(head.status).toBe(200);
    expect(head.headers['content-type']).toBe(got.headers['content-type']);
    expect(head.headers['content-length']).toBe(got.headers['content-length']);
  });

  test.each([
    ['/clients', 'application/json'],
    ['/clients', '*/*'],
    ['/', 'application/json'],
    ['/admin/v1/nothing', HTML],
    ['/admin', HTML],
    ['/health/nothing', HTML],
    ['/metrics/nothing', HTML],
    ['/assets', HTML],
    ['/.well-known/nothing', HTML],
  ])('is not at %s for who accepts %s: that is a problem 404', async (url, accept) => {
    const answer = await ask(url, accept);
    expect([answer.status, answer.headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
  });

  test('is the answer to no other method', async () => {
    expect((await ask('/clients', HTML, 'POST')).status).toBe(404);
    expect((await ask('/', HTML, 'DELETE')).status).toBe(404);
  });

  test('hides nothing of the API from a browser', async () => {
    expect((await ask('/health/live')).json).toEqual({ status: 'ok' });
    expect((await ask('/openapi.json')).json.openapi).toMatch(/^3\.1/);
    for (const url of ['/metrics', '/admin/v1/status']) expect((await ask(url)).status).toBe(401);
  });

  test('where it is not built says so, and the API works', async () => {
    const without = await TestAdminApi.start({ pageFolder: join(folder, 'nowhere') });
    const answer = await without.call('GET', '/', { as: null, headers: { accept: HTML } });
    expect([answer.status, answer.headers['content-type']]).toEqual([503, 'text/plain; charset=utf-8']);
    expect(answer.text).toContain('not built');
    expect((await without.call('GET', '/assets/a-1.js', { as: null })).status).toBe(404);
    expect((await without.call('GET', '/health/live', { as: null })).status).toBe(200);
    await without.close();
  });
});

describe('its assets', () => {
  test('are kept by browsers for good, since their names have digests', async () => {
    const answer = await ask('/assets/a-1.js', '*/*');
    expect([answer.status, answer.text]).toEqual([200, SCRIPT]);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      // A worker of the page takes its policy from its own script.
      'content-security-policy': "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
      'cross-origin-embedder-policy': 'require-corp',
      'x-content-type-options': 'nosniff',
    });
  });

  test('come compressed to who takes that', async () => {
    const answer = await ask('/assets/a-1.js', '*/*', 'GET', { 'accept-encoding': 'gzip, br' });
    expect(answer.headers).toMatchObject({ 'content-encoding': 'br', vary: expect.stringMatching(/accept-encoding/i) });
  });

  test.each([
    '/assets/../secret.txt',
    '/assets/%2e%2e/secret.txt',
    '/assets/..%2fsecret.txt',
    '/assets/none.js',
    '/assets/',
    '/assets/%2e%2e%2findex.html',
  ])('have nothing at %s, and the answer is not to be kept', async (url) => {
    const answer = await ask(url, '*/*');
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toContain('not an asset');
    expect(answer.headers['cache-control']).toBe('no-store');
  });
});
