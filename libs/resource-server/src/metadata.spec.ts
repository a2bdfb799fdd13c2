import { beforeEach, describe, expect, test } from '@jest/globals';
import { metadataPlaces } from './metadata.ts';
import { bearer, FakeService, ISSUER, json } from './testing/fake-service.ts';
import { createTokenValidator } from './token-validator.ts';

let service: FakeService;
beforeEach(async () => {
  service = await FakeService.open();
});
const OPENID = `${ISSUER}/.well-known/openid-configuration`;
const [RFC_8414] = metadataPlaces(ISSUER) as [string, string];

describe('where metadata is (RFC 8414 section 3.1, OpenID Connect Discovery 1.0 section 4)', () => {
  test.each([
    [
      'https://as.example',
      'https://as.example/.well-known/oauth-authorization-server',
      'https://as.example/.well-known/openid-configuration',
    ],
    [
      'https://as.example/a/b',
      'https://as.example/.well-known/oauth-authorization-server/a/b',
      'https://as.example/a/b/.well-known/openid-configuration',
    ],
    [
      'https://as.example/a/',
      'https://as.example/.well-known/oauth-authorization-server/a',
      'https://as.example/a/.well-known/openid-configuration',
    ],
  ])('of %s', (issuer, ...places) => {
    expect(metadataPlaces(issuer)).toEqual(places);
  });

  test.each([
    ['nothing', () => new Response('', { status: 404 })],
    ['a page for people', () => new Response('<html>', { status: 200, headers: { 'content-type': 'text/html' } })],
  ])('the second place is asked where the first has %s', async (_what, answer) => {
    service.places.set(RFC_8414, answer).set(OPENID, () => json(service.metadata));
    expect(await createTokenValidator(service.options()).validate(bearer(service.issue()))).toMatchObject({ ok: true });
  });

  test('nobody is asked before a token comes, nor for requests without one', async () => {
    const validator = createTokenValidator(service.options());
    await validator.validate({ method: 'GET', url: '/', headers: {} });
    expect(service.calls).toEqual([]);
  });
});

describe('metadata that is not to be trusted (RFC 8414 section 3.3)', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['of another issuer', { issuer: 'https://evil.example' }, /of the issuer "https:\/\/evil.example", not of/],
    ['of the issuer with a slash', { issuer: `${ISSUER}/` }, /set "issuer" to exactly/],
    ['of nobody', { issuer: undefined }, /of the issuer undefined/],
    ['with an endpoint without TLS', { introspection_endpoint: 'http://as.example/i' }, /introspection_endpoint .* must be an https URL/],
    ['with a key set without TLS', { jwks_uri: 'http://as.example/k' }, /jwks_uri .* must be an https URL/],
    ['with an endpoint that is no URL', { introspection_endpoint: '/i' }, /must be an https URL/],
  ])('%s lets nobody in, and the operator is told once', async (_what, members, problem) => {
    service.metadata = { ...service.metadata, ...members };
    const validator = createTokenValidator(service.options());
    const token = service.issue();
    for (let i = 0; i < 3; i++) expect(await validator.validate(bearer(token))).toMatchObject({ ok: false, status: 503 });
    expect(service.problems).toEqual([expect.stringMatching(problem)]);
    expect(service.introspections).toBe(0);
  });

  test('the place of OpenID is not asked when the first has another issuer', async () => {
    service.places
      .set(OPENID, () => json(service.metadata))
      .set(RFC_8414, () => json({ ...service.metadata, issuer: 'https://evil.example' }));
    expect(await createTokenValidator(service.options()).validate(bearer(service.issue()))).toMatchObject({ status: 503 });
    expect(service.count(OPENID)).toBe(0);
  });
});

describe('a service that is not there yet', () => {
  test('is asked again after a second, then two, then four; meanwhile everybody is answered at once', async () => {
    service.isDown = true;
    const validator = createTokenValidator(service.options());
    const token = await service.jwt();
    const tries: number[] = [];
    for (let second = 0; second < 16; second++) {
      const before = service.metadataCalls;
      const outcome = await validator.validate(bearer(token));
      expect(outcome).toMatchObject({ ok: false, status: 503, headers: { 'retry-after': expect.stringMatching(/^[1-8]$/) } });
      if (service.metadataCalls > before) tries.push(second);
      service.pass(1);
    }
    expect(tries).toEqual([0, 1, 3, 7, 15]);
    service.isDown = false;
    service.pass(30);
    expect(await validator.validate(bearer(token))).toMatchObject({ ok: true });
  });

  test('can be waited for', async () => {
    service.isDown = true;
    const validator = createTokenValidator(service.options());
    await expect(validator.ready()).rejects.toThrow(/could not be reached: fetch failed: connect ECONNREFUSED/);
    service.isDown = false;
    service.pass(1);
    await validator.ready();
    expect([service.metadataCalls, service.keyCalls]).toEqual([2, 1]);
  });

  test('many who come at once cause one call', async () => {
    const validator = createTokenValidator(service.options());
    const tokens = await Promise.all(Array.from({ length: 50 }, () => service.jwt()));
    const outcomes = await Promise.all(tokens.map((token) => validator.validate(bearer(token))));
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect([service.metadataCalls, service.keyCalls]).toEqual([1, 1]);
  });
});

describe('metadata that is known', () => {
  test('is read again after ten minutes, and followed', async () => {
    const validator = createTokenValidator(service.options({ revocationLag: 0 }));
    const token = service.issue();
    await validator.validate(bearer(token));
    service.metadata = { ...service.metadata, introspection_endpoint: 'https://as.example/moved' };
    service.places.set('https://as.example/moved', () => json({ active: false }));
    service.pass(599);
    expect(await validator.validate(bearer(token))).toMatchObject({ ok: true });
    service.pass(1);
    expect(await validator.validate(bearer(token))).toMatchObject({ ok: false, status: 401 });
  });

  test('counts for an hour when it cannot be read again, and no longer', async () => {
    const validator = createTokenValidator(service.options());
    await validator.validate(bearer(await service.jwt()));
    service.isDown = true;
    const late = await service.jwt({ exp: service.seconds + 10_000 });
    service.pass(3599);
    expect(await validator.validate(bearer(late))).toMatchObject({ ok: true });
    service.pass(1);
    expect(await validator.validate(bearer(late))).toMatchObject({ ok: false, status: 503 });
  });
});

describe('what the service may answer', () => {
  test('has a bound', async () => {
    service.places.set(RFC_8414, () => new Response('x'.repeat(1_048_577)));
    expect(await createTokenValidator(service.options()).validate(bearer('token'))).toMatchObject({ status: 503 });
    expect(service.problems[0]).toMatch(/more than 1048576 bytes/);
  });

  test('must come in time', async () => {
    const fetch = service.fetch;
    const slow = service.options({
      timeout: 20,
      fetch: (url, init) =>
        new Promise((resolve, reject) => {
          init.signal.addEventListener('abort', () => reject(init.signal.reason as Error));
          if (url !== RFC_8414) resolve(fetch(url, init));
        }),
    });
    expect(await createTokenValidator(slow).validate(bearer('token'))).toMatchObject({ status: 503 });
    expect(service.problems[0]).toMatch(/no answer in time/);
  });
});
