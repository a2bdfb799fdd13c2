import { describe, expect, test } from '@jest/globals';
import { clientOf, httpClientOf, profileOf } from '../testing/service-builder.ts';
import { Configuration, put } from './configuration.ts';
import type { Client, Profile } from './entities.ts';
import type { TrustedIssuer } from './token-exchange-settings.ts';
import { validate } from './validation.ts';

/** RFC 7517 appendix A.1. */
const KEY = {
  ...{ kty: 'EC', crv: 'P-256', kid: '1' },
  ...{ x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4', y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM' },
};
const TRUSTED: TrustedIssuer = {
  ...{ issuer: 'https://partner.example', jwks: { keys: [KEY] }, jwksUri: null },
  ...{ audiences: ['https://as.example'], algorithms: ['ES256'], subjectPrefix: null },
};
const SETTINGS = { subjectTokens: 'audience', ownAudiences: [], audiences: null } as const;

function problems(profile: Partial<Profile>, client: Partial<Client> = {}): readonly string[] {
  const capabilities = ['client-credentials', 'token-exchange', 'introspection', 'revocation'] as const;
  const configuration = Configuration.empty.with([
    put('profile', profileOf({ capabilities, ...profile })),
    put('client', clientOf('app', { capabilities: ['token-exchange'], ...client })),
    put('http-client', httpClientOf('partner')),
  ]);
  return validate(configuration).map(({ pointer, message }) => `${pointer}: ${message}`);
}

describe('trusted issuers', () => {
  test('with keys here, or where a client of the profile may fetch them, are fine', () => {
    const published = { ...TRUSTED, issuer: 'other', jwks: null, jwksUri: 'https://partner.example/jwks' };
    expect(problems({ trustedIssuers: [TRUSTED, published] })).toEqual([]);
  });

  test.each<[string, readonly TrustedIssuer[], RegExp]>([
    ['twice', [TRUSTED, TRUSTED], /^\/trustedIssuers\/1\/issuer: .* is there already$/],
    ['that are the profile itself', [{ ...TRUSTED, issuer: '/~' }], /^\/trustedIssuers\/0\/issuer: is the profile itself/],
    ['without keys', [{ ...TRUSTED, jwks: null }], /^\/trustedIssuers\/0\/jwks: give the public keys here or by "jwksUri"/],
    ['with keys from two places', [{ ...TRUSTED, jwksUri: 'https://partner.example/jwks' }], /^\/trustedIssuers\/0\/jwks: give/],
    [
      'whose keys nobody may fetch',
      [{ ...TRUSTED, jwks: null, jwksUri: 'https://else.example/jwks' }],
      /^\/trustedIssuers\/0\/jwksUri: no HTTP client of the profile may fetch it: add else\.example/,
    ],
    [
      'with a private key',
      [{ ...TRUSTED, jwks: { keys: [{ ...KEY, d: 'x' }] } }],
      /^\/trustedIssuers\/0\/jwks\/keys\/0\/d: is part of a private or secret key/,
    ],
  ])('%s are refused', (_what, trustedIssuers, message) => {
    expect(problems({ trustedIssuers })).toEqual([expect.stringMatching(message)]);
  });
});

describe('what a client may exchange', () => {
  test('goes with the capability', () => {
    expect(problems({}, { tokenExchange: SETTINGS })).toEqual([]);
    expect(problems({}, { tokenExchange: SETTINGS, capabilities: [] })).toEqual([
      '/tokenExchange: goes with the capability "token-exchange" only',
    ]);
  });

  test('is for audiences that the profile allows', () => {
    const client = { tokenExchange: { ...SETTINGS, audiences: ['a', 'b'] } };
    expect(problems({ allowedAudiences: ['a'] }, client)).toEqual([
      '/tokenExchange/audiences/1: profile "main" does not allow the audience "b"',
    ]);
  });

  test('is nothing for a public client, of whom anybody may take the part (RFC 8693 section 5)', () => {
    const authentication = { methods: ['none'] as const, jwks: null, jwksUri: null, certificateSubject: null, certificates: [] };
    expect(problems({}, { secrets: [], authentication })).toEqual([
      '/capabilities/0: a public client, with the method "none", may not have "token-exchange"',
    ]);
  });
});
