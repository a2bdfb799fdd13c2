import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { aKey, bearer, DpopClient, FakeService } from './testing/fake-service.ts';
import { createTokenValidator, type TokenValidator } from './token-validator.ts';

let service: FakeService;
let validator: TokenValidator;
/** Signatures that were computed. */
let verifications: () => number;
beforeEach(async () => {
  service = await FakeService.open();
  validator = createTokenValidator(service.options());
  const spy = jest.spyOn(crypto.subtle, 'verify');
  verifications = () => spy.mock.calls.length;
});
afterEach(() => {
  jest.restoreAllMocks();
});
const outcome = (token: string) => validator.validate(bearer(token));

describe('a JWT that held', () => {
  test('is verified once, however often it comes', async () => {
    const token = await service.jwt();
    const first = await outcome(token);
    expect(await outcome(token)).toEqual(first);
    expect(first).toMatchObject({ ok: true, auth: { kind: 'jwt', subject: 'alice' } });
    expect(verifications()).toBe(1);
  });

  test('is none that has the same claims and another signature', async () => {
    const token = await service.jwt();
    await outcome(token);
    const [head, claims] = token.split('.');
    const [, , signature] = (await service.jwt()).split('.');
    expect(await outcome(`${head}.${claims}.${signature}`)).toMatchObject({ status: 401 });
    expect(await outcome(`${token}A`)).toMatchObject({ status: 401 });
  });

  test('ends with its exp', async () => {
    const token = await service.jwt({ exp: service.seconds + 10 });
    await outcome(token);
    service.pass(9.999);
    expect(await outcome(token)).toMatchObject({ ok: true });
    service.pass(0.001);
    expect(await outcome(token)).toMatchObject({ status: 401, reason: expect.stringContaining('expired') });
  });

  test('is checked for its binding each time', async () => {
    validator = createTokenValidator(service.options({ publicUrl: 'https://api.example' }));
    const client = await DpopClient.open();
    const token = await service.jwt({ cnf: { jkt: client.thumbprint } });
    const sent = (proof: string) =>
      validator.validate({ method: 'GET', url: '/orders', headers: { authorization: `DPoP ${token}`, dpop: proof } });
    const proof = await client.proof(token, service.seconds);
    expect(await sent(proof)).toMatchObject({ ok: true });
    expect(await sent(proof)).toMatchObject({ status: 401, reason: expect.stringContaining('proof') });
    expect(await outcome(token)).toMatchObject({ status: 401, reason: expect.stringContaining('bound to a key') });
  });

  test.each([
    ['itself', (token: string) => validator.forget({ token })],
    ['its subject', () => validator.forget({ subject: 'alice' })],
    ['everything', () => validator.forgetAll()],
  ])('is verified again when %s was forgotten', async (_what, forget) => {
    const [token, other] = [await service.jwt(), await service.jwt({ sub: 'bob' })];
    await outcome(token);
    await outcome(other);
    forget(token);
    expect(await outcome(token)).toMatchObject({ ok: true });
    expect(verifications()).toBe(3);
  });
});

describe('the keys that a JWT was verified with', () => {
  test('end it when they are withdrawn', async () => {
    const token = await service.jwt();
    await outcome(token);
    await service.rotate();
    service.pass(299);
    expect(await outcome(token)).toMatchObject({ ok: true });
    service.pass(1);
    expect(await outcome(token)).toMatchObject({ status: 401 });
    expect(service.keyCalls).toBe(2);
  });

  test('end it too when they are withdrawn while it is verified', async () => {
    const token = await service.jwt({ exp: service.seconds + 9000 });
    await outcome(await service.jwt());
    const verify = crypto.subtle.verify.bind(crypto.subtle);
    jest.spyOn(crypto.subtle, 'verify').mockImplementationOnce(async (...given) => {
      await service.rotate();
      service.pass(300);
      await outcome(await service.jwt());
      return verify(...given);
    });
    await outcome(token);
    expect(await outcome(token)).toMatchObject({ status: 401 });
  });

  test('that are published again, in whatever order, leave it as it is', async () => {
    service.keys = [...service.keys, await aKey()];
    const token = await service.jwt();
    await outcome(token);
    service.keys = [...service.keys].reverse();
    service.pass(300);
    expect(await outcome(token)).toMatchObject({ ok: true });
    expect([service.keyCalls, verifications()]).toEqual([2, 1]);
  });

  test('count for an hour without the service, and so does it', async () => {
    const token = await service.jwt({ exp: service.seconds + 9000 });
    await outcome(token);
    service.isDown = true;
    service.pass(3599);
    expect(await outcome(token)).toMatchObject({ ok: true });
    service.pass(1);
    expect(await outcome(token)).toMatchObject({ status: 503 });
  });
});

describe('what is kept of JWTs', () => {
  test('is bounded: what was used longest ago goes first', async () => {
    validator = createTokenValidator(service.options({ cacheSize: 2 }));
    const [first, second, third] = [await service.jwt(), await service.jwt(), await service.jwt()];
    for (const token of [first, second, first, third]) await outcome(token);
    expect(verifications()).toBe(3);
    await outcome(first);
    expect(verifications()).toBe(3);
    await outcome(second);
    expect(verifications()).toBe(4);
  });

  test('is nothing of those that did not hold', async () => {
    validator = createTokenValidator(service.options({ cacheSize: 1 }));
    const good = await service.jwt();
    await outcome(good);
    const forged = await service.jwt({}, { kid: service.keys[0]?.jwk.kid as string }, await aKey());
    for (let i = 0; i < 3; i++) expect(await outcome(forged)).toMatchObject({ status: 401 });
    expect(verifications()).toBe(4);
    expect(await outcome(good)).toMatchObject({ ok: true });
    expect(verifications()).toBe(4);
  });
});
