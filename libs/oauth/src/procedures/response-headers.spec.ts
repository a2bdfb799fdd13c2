import { describe, expect, test } from '@jest/globals';
import { OAuthError } from '../errors.ts';
import { responseHeaders } from './response-headers.ts';

const fault = (message: string) => new OAuthError('server_error', message);
const set = (...headers: [string, string][]) =>
  responseHeaders(
    headers.map(([name, value]) => ({ kind: 'header', payload: `${name}\n${value}` })),
    fault,
  );

describe('headers that a procedure may set (PROCEDURE_API 5)', () => {
  test.each(['X-Trace', 'x-trace-id', 'X-Acme-Tenant', 'X-RateLimit-Remaining', 'X-1'])(
    '%s is of its own and is sent as it is spelled',
    (name) => {
      expect(set([name, 'value'])).toEqual([name, 'value']);
    },
  );

  test.each([
    ...[
      'Cache-Control',
      'Expires',
      'Pragma',
      'Vary',
      'Age',
      'ETag',
      'Set-Cookie',
      'Content-Type',
      'Content-Length',
      'Content-Encoding',
      'Transfer-Encoding',
      'Connection',
    ],
    ...[
      'Location',
      'WWW-Authenticate',
      'Access-Control-Allow-Origin',
      'Strict-Transport-Security',
      'Retry-After',
      'Date',
      'Link',
      'Server',
    ],
    // Extension headers that servers and browsers give a meaning of their own.
    ...[
      'X-Accel-Redirect',
      'X-Accel-Expires',
      'X-Sendfile',
      'X-Sendfile-Type',
      'X-Lighttpd-Send-File',
      'X-Content-Type-Options',
      'X-Frame-Options',
      'X-XSS-Protection',
      'X-Forwarded-For',
      'X-Original-URL',
      'X-HTTP-Method-Override',
    ],
    ...['X-', 'X', '', 'x_trace', 'X-Tra ce', 'X-Trace:', 'X-Ünicode', 'X-\u212a', 'X-Trace\r', '__proto__', `X-${'a'.repeat(63)}`],
  ])('"%s" is not allowed: it could break or mislead gateways (PROTOCOL 1)', (name) => {
    expect(() => set([name, 'value'])).toThrow(/is not allowed; use a header of your own that starts with "X-"/);
  });

  test.each(['a\rb', 'a\nb', 'a\r\nSet-Cookie: x', 'a\0', 'ü', '\t', 'x'.repeat(1025)])(
    'a value that could forge a line or is too long is a fault: %j',
    (value) => {
      expect(() => set(['X-Trace', value])).toThrow('must be at most 1024 printable ASCII characters');
    },
  );

  test('a value of 1024 characters and an empty one are fine', () => {
    expect(set(['X-A', 'x'.repeat(1024)], ['X-B', ''])).toEqual(['X-A', 'x'.repeat(1024), 'X-B', '']);
  });

  test('of two of a name, however it is spelled, the last counts', () => {
    expect(set(['X-Trace', 'first'], ['X-B', 'b'], ['x-trace', 'last'])).toEqual(['x-trace', 'last', 'X-B', 'b']);
  });

  test('16 headers at most', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i): [string, string] => [`X-${i}`, 'v']);
    expect(set(...many(16))).toHaveLength(32);
    expect(() => set(...many(17))).toThrow('at most 16 headers');
  });

  test('other effects are none of its business', () => {
    expect(responseHeaders([{ kind: 'token', payload: 'Set-Cookie\nx' }], fault)).toEqual([]);
    expect(responseHeaders([], fault)).toEqual([]);
  });
});
