import { describe, expect, test } from '@jest/globals';
import { aRequest } from '../testing/service-builder.ts';
import type { OAuthRequest } from '../transport/exchange.ts';
import { parseForm, parseTokenForm } from '../transport/form.ts';
import type { RequestView } from './host-calls.ts';
import { requestView } from './request-view.ts';

const view = (body: string, members: Partial<OAuthRequest> = {}) =>
  JSON.parse(requestView(aRequest('/token', body, members), parseTokenForm(body))) as RequestView;

describe('what a procedure sees of the request (PROCEDURE_API 5)', () => {
  test('method, path, url, scheme, address, media types, headers, parameters', () => {
    expect(
      view('token=t&resource=a&resource=b', {
        query: 'x=1&x=2&y',
        headers: { accept: 'application/jwt;q=0.9, text/html', 'x-trace': 'abc', 'x-many': ['a', 'b'] },
      }),
    ).toEqual({
      ...{
        method: 'POST',
        path: '/token',
        url: 'https://as.example/token?x=1&x=2&y',
        scheme: 'https',
        clientIpAddress: '192.0.2.1',
        clientCertificate: null,
      },
      acceptableMediaTypes: ['application/jwt', 'text/html'],
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/jwt;q=0.9, text/html',
        'x-trace': 'abc',
        'x-many': 'a, b',
      },
      form: { token: ['t'], resource: ['a', 'b'] },
      query: { x: ['1', '2'], y: [''] },
      body: 'token=t&resource=a&resource=b',
    });
  });

  test.each(['client_secret', 'client_assertion', 'password'])('%s is hidden, and the body with it', (name) => {
    const seen = view(`token=t&${name}=hunter2`);
    expect(seen.form).toEqual({ token: ['t'] });
    expect(seen.body).toBeNull();
    expect(JSON.stringify(seen)).not.toContain('hunter2');
  });

  test.each(['client_secret', 'client_assertion', 'password', 'client%5Fsecret'])(
    '%s in the query is hidden there and in the url',
    (name) => {
      const seen = view('', { query: `a=1&${name}=hunter2&b=2` });
      expect(seen.url).toBe('https://as.example/token?a=1&b=2');
      expect(seen.query).toEqual({ a: ['1'], b: ['2'] });
      expect(JSON.stringify(seen)).not.toContain('hunter2');
      expect(view('', { query: `${name}=hunter2` }).url).toBe('https://as.example/token');
    },
  );

  test('the headers Authorization, Cookie and Proxy-Authorization are hidden', () => {
    const seen = view('', {
      headers: { authorization: 'Basic hunter2', cookie: 'hunter2', 'proxy-authorization': 'hunter2', 'x-ok': '1', 'x-absent': undefined },
    });
    expect(seen.headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded', 'x-ok': '1' });
  });

  test('client_id, subject_token, actor_token, scope, audience and resource stay readable', () => {
    const form = { client_id: 'a', subject_token: 'b', actor_token: 'c', scope: 'd', audience: 'e', resource: 'f' };
    expect(view(new URLSearchParams(form).toString()).form).toEqual(
      Object.fromEntries(Object.entries(form).map(([name, value]) => [name, [value]])),
    );
  });

  test('names such as __proto__ are names like others', () => {
    const text = requestView(aRequest('/token', '', { query: '__proto__=q' }), parseForm('__proto__=f&constructor=c'));
    expect(text).toContain('"form":{"__proto__":["f"],"constructor":["c"]}');
    expect(text).toContain('"query":{"__proto__":["q"]}');
  });
});
