import { describe, expect, test } from '@jest/globals';
import { httpClientOf, PROFILE, profileOf } from '../testing/service-builder.ts';
import { UPSTREAM_ISSUER, upstreamOf } from '../testing/upstream-of-a-spec.ts';
import { Configuration, put } from './configuration.ts';
import type { Profile } from './entities.ts';
import { validate } from './validation.ts';

const SECRET = { profile: PROFILE, id: 'up-secret', sealedValue: 'x', createdAt: 0, updatedAt: 0, origin: 'api' } as const;

/** What is wrong with a profile that has these providers, a client that reaches them and a secret. */
function problemsOf(upstreamProviders: Profile['upstreamProviders']): readonly string[] {
  const configuration = Configuration.empty.with([
    put('profile', profileOf({ upstreamProviders })),
    put('http-client', httpClientOf('up')),
    put('secret', SECRET),
  ]);
  return validate(configuration).map(({ pointer, message }) => `${pointer}: ${message}`);
}

describe('upstream providers', () => {
  test.each(['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const)(
    'authenticate by %s with a secret of the profile',
    (method) => {
      const at = '/upstreamProviders/up/authentication/secret';
      expect(problemsOf({ up: upstreamOf({ authentication: { method, secret: 'up-secret' } }) })).toEqual([]);
      expect(problemsOf({ up: upstreamOf({ authentication: { method, secret: null } }) })).toEqual([
        `${at}: is missing: name the secret of the profile that "${method}" needs`,
      ]);
      expect(problemsOf({ up: upstreamOf({ authentication: { method, secret: 'other' } }) })).toEqual([
        `${at}: the profile has no secret "other"`,
      ]);
    },
  );

  test('that nobody authenticates at need none', () => {
    expect(problemsOf({ up: upstreamOf() })).toEqual([]);
    expect(problemsOf({ up: upstreamOf({ authentication: { method: 'none', secret: 'up-secret' } }) })).toEqual([
      '/upstreamProviders/up/authentication/secret: goes with another method than "none" only',
    ]);
  });

  test('are reached by an HTTP client of the profile', () => {
    expect(problemsOf({ up: upstreamOf({ issuer: 'https://elsewhere.example' }) })).toEqual([
      '/upstreamProviders/up/issuer: no HTTP client of the profile may go there: add elsewhere.example to the allowedHosts of one',
    ]);
    expect(problemsOf({ up: upstreamOf({ issuer: 'http://up.example' }) })).toHaveLength(1);
  });

  test('are each somebody else: accounts are linked by issuer and subject', () => {
    expect(problemsOf({ up: upstreamOf(), again: upstreamOf() })).toEqual([
      '/upstreamProviders/again/issuer: "up" is at this issuer already',
    ]);
    const own = Configuration.empty.with([
      put('profile', profileOf({ issuer: UPSTREAM_ISSUER, upstreamProviders: { up: upstreamOf() } })),
      put('http-client', httpClientOf('up')),
    ]);
    expect(validate(own).map(({ message }) => message)).toEqual(['is the profile itself']);
  });
});
