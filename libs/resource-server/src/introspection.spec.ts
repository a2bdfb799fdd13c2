import { beforeEach, describe, expect, test } from '@jest/globals';
import { bearer, FakeService, INTROSPECTION, json } from './testing/fake-service.ts';
import type { RevocationListener } from './revocations.ts';
import type { TokenValidatorOptions } from './settings.ts';
import { createTokenValidator, type TokenValidator } from './token-validator.ts';

let service: FakeService;
let validator: TokenValidator;
beforeEach(async () => {
  service = await FakeService.open();
  validator = createTokenValidator(service.options());
});
const outcome = (token: string, of = validator) => of.validate(bearer(token));
const using = (options: Partial<TokenValidatorOptions>): void => void (validator = createTokenValidator(service.options(options)));

/** Holds introspection calls back until it is opened. */
function gate(): () => void {
  let open = (): void => undefined;
  service.gate = new Promise((resolve) => (open = resolve));
  return () => {
    service.gate = null;
    open();
  };
}

/** Until as many introspection calls are under way. */
async function underWay(count: number): Promise<void> {
  for (let i = 0; i < 1000 && service.introspections < count; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(service.introspections).toBe(count);
}

describe('an opaque token (RFC 7662)', () => {
  test('is introspected as the client of the API, and tells who sent the request', async () => {
    expect(await outcome(service.issue({ tenant: 'acme' }, 'a+b/c=='))).toMatchObject({
      ok: true,
      auth: {
        subject: 'alice',
        clientId: 'app',
        scopes: new Set(['read', 'write']),
        scheme: 'Bearer',
        kind: 'opaque',
        token: { tenant: 'acme' },
      },
    });
    const call = service.calls.find(({ url }) => url === INTROSPECTION);
    expect(call?.body).toBe('token=a%2Bb%2Fc%3D%3D&token_type_hint=access_token');
    expect(call?.headers).toEqual({
      authorization: `Basic ${Buffer.from('api:secret').toString('base64')}`,
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    });
  });

  test('is asked for with the escapes of RFC 6749 section 2.3.1', async () => {
    using({ clientId: 'a:b', clientSecret: 'ü &=' });
    await outcome(service.issue());
    const { headers } = service.calls.find(({ url }) => url === INTROSPECTION)!;
    expect(Buffer.from(headers['authorization']!.slice(6), 'base64').toString()).toBe('a%3Ab:%C3%BC+%26%3D');
  });

  test('is asked for where the options say, when they do', async () => {
    using({ introspectionEndpoint: 'https://as.example/quick' });
    service.places.set('https://as.example/quick', () => json({ active: true, ...service.claims() }));
    expect(await outcome('any')).toMatchObject({ ok: true });
    expect(service.calls).toHaveLength(1);
  });

  test.each<[string, Record<string, unknown>]>([
    ['not active', { active: false }],
    ['of another issuer', { iss: 'https://other.example' }],
    ['expired', { exp: 1_800_000_000 }],
    ['with an expiry that is no number', { exp: 'never' }],
    ['not valid yet', { nbf: 1_800_000_006 }],
    ['for another audience', { aud: 'https://other.example' }],
    ['for no audience', { aud: undefined }],
    ['a refresh token', { token_type: 'refresh_token' }],
    ['a refresh token, by purpose', { purpose: 'refresh_token' }],
    ['an ID token', { token_use: 'id' }],
    ['bound to a key', { cnf: { jkt: 'x' } }],
    ['bound to a key that is not told', { token_type: 'DPoP' }],
    ['bound to a certificate', { cnf: { 'x5t#S256': 'x' } }],
    ['bound to a certificate that is null', { cnf: { 'x5t#S256': null } }],
    ['bound to what is not understood', { cnf: { kid: 'x' } }],
    ['bound to nothing', { cnf: {} }],
  ])('is refused when it is %s, always with the same answer', async (_what, claims) => {
    const denied = await outcome(service.issue(claims));
    const { reason: _reason, ...unknown } = { reason: '', ...(await outcome('unknown')) };
    expect(denied).toMatchObject({ ...unknown, status: 401 });
  });

  test('for any audience is accepted where the API says so', async () => {
    using({ audience: null });
    expect(await outcome(service.issue({ aud: undefined }))).toMatchObject({ ok: true });
  });

  test.each<[string, () => Response, RegExp]>([
    ['401', () => json({ error: 'invalid_client' }, 401), /check clientId, clientSecret/],
    ['403', () => json({}, 403), /whether this client may introspect/],
    ['400', () => json({}, 400), /answered 400/],
    ['500', () => json({ active: true }, 500), /answered 500/],
    ['204', () => new Response(null, { status: 204 }), /answered 204/],
    ['a page', () => new Response('<html>'), /not with an introspection answer/],
    ['active as text', () => json({ active: 'true' }), /not with an introspection answer/],
    ['a list', () => json([{ active: true }]), /not with an introspection answer/],
    ['nothing', () => json({}), /not with an introspection answer/],
    ['JSON of another type', () => new Response('{"active":true}', { headers: { 'content-type': 'text/plain' } }), /not with an/],
    ['a redirect', () => Response.redirect('https://evil.example/', 307), /answered 307/],
  ])('lets nobody in when the service answers %s', async (_what, answer, problem) => {
    service.places.set(INTROSPECTION, answer);
    expect(await outcome('token')).toMatchObject({ ok: false, status: 503 });
    expect(service.problems).toEqual([expect.stringMatching(problem)]);
  });

  test('passes on when the service wants to be asked again', async () => {
    service.places.set(INTROSPECTION, () => new Response('', { status: 503, headers: { 'retry-after': '17' } }));
    expect(await outcome('token')).toMatchObject({ status: 503, headers: { 'retry-after': '17' } });
  });
});

describe('the phantom token (Accept: application/jwt)', () => {
  const phantom = (body: string | null, headers: Record<string, string> = {}, status = 200) =>
    service.places.set(INTROSPECTION, () => new Response(body, { status, headers: { 'content-type': 'application/jwt', ...headers } }));
  beforeEach(() => using({ introspection: 'jwt' }));

  test('is asked for, verified, and has the claims', async () => {
    phantom(await service.jwt({ tenant: 'acme' }));
    expect(await outcome('opaque')).toMatchObject({ ok: true, auth: { kind: 'opaque', token: { tenant: 'acme' } } });
    expect(service.calls.find(({ url }) => url === INTROSPECTION)?.headers['accept']).toBe('application/jwt');
  });

  test('is not there for a token that is not active', async () => {
    phantom(null, {}, 204);
    expect(await outcome('opaque')).toMatchObject({ status: 401 });
    service.places.delete(INTROSPECTION);
    expect(await outcome('unknown')).toMatchObject({ status: 401 });
  });

  test('is kept no longer than the service says', async () => {
    phantom(await service.jwt(), { 'cache-control': 'max-age=7' });
    await outcome('opaque');
    service.pass(6);
    await outcome('opaque');
    expect(service.introspections).toBe(1);
    service.pass(1);
    await outcome('opaque');
    expect(service.introspections).toBe(2);
  });

  test('that does not hold lets nobody in', async () => {
    const good = await service.jwt();
    await service.rotate();
    phantom(good);
    expect(await outcome('opaque')).toMatchObject({ status: 503 });
    expect(service.problems).toEqual([expect.stringMatching(/phantom token of the service does not hold/)]);
  });

  test('is insisted on: the same as JSON has no signature', async () => {
    expect(await outcome(service.issue())).toMatchObject({ status: 503 });
    expect(service.problems).toEqual([expect.stringMatching(/does not answer with JWTs/)]);
  });
});

describe('answers that are kept', () => {
  test('count for the revocation lag, from the question on, and no longer', async () => {
    const token = service.issue();
    const open = gate();
    const first = outcome(token);
    await underWay(1);
    service.pass(20);
    open();
    await first;
    service.pass(39);
    expect(await outcome(token)).toMatchObject({ ok: true });
    expect(service.introspections).toBe(1);
    service.tokens.delete(token);
    service.pass(1);
    expect(await outcome(token)).toMatchObject({ status: 401 });
    expect(service.introspections).toBe(2);
  });

  test('never count past exp', async () => {
    using({ staleIfError: 1000 });
    const token = service.issue({ exp: service.seconds + 10 });
    await outcome(token);
    service.isDown = true;
    service.pass(10);
    expect((await outcome(token)).ok).toBe(false);
  });

  test('are none with a lag of 0, and nobody shares a question that was asked before', async () => {
    using({ revocationLag: 0 });
    const token = service.issue();
    const open = gate();
    const all = [outcome(token), outcome(token), outcome(token)];
    await underWay(3);
    open();
    await Promise.all(all);
  });

  test('that a token is not active count for five seconds', async () => {
    for (let i = 0; i < 10; i++) await outcome('unknown');
    expect(service.introspections).toBe(1);
    service.pass(5);
    await outcome('unknown');
    expect(service.introspections).toBe(2);
  });

  test('are bounded, and made-up tokens push out none that is good', async () => {
    using({ cacheSize: 10 });
    const good = service.issue();
    await outcome(good);
    for (let i = 0; i < 50; i++) await outcome(`made-up-${i}`);
    await outcome(good);
    expect(service.introspections).toBe(51);
    for (let i = 0; i < 10; i++) await outcome(service.issue());
    await outcome(good);
    expect(service.introspections).toBe(62);
  });

  test('of a question that came back late do not replace a later answer', async () => {
    using({ revocationLag: 10, staleIfError: 1000 });
    const token = service.issue();
    const late: { resolve: (response: Response) => void }[] = [];
    service.places.set(INTROSPECTION, () => new Promise((resolve) => late.push({ resolve })));
    const first = outcome(token);
    await underWay(1);
    service.pass(10);
    const second = outcome(token);
    await underWay(2);
    late[1]!.resolve(json({ active: false }));
    expect(await second).toMatchObject({ status: 401 });
    late[0]!.resolve(json({ active: true, ...service.claims() }));
    await first;
    service.isDown = true;
    service.pass(6);
    expect(await outcome(token)).toMatchObject({ status: 503 });
  });
});

describe('a thundering herd', () => {
  test('of 1,000 requests with one token makes one introspection call', async () => {
    const token = service.issue();
    const open = gate();
    const all = Array.from({ length: 1000 }, () => outcome(token));
    await underWay(1);
    open();
    expect((await Promise.all(all)).every(({ ok }) => ok)).toBe(true);
    expect([service.introspections, service.metadataCalls]).toEqual([1, 1]);
  });

  test('that fails, fails together, and the next is asked for anew', async () => {
    const token = service.issue();
    service.places.set(INTROSPECTION, () => json({}, 500));
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcome(token)));
    expect(outcomes.every((each) => !each.ok && each.status === 503)).toBe(true);
    expect(service.introspections).toBe(1);
    service.places.clear();
    expect(await outcome(token)).toMatchObject({ ok: true });
  });

  test('of different tokens has a bound', async () => {
    using({ mostCalls: 5 });
    const open = gate();
    const all = Array.from({ length: 8 }, () => outcome(service.issue()));
    await underWay(5);
    open();
    expect((await Promise.all(all)).map((each) => (each.ok ? 200 : each.status)).sort()).toEqual([200, 200, 200, 200, 200, 503, 503, 503]);
  });
});

