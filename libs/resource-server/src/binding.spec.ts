import { createHash, X509Certificate } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { aClientCertificate } from '../../oauth/src/testing/client-certificate.ts';
import { aRequest, DpopClient, FakeService } from './testing/fake-service.ts';
import type { TokenValidatorOptions } from './settings.ts';
import type { TokenRequest } from './token-request.ts';
import { createTokenValidator, type TokenValidator } from './token-validator.ts';

let service: FakeService;
let validator: TokenValidator;
beforeEach(async () => {
  service = await FakeService.open();
  using({ publicUrl: 'https://api.example' });
});
const using = (options: Partial<TokenValidatorOptions>): void => void (validator = createTokenValidator(service.options(options)));

describe('DPoP (RFC 9449 section 7)', () => {
  let client: DpopClient;
  let token: string;
  beforeEach(async () => {
    client = await DpopClient.open();
    token = service.issue({ cnf: { jkt: client.thumbprint }, token_type: 'DPoP' });
  });
  const send = async (more: Partial<TokenRequest> = {}, claims: Record<string, unknown> = {}, of = client) =>
    validator.validate(aRequest({ authorization: `DPoP ${token}`, dpop: await of.proof(token, service.seconds, claims) }, more));

  test('a token with a proof of its key passes, opaque or JWT', async () => {
    expect(await send()).toMatchObject({ ok: true, auth: { scheme: 'DPoP', kind: 'opaque' } });
    token = await service.jwt({ cnf: { jkt: client.thumbprint } });
    expect(await send()).toMatchObject({ ok: true, auth: { scheme: 'DPoP', kind: 'jwt' } });
  });

  test('the query does not count, the path before what arrives here does', async () => {
    expect(await send({ url: '/orders?page=2' })).toMatchObject({ ok: true });
    using({ publicUrl: 'https://api.example/shop/' });
    expect(await send({}, { htu: 'https://api.example/shop/orders' })).toMatchObject({ ok: true });
    expect(await send()).toMatchObject({ status: 401 });
  });

  test('a token bound to a key is never accepted as Bearer, proof or not', async () => {
    const dpop = await client.proof(token, service.seconds);
    for (const headers of [{}, { dpop }])
      expect(await validator.validate(aRequest({ authorization: `Bearer ${token}`, ...headers }))).toMatchObject({
        status: 401,
        reason: expect.stringContaining('bound to a key'),
      });
  });

  test('a token bound to no key is not accepted as DPoP', async () => {
    token = service.issue();
    expect(await send()).toMatchObject({ status: 401, reason: expect.stringContaining('bound to no key') });
  });

  test('a proof of another key is refused', async () => {
    expect(await send({}, {}, await DpopClient.open())).toMatchObject({ status: 401, reason: expect.stringContaining('another key') });
  });

  test.each<[string, Partial<TokenRequest>, Record<string, unknown>]>([
    ['another method', { method: 'POST' }, {}],
    ['another path', { url: '/orders/7' }, {}],
    ['another host', {}, { htu: 'https://evil.example/orders' }],
    ['another token', {}, { ath: 'x' }],
    ['an hour ago', {}, { iat: 1_799_996_400 }],
  ])('a proof for %s is invalid_dpop_proof', async (_what, request, claims) => {
    const outcome = await send(request, claims);
    expect(outcome).toMatchObject({ status: 401, body: expect.stringContaining('invalid_dpop_proof') });
    if (outcome.ok) throw new Error('accepted');
    expect(outcome.headers['www-authenticate']).toMatch(/^DPoP realm=.*error="invalid_dpop_proof".*algs="ES256 /);
  });

  test('a proof is taken once', async () => {
    const headers = { authorization: `DPoP ${token}`, dpop: await client.proof(token, service.seconds) };
    expect(await validator.validate(aRequest(headers))).toMatchObject({ ok: true });
    expect(await validator.validate(aRequest(headers))).toMatchObject({ status: 401, reason: expect.stringContaining('used before') });
  });

  test('no proof, an empty one and two of them are refused', async () => {
    const [one, two] = [await client.proof(token, service.seconds), await client.proof(token, service.seconds)];
    for (const dpop of [undefined, '', [one, two], `${one}, ${two}`])
      expect(await validator.validate(aRequest({ authorization: `DPoP ${token}`, dpop }))).toMatchObject({
        status: 401,
        body: expect.stringContaining('invalid_dpop_proof'),
      });
  });

  test('the Host header does not count, unless the API says so: else a proof for another host could be sent here', async () => {
    const evil = { origin: 'https://evil.example' };
    const claims = { htu: 'https://evil.example/orders' };
    expect(await send(evil, claims)).toMatchObject({ status: 401 });
    using({ publicUrl: 'from-request' });
    expect(await send(evil, claims)).toMatchObject({ ok: true });
    using({ publicUrl: ({ url }) => `https://api.example${url}` });
    expect(await send(evil)).toMatchObject({ ok: true });
  });

  test('is off without a public URL: such tokens are refused, and the reason says what to set', async () => {
    using({});
    expect(await send()).toMatchObject({ status: 401, reason: expect.stringContaining('set "publicUrl"') });
  });
});

describe('certificates (RFC 8705 section 3)', () => {
  let certificate: Uint8Array;
  let other: Uint8Array;
  let bound: string;
  beforeAll(async () => {
    certificate = new X509Certificate((await aClientCertificate()).certificate).raw;
    other = new X509Certificate((await aClientCertificate()).certificate).raw;
  });
  beforeEach(() => {
    bound = service.issue({ cnf: { 'x5t#S256': createHash('sha256').update(certificate).digest('base64url') } });
  });
  const send = (more: Partial<TokenRequest>, headers: TokenRequest['headers'] = {}) =>
    validator.validate(aRequest({ authorization: `Bearer ${bound}`, ...headers }, more));
  const header = (of: Uint8Array): string => `:${Buffer.from(of).toString('base64')}:`;

  test('a token passes with the one it is bound to alone', async () => {
    expect(await send({ certificate })).toMatchObject({ ok: true, auth: { scheme: 'Bearer' } });
    for (const wrong of [other, undefined]) expect(await send({ certificate: wrong })).toMatchObject({ status: 401 });
  });

  test('a token that is not bound needs none', async () => {
    bound = service.issue();
    expect(await send({ certificate: other })).toMatchObject({ ok: true });
  });

  test('Client-Cert counts from trusted proxies alone (RFC 9440)', async () => {
    const told = { 'client-cert': header(certificate) };
    expect(await send({ peerAddress: '10.0.0.1' }, told)).toMatchObject({ status: 401 });
    using({ certificateProxies: ['10.0.0.0/8', 'fd00::1'] });
    for (const peerAddress of ['10.0.0.1', '::ffff:10.1.2.3', 'fd00::1'])
      expect(await send({ peerAddress }, told)).toMatchObject({ ok: true });
    for (const peerAddress of ['11.0.0.1', 'fd00::2', undefined, 'unix'])
      expect(await send({ peerAddress }, told)).toMatchObject({ status: 401 });
  });

  test('behind proxies, the certificate of the connection is the proxy’s', async () => {
    using({ certificateProxies: ['10.0.0.1'] });
    expect(await send({ peerAddress: '10.0.0.1', certificate })).toMatchObject({ status: 401 });
  });

  test.each<[string, () => TokenRequest['headers'][string]]>([
    ['another', () => header(other)],
    ['none', () => undefined],
    ['no certificate', () => ':AAAA:'],
    ['without colons', () => header(certificate).slice(1, -1)],
    ['twice', () => [header(certificate), header(certificate)]],
  ])('a Client-Cert that is %s is refused', async (_what, value) => {
    using({ certificateProxies: ['10.0.0.1'] });
    expect(await send({ peerAddress: '10.0.0.1' }, { 'client-cert': value() })).toMatchObject({ status: 401 });
  });

  test('a token bound to a key and a certificate needs both', async () => {
    const client = await DpopClient.open();
    const x5t = createHash('sha256').update(certificate).digest('base64url');
    bound = service.issue({ cnf: { jkt: client.thumbprint, 'x5t#S256': x5t } });
    const proof = async () => ({ authorization: `DPoP ${bound}`, dpop: await client.proof(bound, service.seconds) });
    expect(await send({ certificate }, await proof())).toMatchObject({ ok: true });
    expect(await send({}, await proof())).toMatchObject({ status: 401 });
    expect(await send({ certificate })).toMatchObject({ status: 401 });
  });
});
