import { beforeAll, describe, expect, test } from '@jest/globals';
import { aClientCertificate } from '../testing/client-certificate.ts';
import { anHttpClient } from '../testing/store-builders.ts';
import { certificatesProblem, clientKeyProblem, credentialProblem, headerNameProblem, httpClientProblems } from './http-client-rules.ts';

describe('HTTP clients', () => {
  let own: { certificate: string; key: string };
  let other: { certificate: string; key: string };
  beforeAll(async () => {
    [own, other] = await Promise.all([aClientCertificate(), aClientCertificate()]);
  });

  test('a client that keeps the rules has no problem, and one that breaks them all has each with its place', () => {
    expect(httpClientProblems(anHttpClient('p'))).toEqual([]);
    const broken = anHttpClient('p', {
      allowedHosts: ['api.example.com', '*'],
      allowedNetworks: ['0.0.0.0/0'],
      credentials: { kind: 'basic', username: 'me:you', sealedValue: 'jwe' },
      tls: { caCertificates: 'none', clientCertificate: null, sealedClientKey: 'jwe' },
      timeoutMilliseconds: 0,
      maximumResponseBytes: 4_194_305,
      maximumRedirects: 1.5,
    });
    expect(httpClientProblems(broken).map(([pointer]) => pointer)).toEqual([
      '/allowedHosts/1',
      '/allowedNetworks/0',
      '/timeoutMilliseconds',
      '/maximumResponseBytes',
      '/maximumRedirects',
      '/credentials/username',
      '/tls/caCertificates',
      '/tls/clientKey',
    ]);
  });

  test('a client certificate goes with its key', () => {
    const tls = { caCertificates: null, clientCertificate: own.certificate, sealedClientKey: null };
    expect(httpClientProblems(anHttpClient('p', { tls }))).toEqual([
      ['/tls/clientCertificate', 'needs its private key: give "clientKey" too'],
    ]);
    expect(clientKeyProblem(own.key, own.certificate)).toBeNull();
    expect(clientKeyProblem(own.key, null)).toBeNull();
    expect(clientKeyProblem(other.key, own.certificate)).toBe('is not the private key of the client certificate');
    for (const key of ['', 'key', own.certificate, own.key.slice(0, 60)])
      expect(clientKeyProblem(key, null)).toMatch(/must be a private key/);
  });

  test('certificates are PEM blocks, one after the other, with nothing secret among them', () => {
    expect(certificatesProblem(own.certificate)).toBeNull();
    expect(certificatesProblem(`# ours\n${own.certificate}\n${other.certificate}`)).toBeNull();
    expect(certificatesProblem(own.certificate + own.key)).toBe('holds a private key; only certificates belong here');
    expect(certificatesProblem(own.certificate + own.certificate.slice(0, 99))).toBe('has a PEM block that does not end as it began');
    expect(certificatesProblem(own.certificate + own.certificate.replace(/\n[\w+/]/, '\n_'))).toMatch(/does not end as it began/);
    expect(certificatesProblem(own.certificate + own.certificate.replace(/\nM/, '\nN'))).toBe('certificate 2 of 2 cannot be read');
    for (const text of ['', 'none', '-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n'])
      expect(certificatesProblem(text)).toBe('must be certificates in PEM (-----BEGIN CERTIFICATE-----)');
    expect(certificatesProblem(own.certificate.repeat(200))).toBe('must have at most 65536 characters');
  });

  test('no credential can break out of its header (RFC 9110 section 5.5)', () => {
    for (const kind of ['basic', 'bearer', 'header'] as const) {
      expect(credentialProblem(kind, 'abc.DEF-123==')).toBeNull();
      for (const value of ['', 'a\r\nX: y', 'a\nb', 'a\0b']) expect(credentialProblem(kind, value)).toMatch(/^must /);
    }
    expect(credentialProblem('basic', 'pass: wörd')).toBeNull();
    expect(credentialProblem('header', 'Key k="v"')).toBeNull();
    expect(credentialProblem('header', ' x')).toMatch(/without space at the ends/);
    expect(credentialProblem('bearer', 'two words')).toBe('must be a bearer token. RFC 6750 section 2.1');
  });

  test('a credential is sent in a header that is nobody else’s business', () => {
    for (const name of ['X-Api-Key', 'Authorization', 'api_key']) expect(headerNameProblem(name)).toBeNull();
    for (const name of ['Host', 'content-length', 'Transfer-Encoding', 'Proxy-Authorization', 'Cookie'])
      expect(headerNameProblem(name)).toMatch(/is a header of the connection or the call itself/);
    for (const name of ['', 'X Key', 'X:Key', 'ü', 'X\r\nY']) expect(headerNameProblem(name)).toMatch(/must be the name of a header/);
  });
});