describe('a service that is down', () => {
  test('lets nobody in, and is left alone for a while after five failures', async () => {
    const token = service.issue();
    await outcome(service.issue());
    service.isDown = true;
    for (let i = 0; i < 20; i++)
      expect(await outcome(`${token}${i}`)).toMatchObject({ ok: false, status: 503, headers: { 'retry-after': '1' } });
    expect(service.introspections).toBe(6);
    service.pass(1);
    const probed = await Promise.all(Array.from({ length: 10 }, (_, i) => outcome(`probe-${i}`)));
    expect(probed.every((each) => !each.ok && each.status === 503)).toBe(true);
    expect(service.introspections).toBe(7);
    service.isDown = false;
    service.pass(2);
    expect(await outcome(token)).toMatchObject({ ok: true });
    expect(await outcome(service.issue())).toMatchObject({ ok: true });
  });

  test('still serves what was kept, for the lag and no longer', async () => {
    const token = service.issue();
    await outcome(token);
    service.isDown = true;
    service.pass(59);
    expect(await outcome(token)).toMatchObject({ ok: true });
    service.pass(1);
    expect(await outcome(token)).toMatchObject({ status: 503 });
  });

  test('serves it for longer where the API says so, but nothing that was forgotten', async () => {
    using({ staleIfError: 100 });
    const [token, forgotten] = [service.issue(), service.issue()];
    await Promise.all([outcome(token), outcome(forgotten)]);
    service.isDown = true;
    service.pass(159);
    expect(await outcome(token)).toMatchObject({ ok: true });
    validator.forget({ token: forgotten });
    expect(await outcome(forgotten)).toMatchObject({ status: 503 });
    service.pass(1);
    expect(await outcome(token)).toMatchObject({ status: 503 });
  });

  test('is not what somebody makes it who sends made-up tokens in numbers: only those are refused', async () => {
    service.places.set(INTROSPECTION, () => json({ error: 'too_many_unknown_tokens' }, 503));
    for (let i = 0; i < 10; i++) expect(await outcome(`made-up-${i}`)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    service.places.clear();
    expect(await outcome(service.issue())).toMatchObject({ ok: true });
  });

  test('is not what a single odd token makes it', async () => {
    service.places.set(INTROSPECTION, () => json({ error: 'invalid_request' }, 400));
    for (let i = 0; i < 10; i++) expect(await outcome(`odd-${i}`)).toMatchObject({ status: 503 });
    service.places.clear();
    expect(await outcome(service.issue())).toMatchObject({ ok: true });
  });
});

describe('forgetting', () => {
  test.each<[string, (token: string) => Parameters<TokenValidator['forget']>[0]]>([
    ['token', (token) => ({ token })],
    ['jti', () => ({ jti: 'j1' })],
    ['delegation', () => ({ delegationId: 'd1' })],
    ['subject', () => ({ subject: 'bob' })],
    ['several of them', (token) => ({ token, subject: 'bob', delegationId: 'd1' })],
  ])('by %s reaches those meant, at once, and no other', async (_what, what) => {
    const [meant, other] = [service.issue({ sub: 'bob', jti: 'j1', delegationId: 'd1' }), service.issue()];
    await Promise.all([outcome(meant), outcome(other)]);
    service.tokens.clear();
    validator.forget(what(meant));
    expect([(await outcome(meant)).ok, (await outcome(other)).ok]).toEqual([false, true]);
    validator.forgetAll();
    expect((await outcome(other)).ok).toBe(false);
  });

  test('needs something that is meant: a criterion of nothing would be everything', () => {
    expect(() => validator.forget({})).toThrow(/needs a token, jti, delegationId or subject/);
  });

  test('by members that do not go together reaches nothing', async () => {
    const token = service.issue();
    await outcome(token);
    validator.forget({ token, subject: 'bob' });
    await outcome(token);
    expect(service.introspections).toBe(1);
  });

  test.each([
    ['a subject', (it: RevocationListener) => it.forget({ subject: 'alice' })],
    ['everything', (it: RevocationListener) => it.forgetAll()],
  ])('%s while an answer is on its way has it asked for again', async (_what, forget) => {
    const token = service.issue();
    const answers = [json({ active: true, ...service.claims() }), json({ active: false })];
    const waiting: (() => void)[] = [];
    service.places.set(INTROSPECTION, () => new Promise((resolve) => waiting.push(() => resolve(answers.shift()!))));
    const pending = outcome(token);
    await underWay(1);
    forget(validator);
    waiting[0]!();
    await underWay(2);
    waiting[1]!();
    expect(await pending).toMatchObject({ status: 401 });
  });

  test('over and over lets nobody in rather than too long', async () => {
    service.places.set(INTROSPECTION, () => {
      validator.forgetAll();
      return json({ active: true, ...service.claims() });
    });
    expect(await outcome('token')).toMatchObject({ status: 503 });
    expect(service.introspections).toBe(3);
  });

  test('comes from a feed, until the validator is closed', async () => {
    const listeners = new Set<RevocationListener>();
    using({
      revocationFeed: {
        subscribe(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
    });
    const token = service.issue();
    await outcome(token);
    service.tokens.clear();
    for (const listener of listeners) listener.forget({ subject: 'alice' });
    expect((await outcome(token)).ok).toBe(false);
    validator.close();
    expect(listeners.size).toBe(0);
  });
});
