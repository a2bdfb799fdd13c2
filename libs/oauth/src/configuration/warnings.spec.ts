import { expect, test } from '@jest/globals';
import { clientOf, endpointOf, gatewayOf, profileOf } from '../testing/service-builder.ts';
import { Configuration, put, type Change } from './configuration.ts';
import { configurationWarnings } from './warnings.ts';

const configured = (enabled: boolean) =>
  Configuration.empty.with([
    put('profile', profileOf()),
    put('client', gatewayOf('api')),
    put('endpoint', endpointOf('oauth-introspect', '/introspect')),
    put('endpoint', endpointOf('oauth-token-validation', '/validate', { enabled, tokenValidation: { client: 'api' } })),
  ]);

test('an endpoint that tells claims without authentication is warned of, with its path and the client as which it asks', () => {
  expect(configurationWarnings(configured(true))).toEqual([
    {
      kind: 'endpoint',
      key: 'main/oauth-token-validation',
      pointer: '',
      message: expect.stringMatching(/^whoever reaches \/validate is told the claims of tokens without authentication, as client "api"/),
    },
  ]);
});

test('a client that may exchange whatever token it gets hold of is warned of', () => {
  const settings = { ownAudiences: [], audiences: null };
  const exchanging = (id: string, subjectTokens: 'any' | 'audience', enabled = true) =>
    put('client', clientOf(id, { enabled, capabilities: ['token-exchange'], tokenExchange: { ...settings, subjectTokens } }));
  const clients = [
    exchanging('any', 'any'),
    exchanging('off', 'any', false),
    exchanging('usual', 'audience'),
    put('client', clientOf('app')),
  ];
  expect(configurationWarnings(Configuration.empty.with([put('profile', profileOf()), ...clients]))).toMatchObject([
    { kind: 'client', key: 'main/any', pointer: '/tokenExchange/subjectTokens' },
  ]);
});

test('a client that may use the password grant is warned of (RFC 9700 section 2.4)', () => {
  const capabilities = ['password'] as const;
  const clients = [
    put('client', clientOf('old', { capabilities })),
    put('client', clientOf('off', { capabilities, enabled: false })),
    put('client', clientOf('app')),
  ];
  expect(configurationWarnings(Configuration.empty.with([put('profile', profileOf()), ...clients]))).toEqual([
    { kind: 'client', key: 'main/old', pointer: '/capabilities', message: expect.stringMatching(/password grant, which is obsolete/) },
  ]);
});

test.each(['implicit', 'hybrid'] as const)(
  'a client with "%s" is warned of: it may get access tokens at the authorization endpoint (RFC 9700 section 2.1.2)',
  (capability) => {
    const capabilities = ['authorization-code', capability] as const;
    const clients = [
      put('client', clientOf('old', { capabilities })),
      put('client', clientOf('off', { capabilities, enabled: false })),
      // It gets none there.
      put('client', clientOf('bound', { capabilities, boundAccessTokens: 'dpop' })),
      put('client', clientOf('app')),
    ];
    expect(configurationWarnings(Configuration.empty.with([put('profile', profileOf()), ...clients]))).toEqual([
      { kind: 'client', key: 'main/old', pointer: '/capabilities', message: expect.stringMatching(/\(RFC 9700 section 2\.1\.2\)/) },
    ]);
  },
);

test('of one that is disabled there is nothing to warn', () => {
  expect(configurationWarnings(configured(false))).toEqual([]);
});

test('a device authorization endpoint is warned of whose codes nobody can enter (RFC 8628 section 3.3)', () => {
  const devices = put('endpoint', endpointOf('oauth-device-authorization', '/device'));
  const warned = (...changes: readonly Change[]) =>
    configurationWarnings(Configuration.empty.with([put('profile', profileOf()), devices, ...changes])).map(({ key }) => key);
  expect(warned()).toEqual(['main/oauth-device-authorization']);
  expect(warned(put('endpoint', endpointOf('user-pages', '/people', { enabled: false })))).toEqual(['main/oauth-device-authorization']);
  expect(warned(put('endpoint', endpointOf('user-pages', '/people')))).toEqual([]);
});
