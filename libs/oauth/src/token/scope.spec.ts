import { describe, expect, test } from '@jest/globals';
import { RegisteredClient } from '../client/registered-client.ts';
import type { OAuthError } from '../errors.ts';
import { clientOf, profileOf } from '../testing/service-builder.ts';
import { grantedScopes } from './scope.ts';

const client = new RegisteredClient(clientOf('app', { scopes: ['read', 'write'] }), profileOf());

function refusal(scope: string): OAuthError {
  try {
    grantedScopes(scope, client);
  } catch (error) {
    return error as OAuthError;
  }
  throw new Error('was granted');
}

describe('the scopes a client gets (RFC 6749 section 3.3)', () => {
  test('are all of its own when it asks for none', () => {
    expect(grantedScopes(undefined, client)).toEqual(['read', 'write']);
  });

  test('are those it asks for, each once, in its order', () => {
    expect(grantedScopes('write', client)).toEqual(['write']);
    expect(grantedScopes('write read write', client)).toEqual(['write', 'read']);
  });

  test.each(['admin', 'read admin', 'READ', 'constructor'])('one it may not have is invalid_scope: %s', (scope) => {
    expect(refusal(scope)).toMatchObject({ code: 'invalid_scope', status: 400, message: 'The client may not have a requested scope.' });
  });

  test.each([' read', 'read ', 'read  write', 'read\twrite', 'read\n', '"read"', 'a\\b', 'ü', ' '])(
    'malformed text is invalid_scope: "%s"',
    (scope) => {
      expect(refusal(scope)).toMatchObject({ code: 'invalid_scope', message: 'The scope parameter is malformed.' });
    },
  );
});
