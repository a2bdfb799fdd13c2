import { describe, expect, test } from '@jest/globals';
import { OpenIdWorld, type OpenIdClient } from '../testing/openid-world.ts';
import { profileOf } from '../testing/service-builder.ts';
import { Configuration, put } from './configuration.ts';
import { PROFILE_CAPABILITIES, type Profile } from './entities.ts';
import { validate } from './validation.ts';

function problems(client: Pick<OpenIdClient, 'openId' | 'codes'>, profile: Partial<Profile> = {}): readonly string[] {
  const scopes = { openid: {}, profile: {}, email: {}, offline_access: {}, read: {}, staff: {} };
  const configuration = Configuration.empty.with([
    put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES, scopes, ...profile })),
    put('client', OpenIdWorld.client('app', client)),
  ]);
  return validate(configuration).map(({ pointer, message }) => `${pointer}: ${message}`);
}

const PAIRWISE = { subjectType: 'pairwise' } as const;
const https = (...hosts: string[]) => ({ redirectUris: hosts.map((host) => `https://${host}/callback`) });

describe('pairwise subjects (OpenID Connect Core section 8.1)', () => {
  test('are of the host of the redirect URIs, or of a sector that is named', () => {
    expect(problems({ openId: PAIRWISE, codes: https('app.example') })).toEqual([]);
    const two = https('app.example', 'other.example');
    expect(problems({ openId: { ...PAIRWISE, sectorIdentifier: 'app.example' }, codes: two })).toEqual([]);
  });

  test.each<[string, readonly string[]]>([
    ['several hosts', ['https://app.example/a', 'https://other.example/a']],
    ["a loopback address, which is everybody's", ['http://127.0.0.1/callback']],
    ['an app on a telephone', ['com.example.app:/callback']],
  ])('need the sector named for %s', (_what, redirectUris) => {
    expect(problems({ openId: PAIRWISE, codes: { redirectUris } })).toEqual([
      expect.stringMatching(/^\/openId\/sectorIdentifier: is missing/),
    ]);
  });

  test('a sector goes with nothing else', () => {
    expect(problems({ openId: { sectorIdentifier: 'app.example' } })).toEqual([
      expect.stringMatching(/^\/openId\/sectorIdentifier: goes with/),
    ]);
  });
});

describe('authentication contexts', () => {
  test('what a password gives is one of them', () => {
    const authenticationContexts = { levels: { mfa: 2 }, password: 'pwd' };
    expect(problems({}, { authenticationContexts })).toEqual(['/authenticationContexts/password: must be one of levels']);
    expect(problems({}, { authenticationContexts: { levels: { mfa: 2, pwd: 1 }, password: 'pwd' } })).toEqual([]);
  });
});
