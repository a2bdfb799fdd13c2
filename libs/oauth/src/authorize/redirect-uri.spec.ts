import { describe, expect, test } from '@jest/globals';
import { isSameRedirectUri, redirectUriProblem } from './redirect-uri.ts';

describe('where people may be sent (RFC 6749 section 3.1.2, RFC 8252 section 7)', () => {
  test.each([
    'https://app.example/callback',
    'https://app.example/callback?tenant=1',
    'http://127.0.0.1/callback',
    'http://127.0.0.1:8080/callback',
    'http://[::1]/callback',
    'http://localhost:3000/callback',
    'com.example.app:/callback',
  ])('%s', (uri) => {
    expect(redirectUriProblem(uri)).toBeNull();
  });

  test.each([
    ['http://app.example/callback', 'must be https'],
    ['http://127.0.0.2/callback', 'must be https'],
    ['https://app.example/callback#top', 'no fragment'],
    ['https://user:secret@app.example/', 'no user name'],
    ['https://app.example/ö', 'printable ASCII'],
    ['https://app.example/a b', 'printable ASCII'],
    ['/callback', 'absolute URL'],
    ['', 'absolute URL'],
    ['javascript:alert(1)', 'must be https'],
    ['data:text/html,x', 'must be https'],
    ['myapp:/callback', 'must be https'],
    ['https://app.example/\r\nSet-Cookie:x', 'printable ASCII'],
  ])('not to %j', (uri, problem) => {
    expect(redirectUriProblem(uri)).toContain(problem);
  });
});

describe('a requested URI is the registered one (RFC 9700 section 2.1)', () => {
  test.each([
    ['https://app.example/callback', 'https://app.example/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:51004/callback'],
    ['http://127.0.0.1:80/callback', 'http://127.0.0.1:51004/callback'],
    ['http://[::1]/callback', 'http://[::1]:51004/callback'],
  ])('%s is %s', (registered, requested) => {
    expect(isSameRedirectUri(registered, requested)).toBe(true);
  });

  test.each([
    ['https://app.example/callback', 'https://app.example/callback/'],
    ['https://app.example/callback', 'https://app.example:444/callback'],
    ['https://app.example/callback', 'https://APP.example/callback'],
    ['https://app.example/callback', 'https://app.example/%63allback'],
    ['https://app.example/callback', 'https://app.example/callback?x'],
    ['https://app.example/a/callback', 'https://app.example/a/../a/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:51004/other'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:51004@evil.example/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1.evil.example/callback'],
    ['http://127.0.0.1/callback', 'http://[::1]/callback'],
    ['http://localhost/callback', 'http://localhost:51004/callback'],
    ['http://127.0.0.1/callback', 'https://127.0.0.1/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:123456/callback'],
    ['http://127.0.0.1/callback', 'not a URI'],
  ])('%s is not %s', (registered, requested) => {
    expect(isSameRedirectUri(registered, requested)).toBe(false);
  });
});
