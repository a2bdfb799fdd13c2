import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as plainRequest, type Server } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { certificateThumbprint } from '#libs/oauth';
import { aClientCertificate, TestClientAuthority, type TestCertificate } from '../../libs/oauth/src/testing/client-certificate.ts';
import { admin, postForm, startService, type RunningService } from '../support/running-service.ts';
import { PROFILE } from '../support/signatures.ts';
import { TOKEN_PATH, until } from '../support/wire-service.ts';

/** Clients without secrets, over the whole product: TLS, proxies, admin API, database. RFC 7523, RFC 8705. */

const folder = mkdtempSync(join(tmpdir(), 'tokenwright-clients-'));
const grant = { grant_type: 'client_credentials' };
const FAILED = { status: 401, error: 'invalid_client', error_description: 'Client authentication failed.' };

let authority: TestClientAuthority;
let intermediate: TestClientAuthority;
let stranger: TestClientAuthority;
/** Names the client `named`; issued by the authority. */
let issued: TestCertificate;
let selfSigned: TestCertificate;
let authorities: string;

const NAMES = { subject: 'O=Example, CN=named', alternative: [{ type: 'dns', value: 'named.example' }] } as const;

beforeAll(async () => {
  authority = await TestClientAuthority.make();
  intermediate = await authority.below();
  stranger = await TestClientAuthority.make();
  issued = await authority.issue(NAMES);
  selfSigned = await aClientCertificate(NAMES);
  authorities = join(folder, 'authorities.pem');
  writeFileSync(authorities, authority.pem);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function register(service: RunningService, id: string, authentication: object, more: object = {}): Promise<void> {
  const body = { id, capabilities: ['client-credentials'], authentication, ...more };
  const response = await admin(service, 'POST', `/profiles/${PROFILE}/clients`, body);
  if (response.status !== 201) throw new Error(`${id}: ${response.status} ${await response.text()}`);
}

/** A configuration file with clients that have certificates: two that the authority names, one with its own. */
function clientsWithCertificates(): string {
  const file = join(folder, 'clients.yaml');
  const thumbprint = certificateThumbprint(new X509Certificate(selfSigned.certificate));
  writeFileSync(
    file,
    `
profiles:
  token-service:
    issuer: /~
    capabilities: [client-credentials]
    endpoints: { oauth-token: { path: ${TOKEN_PATH} } }
    clients:
      named:
        capabilities: [client-credentials]
        authentication: { methods: [tls_client_auth], certificateSubject: { kind: san_dns, value: named.example } }
      subject:
        capabilities: [client-credentials]
        authentication: { methods: [tls_client_auth], certificateSubject: { kind: subject_dn, value: 'CN=named,O=Example' } }
      own:
        capabilities: [client-credentials]
        authentication: { methods: [self_signed_tls_client_auth], certificates: [${thumbprint}] }
`,
  );
  return file;
}

const chainOf = (...parts: readonly string[]) => parts.join('');
const headerOf = ({ certificate }: { readonly certificate: string }) => `:${new X509Certificate(certificate).raw.toString('base64')}:`;

interface Sent {
  readonly certificate?: Pick<TestCertificate, 'certificate' | 'key'>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly from?: string;
}

/** A token request for a client, as its status and members. */
function ask(service: RunningService, id: string, { certificate, headers, from }: Sent = {}): Promise<Record<string, unknown>> {
  const body = new URLSearchParams({ ...grant, client_id: id }).toString();
  const options = {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    ...(from === undefined ? {} : { localAddress: from }),
  };
  const url = service.url + TOKEN_PATH;
  const { certFile } = service.node;
  const tls = certFile === null ? null : { ca: readFileSync(certFile), cert: certificate?.certificate, key: certificate?.key };
  return new Promise((resolve, reject) => {
    const sending =
      tls === null ? plainRequest(url, options) : request(url, { ...options, ...tls, agent: new Agent({ keepAlive: false }) });
    sending.on('error', reject);
    sending.on('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode, ...(JSON.parse(text) as object) }));
    });
    sending.end(body);
  });
}

const methodsOf = async (service: RunningService): Promise<unknown> => {
  const path = '/.well-known/oauth-authorization-server/~';
  const { certFile } = service.node;
  const text = await new Promise<string>((resolve, reject) => {
    const read = certFile === null ? plainRequest(service.url + path) : request(service.url + path, { ca: readFileSync(certFile) });
    read.on('error', reject).on('response', (response) => {
      let all = '';
      response.on('data', (chunk: Buffer) => (all += chunk.toString()));
      response.on('end', () => resolve(all));
    });
    read.end();
  });
  return (JSON.parse(text) as Record<string, unknown>)['token_endpoint_auth_methods_supported'];
};

describe('by certificates in the handshake (RFC 8705 section 2)', () => {
  let service: RunningService;

  beforeAll(async () => {
    service = await startService({
      tls: { mode: 'self-signed', certFile: null, keyFile: null, asksForCertificates: true },
      clientAuthorities: authorities,
      configFile: clientsWithCertificates(),
    });
  });
  afterAll(() => service.stop());

  test('tls_client_auth lets in whom an authority has named, through intermediates too', async () => {
    const below = await intermediate.issue({ ...NAMES, usages: ['1.3.6.1.5.5.7.3.2'] });
    const chained = { key: below.key, certificate: chainOf(below.certificate, intermediate.pem) };
    for (const certificate of [issued, chained])
      for (const id of ['named', 'subject'])
        expect(await ask(service, id, { certificate })).toMatchObject({ status: 200, token_type: 'bearer' });
  });

  test('tls_client_auth does not let in who is named by a stranger, by itself, no longer, or for a server', async () => {
    const wrong = await Promise.all([
      stranger.issue(NAMES),
      authority.issue({ ...NAMES, days: [-2, -1] }),
      authority.issue({ ...NAMES, days: [1, 2] }),
      authority.issue({ ...NAMES, usages: ['1.3.6.1.5.5.7.3.1'] }),
      authority.issue({ subject: 'CN=other' }),
    ]);
    for (const certificate of [selfSigned, ...wrong]) expect(await ask(service, 'named', { certificate })).toEqual(FAILED);
  });

  test('self_signed_tls_client_auth lets in by the registered certificate alone', async () => {
    expect(await ask(service, 'own', { certificate: selfSigned })).toMatchObject({ status: 200 });
    expect(await ask(service, 'own', { certificate: await aClientCertificate(NAMES) })).toEqual(FAILED);
    expect(await ask(service, 'own', { certificate: issued })).toEqual(FAILED);
  });

  test('a header is not believed, whoever sends it', async () => {
    const headers = { 'client-cert': headerOf(issued), 'x-ssl-client-cert': encodeURIComponent(issued.certificate) };
    expect(await ask(service, 'named', { headers })).toMatchObject({
      status: 401,
      error_description: 'Client authentication is required.',
    });
    expect(await ask(service, 'own', { headers: { 'client-cert': headerOf(selfSigned) }, certificate: issued })).toEqual(FAILED);
  });

  test('metadata names what the node can do', async () => {
    expect(await methodsOf(service)).toEqual([
      ...['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'],
    ]);
  });
});

describe('by certificates in the handshake, without authorities', () => {
  test('only those that are registered themselves count, and metadata says so', async () => {
    const tls = { mode: 'self-signed', certFile: null, keyFile: null, asksForCertificates: true } as const;
    const service = await startService({ tls, configFile: clientsWithCertificates() });
    try {
      expect(await ask(service, 'own', { certificate: selfSigned })).toMatchObject({ status: 200 });
      expect(await ask(service, 'named', { certificate: issued })).toEqual(FAILED);
      expect(await methodsOf(service)).not.toContain('tls_client_auth');
    } finally {
      await service.stop();
    }
  });
});

describe('by certificates that a proxy tells (RFC 9440)', () => {
  let service: RunningService;

  beforeAll(async () => {
    service = await startService({
      ...{ trustProxy: ['127.0.0.1', '10.0.0.0/8'], proxyClientCertificate: 'client-cert', clientAuthorities: authorities },
      configFile: clientsWithCertificates(),
    });
  });
  afterAll(() => service.stop());

  const told = (certificate: { readonly certificate: string }) => ({ 'client-cert': headerOf(certificate) });

  test('the trusted proxy is believed, and the certificate is verified all the same', async () => {
    expect(await ask(service, 'named', { headers: told(issued) })).toMatchObject({ status: 200 });
    expect(await ask(service, 'own', { headers: told(selfSigned) })).toMatchObject({ status: 200 });
    const wrong = await Promise.all([
      stranger.issue(NAMES),
      intermediate.issue(NAMES),
      authority.issue({ ...NAMES, days: [-2, -1] }),
      authority.issue({ ...NAMES, usages: ['1.3.6.1.5.5.7.3.1'] }),
    ]);
    for (const certificate of [selfSigned, ...wrong]) expect(await ask(service, 'named', { headers: told(certificate) })).toEqual(FAILED);
  });

  test('nobody else is, from the same machine or by a forwarded address', async () => {
    const required = { status: 401, error_description: 'Client authentication is required.' };
    expect(await ask(service, 'named', { headers: told(issued), from: '127.0.0.2' })).toMatchObject(required);
    const pretending = { ...told(issued), 'x-forwarded-for': '127.0.0.1' };
    expect(await ask(service, 'named', { headers: pretending, from: '127.0.0.2' })).toMatchObject(required);
  });

  test('another header, two certificates in one, and what is none are like nothing', async () => {
    const pem = encodeURIComponent(issued.certificate);
    for (const headers of [
      { 'x-ssl-client-cert': pem },
      { 'client-cert': pem },
      { 'client-cert': `${headerOf(issued)}, ${headerOf(issued)}` },
      { 'client-cert': ':AAAA:' },
    ])
      expect(await ask(service, 'named', { headers })).toMatchObject({
        status: 401,
        error_description: 'Client authentication is required.',
      });
  });

  test('authorities that are none keep the service from starting, in one line', async () => {
    const file = join(folder, 'wrong.pem');
    for (const [text, message] of [
      ['x', /the authorities of clients, must be certificates in PEM/],
      [selfSigned.certificate, /certificate 1 is not one of an authority/],
      [selfSigned.key, /holds a private key/],
    ] as const) {
      writeFileSync(file, text);
      await expect(startService({ trustProxy: ['::1'], proxyClientCertificate: 'client-cert', clientAuthorities: file })).rejects.toThrow(
        message,
      );
    }
  });
});

describe('by assertions (RFC 7523 section 2.2)', () => {
  let service: RunningService;
  let keys: Server;
  /** What the key set holds, and how it is answered. */
  let published: { body: string; delay: number; status: number };
  let fetched = 0;
  let count = 0;
  let first: { readonly privateKey: CryptoKey; readonly jwk: JWK };
  let second: typeof first;

  const keyPair = async (kid: string) => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid } };
  };
  const setOf = (...jwks: readonly JWK[]) => ({ body: JSON.stringify({ keys: jwks }), delay: 0, status: 200 });
  const urlOf = (path: string) => `http://localhost:${(keys.address() as AddressInfo).port}${path}`;

  beforeAll(async () => {
    [first, second] = [await keyPair('first'), await keyPair('second')];
    published = setOf(first.jwk);
    keys = createServer((_request, response) => {
      fetched++;
      const { body, delay, status } = published;
      setTimeout(() => response.writeHead(status, { 'content-type': 'application/json' }).end(body), delay);
    });
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
    service = await startService();
    const { host } = new URL(urlOf('/'));
    const made = await admin(service, 'PUT', `/profiles/${PROFILE}/http-clients/keys`, {
      ...{ allowedHosts: [host], allowHttp: true, allowedNetworks: ['127.0.0.0/8', '::1/128'], timeoutMilliseconds: 300 },
    });
    if (!made.ok) throw new Error(await made.text());
  });
  afterAll(async () => {
    await service.stop();
    keys.closeAllConnections();
    await new Promise((resolve) => keys.close(resolve));
  });
  afterEach(() => {
    published = setOf(first.jwk);
  });

  const assertion = (id: string, { privateKey, jwk } = first, claims: object = {}) =>
    new SignJWT({ iss: id, sub: id, aud: `${service.url}/~`, jti: `jti-${String(++count)}`, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: jwk.kid ?? '', typ: 'client-authentication+jwt' })
      .setExpirationTime('1m')
      .sign(privateKey);
  const form = (text: string) => ({
    ...grant,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: text,
  });
  const sent = async (text: string, to = service) => {
    const response = await postForm(to.url + TOKEN_PATH, form(text));
    return { status: response.status, retryAfter: response.headers.get('retry-after'), ...((await response.json()) as object) };
  };
  const byUri = (id: string) => register(service, id, { methods: ['private_key_jwt'], jwksUri: urlOf(`/${id}`) });

  test('a client is let in by keys of its own, inline or by URL, and each assertion once', async () => {
    await register(service, 'inline', { methods: ['private_key_jwt'], jwks: { keys: [first.jwk] } });
    await byUri('by-uri');
    for (const id of ['inline', 'by-uri']) {
      const text = await assertion(id);
      expect(await sent(text)).toMatchObject({ status: 200, token_type: 'bearer' });
      expect(await sent(text)).toMatchObject({ status: 401, error_description: 'The client assertion has been used before.' });
      expect(await sent(await assertion(id, second))).toMatchObject(FAILED);
    }
  });

  test('an assertion that one node has taken no other takes', async () => {
    await register(service, 'shared', { methods: ['private_key_jwt'], jwks: { keys: [first.jwk] } });
    const other = await startService({ dataDir: service.dataDir, baseUrl: service.url });
    try {
      const text = await assertion('shared');
      const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((i) => sent(text, i % 2 ? service : other)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401]);
    } finally {
      await other.stop();
    }
  });

  test('many who come at once share one fetch of the keys', async () => {
    await byUri('popular');
    published = { ...setOf(first.jwk), delay: 100 };
    fetched = 0;
    const texts = await Promise.all(Array.from({ length: 20 }, () => assertion('popular')));
    const answers = await Promise.all(texts.map((text) => sent(text)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(fetched).toBe(1);
  });

  test('forged key ids cause no flood of fetches, and junk none at all', async () => {
    await byUri('calm');
    await sent(await assertion('calm'));
    fetched = 0;
    const forged = Array.from({ length: 10 }, (_, i) => assertion('calm', { privateKey: second.privateKey, jwk: { kid: `forged-${i}` } }));
    // At once: who fails again and again is slowed.
    for (const answer of await Promise.all((await Promise.all(forged)).map((text) => sent(text)))) expect(answer).toMatchObject(FAILED);
    expect(fetched).toBeLessThanOrEqual(1);
    await byUri('untouched');
    fetched = 0;
    expect((await sent(await assertion('untouched', first, { aud: 'https://other.example' }))).status).toBe(401);
    expect((await sent(await assertion('unknown'))).status).toBe(401);
    expect(fetched).toBe(0);
  });

  test.each<[string, () => typeof published]>([
    ['that answers with an error', () => ({ ...setOf(first.jwk), status: 500 })],
    ['that is slower than the HTTP client waits', () => ({ ...setOf(first.jwk), delay: 1000 })],
    ['that is no key set', () => ({ ...setOf(), body: '<html>' })],
  ])(
    'a key set %s is 503, and the client is let in once it is mended',
    async (what, broken) => {
      const id = `broken-${what.length}`;
      await byUri(id);
      published = broken();
      expect(await sent(await assertion(id))).toMatchObject({ status: 503, retryAfter: '5', error: 'temporarily_unavailable' });
      published = setOf(first.jwk);
      // After a failure none is tried for five seconds.
      await until('the key set is asked for again', async () => (await sent(await assertion(id))).status === 200, 8000);
    },
    15_000,
  );

  test('an assertion of 60 kB is refused, and so is a parameter given twice', async () => {
    await register(service, 'plain', { methods: ['private_key_jwt'], jwks: { keys: [first.jwk] } });
    expect(await sent(await assertion('plain', first, { padding: 'x'.repeat(45_000) }))).toMatchObject({
      ...{ status: 401, error_description: 'The client assertion is too long.' },
    });
    const text = await assertion('plain');
    const twice = `${new URLSearchParams(form(text)).toString()}&client_assertion_type=x`;
    expect((await postForm(service.url + TOKEN_PATH, twice)).status).toBe(400);
    expect(await sent(text)).toMatchObject({ status: 200 });
  });
});
