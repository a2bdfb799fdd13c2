import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { certificateThumbprint } from '#libs/oauth';
import { aClientCertificate, type TestCertificate } from '../../libs/oauth/src/testing/client-certificate.ts';
import { aCode, AUTHORIZE_PATH, CALLBACK, formOf, redeeming, refreshing, type Answered, type Parameters } from '../support/code-flow.ts';
import { Person } from '../support/person.ts';
import { GATEWAY, postForm, startService, type RunningService } from '../support/running-service.ts';
import { TOKEN_PATH } from '../support/wire-service.ts';

/** Tokens that are good with one TLS certificate alone, over connections that show it. RFC 8705 sections 3 and 4. */

const USERINFO = '/userinfo';
const folder = mkdtempSync(join(tmpdir(), 'tokenwright-bound-'));
let service: RunningService;
let own: TestCertificate;
let other: TestCertificate;
let ca: string;
let alice: Person;

const thumbprint = ({ certificate }: TestCertificate) => certificateThumbprint(new X509Certificate(certificate));

beforeAll(async () => {
  own = await aClientCertificate();
  other = await aClientCertificate();
  const configFile = join(folder, 'bound.yaml');
  writeFileSync(
    configFile,
    `
profiles:
  token-service:
    issuer: /~
    scopes: { openid: {} }
    endpoints:
      oauth-token: { path: ${TOKEN_PATH} }
      oauth-authorize: { path: ${AUTHORIZE_PATH} }
      oauth-introspect: { path: /introspection }
      oauth-userinfo: { path: ${USERINFO} }
      user-pages: { path: /people }
    clients:
      gateway_client: { secret: Secr3t!, capabilities: [introspection] }
      server:
        capabilities: [client-credentials]
        authentication: { methods: [self_signed_tls_client_auth], certificates: [${thumbprint(own)}] }
        boundAccessTokens: certificate
      public:
        capabilities: [authorization-code, refresh-token]
        scopes: [openid]
        authentication: { methods: [none] }
        boundAccessTokens: certificate
        authorizationCode: { redirectUris: ['${CALLBACK}'], consent: false }
`,
  );
  service = await startService({ configFile, tls: { mode: 'self-signed', certFile: null, keyFile: null, asksForCertificates: true } });
  ca = readFileSync(service.node.certFile ?? '', 'utf8');
  setDefaultCACertificates([...getCACertificates('bundled'), ca]);
  alice = await Person.withAccount(service, 'alice');
}, 60_000);
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** One request on a connection of its own. */
function ask(
  path: string,
  certificate: TestCertificate | null,
  { form, headers = {} }: { readonly form?: Parameters; readonly headers?: Readonly<Record<string, string>> },
): Promise<Answered> {
  const body = form === undefined ? null : formOf({ ...form, client_secret: null }).toString();
  const shown = certificate === null ? {} : { cert: certificate.certificate, key: certificate.key };
  const type = body === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const sending = request(service.url + path, {
      ...{ method: body === null ? 'GET' : 'POST', headers: { ...type, ...headers }, ca, ...shown, agent: new Agent({ keepAlive: false }) },
    });
    sending.on('error', reject).on('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ ...(JSON.parse(text === '' ? '{}' : text) as object), status: response.statusCode ?? 0 }));
    });
    sending.end(body ?? undefined);
  });
}

async function introspected(token: string): Promise<Answered> {
  return (await (await postForm(`${service.url}/introspection`, { token }, { as: GATEWAY })).json()) as Answered;
}

describe('a token that is bound to a certificate', () => {
  test('names it, in its data and its JWT (section 3.1)', async () => {
    const grant = { grant_type: 'client_credentials', client_id: 'server' };
    const { access_token: token = '' } = await ask(TOKEN_PATH, own, { form: grant });
    expect((await introspected(token))['cnf']).toEqual({ 'x5t#S256': thumbprint(own) });
    expect(await ask(TOKEN_PATH, other, { form: grant })).toMatchObject({ status: 401, error: 'invalid_client' });
  });

  test('opens userinfo over a connection that shows it, and no other (section 3)', async () => {
    const { access_token: token = '' } = await ask(TOKEN_PATH, own, {
      form: redeeming(await aCode(service.url, alice, 'public', { scope: 'openid' })),
    });
    const headers = { authorization: `Bearer ${token}` };
    expect(await ask(USERINFO, own, { headers })).toMatchObject({ status: 200, sub: expect.any(String) });
    for (const certificate of [other, null]) expect((await ask(USERINFO, certificate, { headers })).status).toBe(401);
    // What a client says in a header is no handshake.
    const told = { 'client-cert': `:${new X509Certificate(own.certificate).raw.toString('base64')}:` };
    expect((await ask(USERINFO, null, { headers: { ...headers, ...told } })).status).toBe(401);
  });

  test('is refreshed by who shows it, where nothing else tells whose it is (section 4)', async () => {
    const code = redeeming(await aCode(service.url, alice, 'public', { scope: 'openid' }));
    expect(await ask(TOKEN_PATH, null, { form: code })).toMatchObject({ status: 400, error: 'invalid_request' });
    const { refresh_token: refresh = '' } = await ask(TOKEN_PATH, own, { form: code });
    const form = refreshing(refresh, 'public');
    expect(await ask(TOKEN_PATH, other, { form })).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await ask(TOKEN_PATH, null, { form })).toMatchObject({ status: 400, error: 'invalid_request' });
    const next = await ask(TOKEN_PATH, own, { form });
    expect((await introspected(next.access_token ?? ''))['cnf']).toEqual({ 'x5t#S256': thumbprint(own) });
    // The answer that is kept is for nobody else.
    expect((await ask(TOKEN_PATH, other, { form })).status).toBe(400);
  });

  test('is to be had here, metadata says (section 3.3)', async () => {
    expect(await ask('/.well-known/oauth-authorization-server/~', null, {})).toMatchObject({
      tls_client_certificate_bound_access_tokens: true,
    });
  });
});
