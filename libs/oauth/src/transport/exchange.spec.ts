import { describe, expect, test } from '@jest/globals';
import { OAuthError, serverError } from '../errors.ts';
import { aRequest } from '../testing/service-builder.ts';
import { errorResponse, header, jsonResponse, requireFormPost } from './exchange.ts';

const asked = (method: string, contentType?: string | string[]) => ({
  ...aRequest('/token', 'a=b'),
  method,
  headers: contentType === undefined ? {} : { 'content-type': contentType },
});

function refusal(request: ReturnType<typeof asked>): OAuthError {
  try {
    requireFormPost(request);
  } catch (error) {
    return error as OAuthError;
  }
  throw new Error('was let through');
}

describe('only a form by POST is let through', () => {
  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'post'])(
    'method %s is 405 with Allow (PROTOCOL 1; RFC 9110 section 15.5.6)',
    (method) => {
      const error = refusal(asked(method, 'application/x-www-form-urlencoded'));
      expect(error).toMatchObject({ status: 405, allow: 'POST', code: 'invalid_request' });
      expect(errorResponse(error).headers).toEqual(expect.arrayContaining(['Allow', 'POST', 'Cache-Control', 'no-store']));
    },
  );

  test.each([
    undefined,
    '',
    'application/json',
    'multipart/form-data; boundary=x',
    'text/plain',
    'application/x-www-form-urlencodedx',
    'x, application/x-www-form-urlencoded',
  ])('content type %s is 415 (PROTOCOL 1; RFC 7662 section 2.1)', (type) => {
    expect(refusal(asked('POST', type)).status).toBe(415);
  });

  test.each([
    'application/x-www-form-urlencoded',
    'Application/X-WWW-Form-URLEncoded',
    'application/x-www-form-urlencoded; charset=UTF-8',
    'application/x-www-form-urlencoded ;charset=utf-8',
  ])('content type %s is a form', (type) => {
    expect(() => requireFormPost(asked('POST', type))).not.toThrow();
  });

  test('of several header fields of a name the first one counts', () => {
    expect(header(asked('POST', ['application/x-www-form-urlencoded', 'application/json']), 'content-type')).toBe(
      'application/x-www-form-urlencoded',
    );
    expect(header(asked('POST'), 'content-type')).toBeUndefined();
  });
});

describe('answers', () => {
  test('JSON is never stored (RFC 6749 section 5.1)', () => {
    expect(jsonResponse(200, '{}', ['x-a', 'b'])).toEqual({
      status: 200,
      headers: ['Content-Type', 'application/json', 'Cache-Control', 'no-store', 'x-a', 'b'],
      body: '{}',
    });
  });

  test.each([
    ['invalid_client', 401],
    ['server_error', 500],
    ['temporarily_unavailable', 503],
    ['invalid_request', 400],
    ['invalid_grant', 400],
    ['unauthorized_client', 400],
    ['unsupported_grant_type', 400],
    ['invalid_scope', 400],
    ['a code of a procedure', 400],
  ])('%s is %i by default (PROTOCOL 3; RFC 6749 section 5.2)', (code, status) => {
    const response = errorResponse(new OAuthError(code, 'Why.'));
    expect(response.status).toBe(status);
    expect(JSON.parse(response.body ?? '')).toEqual({ error: code, error_description: 'Why.' });
  });

  test('challenge and retry time become headers (RFC 9110 sections 11.6.1 and 10.2.3)', () => {
    const { headers } = errorResponse(new OAuthError('temporarily_unavailable', 'Later.', { challenge: 'Basic realm="x"', retryAfter: 7 }));
    expect(headers).toEqual([
      'Content-Type',
      'application/json',
      'Cache-Control',
      'no-store',
      'WWW-Authenticate',
      'Basic realm="x"',
      'Retry-After',
      '7',
    ]);
  });

  test('the cause of an error stays inside', () => {
    const response = errorResponse(serverError(new Error('password=hunter2')));
    expect(response).toMatchObject({ status: 500 });
    expect(JSON.stringify(response)).not.toContain('hunter2');
  });
});
