import { beforeEach, describe, expect, test } from '@jest/globals';
import { bearer, FakeService } from './testing/fake-service.ts';
import { createTokenValidator } from './token-validator.ts';
import { checkAuthentication, type AuthenticationRule } from './user-authentication.ts';

let service: FakeService;
beforeEach(async () => {
  service = await FakeService.open();
});

/** The challenge for a token with these claims; null where it passes. */
async function challenge(authentication: AuthenticationRule, claims: Record<string, unknown>): Promise<string | null> {
  const outcome = await createTokenValidator(service.options({ authentication })).validate(bearer(service.issue(claims)));
  if (outcome.ok) return null;
  expect(outcome.status).toBe(401);
  expect(JSON.parse(outcome.body)).toMatchObject({ error: 'insufficient_user_authentication' });
  return (outcome.headers['www-authenticate'] ?? '').replace(/^.*error_description="[^"]*"(, )?/, '');
}

describe('how the person has signed in (RFC 9470)', () => {
  test.each<[AuthenticationRule, Record<string, unknown>, string | null]>([
    [{ acrValues: ['card', 'phr'] }, { acr: 'phr' }, null],
    [{ acrValues: ['card', 'phr'] }, { acr: 'password' }, 'acr_values="card phr"'],
    [{ acrValues: ['card'] }, {}, 'acr_values="card"'],
    [{ acrValues: ['card'] }, { acr: ['card'] }, 'acr_values="card"'],
    [{ maxAge: 0 }, {}, 'max_age="0"'],
  ])('%j, of a token with %j: %s', async (rule, claims, expected) => {
    expect(await challenge(rule, claims)).toBe(expected);
  });

  test('is looked at for each request: the answer is remembered, and the login grows old', async () => {
    const validator = createTokenValidator(service.options({ authentication: { maxAge: 60 } }));
    const request = bearer(service.issue({ auth_time: service.seconds - 30 }));
    expect((await validator.validate(request)).ok).toBe(true);
    service.pass(35);
    // Clocks differ by a little.
    expect((await validator.validate(request)).ok).toBe(true);
    service.pass(1);
    expect(await validator.validate(request)).toMatchObject({ ok: false, status: 401 });
    expect(service.introspections).toBe(1);
  });

  test('may be asked for on single routes', async () => {
    const outcome = await createTokenValidator(service.options()).validate(bearer(service.issue({ acr: 'password' })));
    if (!outcome.ok) throw new Error(outcome.reason);
    expect(checkAuthentication(outcome.auth, { acrValues: ['password'] })).toBeNull();
    expect(checkAuthentication(outcome.auth, { acrValues: ['card'] })?.reason).toContain('acr is "password"');
    for (const auth of [undefined, null, { ...outcome.auth }])
      expect(() => checkAuthentication(auth, { acrValues: ['password'] })).toThrow(/needs the token check before it/);
  });

  test.each<[string, AuthenticationRule]>([
    ['nothing', {}],
    ['no values', { acrValues: [] }],
    ['values that are several', { acrValues: ['a b'] }],
    ['an age that is none', { maxAge: -1 }],
    ['half a second', { maxAge: 0.5 }],
  ])('%s would guard nothing, and is refused', (_what, authentication) => {
    expect(() => createTokenValidator(service.options({ authentication }))).toThrow(TypeError);
  });
});
