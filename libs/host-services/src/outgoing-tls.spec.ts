import { createServer } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { OpenedHttpClient } from '#libs/oauth';
import type { AddressRules } from './addresses.ts';
import { guardedConnector } from './guarded-connection.ts';
import { openHostServices } from './open-host-services.ts';
import { TestAuthority, type Identity } from './testing/certificates.ts';
import { aClient, aGet } from './testing/client-builder.ts';
import { TestServer } from './testing/test-server.ts';

const opened: { close(): Promise<void> }[] = [];
let authority: TestAuthority;
let api: Identity;
let caller: Identity;

beforeAll(async () => {
  authority = await TestAuthority.make();
  [api, caller] = [await authority.issue('api.example'), await authority.issue('caller')];
});

afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await each.close();
});

async function serving(options: object = {}): Promise<TestServer> {
  const server = await TestServer.open(
    (received, response, request) => {
      if (received.url === '/away') response.writeHead(302, { location: `https://other.example:${request.socket.localPort ?? 0}/` });
      if (received.url === '/plain') response.writeHead(302, { location: `http://api.example:${request.socket.localPort ?? 0}/` });
      const { subject } = (request.socket as unknown as { getPeerCertificate(): { subject?: { CN: string } } }).getPeerCertificate();
      response.end(subject?.CN ?? 'nobody');
    },
    { ...api, ...options },
  );
  opened.push(server);
  return server;
}

function ask({ port }: TestServer, tls: Partial<OpenedHttpClient['tls']>, path = '/', host = 'api.example', allowHttp = false) {
  const services = openHostServices({ resolve: async () => [{ address: '127.0.0.1', family: 4 }], onError: () => undefined });
  opened.push(services);
  const client = aClient({
    allowHttp,
    allowedHosts: [`api.example:${port}`, `other.example:${port}`],
    maximumRedirects: 1,
    tls: { caCertificates: null, clientCertificate: null, clientKey: null, ...tls },
  });
  return services.request(client, aGet(`https://${host}:${port}${path}`));
}

describe('TLS of a client', () => {
  test('trusts the authorities that its operator named', async () => {
    expect(await ask(await serving(), { caCertificates: authority.pem })).toMatchObject({ statusCode: 200, body: 'nobody' });
  });

  test('trusts no others, and says which check failed', async () => {
    const server = await serving();
    const stranger = await TestAuthority.make();
    for (const caCertificates of [null, stranger.pem])
      await expect(ask(server, { caCertificates })).rejects.toMatchObject({
        code: 'unreachable',
        message: expect.stringMatching(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED|UNABLE_TO_GET_ISSUER|CERT_SIGNATURE_FAILURE/),
      });
    expect(server.received).toEqual([]);
  });

  test('wants the name that was asked for, and not that of the address', async () => {
    const server = await serving();
    await expect(ask(server, { caCertificates: authority.pem }, '/', 'other.example')).rejects.toMatchObject({
      message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
    });
    expect(server.received).toEqual([]);
  });

  test('is no older than version 1.2', async () => {
    const server = await serving({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' });
    await expect(ask(server, { caCertificates: authority.pem })).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('shows its certificate to the host that was asked, and to none that a redirect leads to', async () => {
    const other = await authority.issue('other.example');
    const server = await serving({ ca: authority.pem, requestCert: true, rejectUnauthorized: false, SNICallback: undefined });
    const tls = { caCertificates: authority.pem, clientCertificate: caller.cert, clientKey: caller.key };
    expect(await ask(server, tls)).toMatchObject({ body: 'caller' });
    const both = await serving({
      ca: authority.pem,
      requestCert: true,
      rejectUnauthorized: false,
      cert: [api.cert, other.cert][1],
      key: other.key,
    });
    expect(await ask(both, tls, '/', 'other.example')).toMatchObject({ body: 'caller' });
    const chain = await serving({
      ca: authority.pem,
      requestCert: true,
      rejectUnauthorized: false,
      SNICallback: (name: string, done: (error: null, context: unknown) => void) => {
        void import('node:tls').then(({ createSecureContext }) =>
          done(null, createSecureContext({ ...(name === 'other.example' ? other : api), ca: authority.pem })),
        );
      },
    });
    expect(await ask(chain, tls, '/away')).toMatchObject({ statusCode: 200, body: 'nobody' });
  });

  test('is not left by a redirect, also where http is allowed', async () => {
    const server = await serving();
    const error = await ask(server, { caCertificates: authority.pem }, '/plain', 'api.example', true).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'refused', message: expect.stringContaining('redirects from https to http') });
    expect(server.received).toHaveLength(1);
  });

  test('a server that speaks no TLS is unreachable', async () => {
    const plain = await TestServer.open((_received, response) => response.end('plain'));
    opened.push(plain);
    await expect(ask(plain, { caCertificates: authority.pem })).rejects.toMatchObject({ code: 'unreachable' });
  });
});

test('what a socket says it reached is tested before a byte is sent', async () => {
  const bytes: Buffer[] = [];
  const server = createServer((socket) => socket.on('data', (chunk) => bytes.push(chunk)).on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const tested: string[] = [];
  const rules = { allows: (address: string) => tested.push(address) === 1 } as unknown as AddressRules;
  for (const protocol of ['http:', 'https:']) {
    tested.length = 0;
    const connect = guardedConnector(rules, { ca: null, cert: null, key: null }, async () => [{ address: '127.0.0.1', family: 4 }], 2000);
    const [error, socket] = await new Promise<unknown[]>((resolve) => {
      connect({ hostname: 'api.example', protocol, port: String(port) }, (...outcome) => resolve(outcome));
    });
    expect(error).toMatchObject({ code: 'refused' });
    expect(socket).toBeNull();
    expect(tested).toEqual(['127.0.0.1', '127.0.0.1']);
  }
  await new Promise((resolve) => server.close(resolve));
  expect(bytes).toEqual([]);
});
