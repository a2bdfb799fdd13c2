import { X509Certificate } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import type { CertificateSubject, ClientAuthenticationSettings } from '../configuration/client-authentication-settings.ts';
import { aClientCertificate, TestClientAuthority } from '../testing/client-certificate.ts';
import {
  aRequest,
  clientOf,
  gatewayOf,
  INTROSPECTION,
  jsonOf,
  profileOf,
  REVOCATION,
  SECRET,
  ServiceUnderTest,
  TOKEN,
} from '../testing/service-builder.ts';
import { certificateThumbprint, type ClientCertificate } from '../transport/client-certificate.ts';
import type { OAuthResponse } from '../transport/exchange.ts';

const settings = (members: Partial<ClientAuthenticationSettings>): ClientAuthenticationSettings => ({
  ...{ methods: ['tls_client_auth'], jwks: null, jwksUri: null, certificateSubject: null, certificates: [] },
  ...members,
});
const FAILED = { status: 401, error: 'invalid_client', error_description: 'Client authentication failed.' };
const REQUIRED = { status: 401, error: 'invalid_client', error_description: 'Client authentication is required.' };
const shown = (response: OAuthResponse) => ({ status: response.status, ...jsonOf(response) });

let world: ServiceUnderTest;
let certificate: X509Certificate;
let other: X509Certificate;

beforeAll(async () => {
  const authority = await TestClientAuthority.make();
  const issued = async (alternative: string) =>
    new X509Certificate(
      (
        await authority.issue({
          subject: `C=SE, O=Example, CN=${alternative}.example`,
          alternative: [
            { type: 'dns', value: `${alternative}.example` },
            { type: 'dns', value: '*.wild.example' },
            { type: 'url', value: `https://${alternative}.example/id` },
            { type: 'url', value: 'urn:x:a, URI:https://victim.example/id' },
            { type: 'ip', value: '2001:db8::7' },
            { type: 'ip', value: '192.0.2.7' },
            { type: 'email', value: `ops@${alternative}.example` },
          ],
        })
      ).certificate,
    );
  certificate = await issued('reports');
  other = await issued('other');
});

beforeEach(async () => {
  world = await ServiceUnderTest.open();
});

function ask(
  shownCertificate: ClientCertificate | null,
  form: Readonly<Record<string, string>> = {},
  path = TOKEN,
): Promise<OAuthResponse> {
  const all = { grant_type: 'client_credentials', client_id: 'app', ...form };
  return world.handle(aRequest(path, all, { clientCertificate: () => shownCertificate }));
}
const trusted = (one: X509Certificate): ClientCertificate => ({ certificate: one, isTrusted: true });
const register = (members: Partial<ClientAuthenticationSettings>) =>
  world.change(put('client', clientOf('app', { secrets: [], authentication: settings(members) })));
const named = (kind: CertificateSubject['kind'], value: string) => register({ certificateSubject: { kind, value } });

describe('tls_client_auth (RFC 8705 section 2.1)', () => {
  test.each<[CertificateSubject['kind'], string]>([
    ['subject_dn', 'CN=reports.example,O=Example,C=SE'],
    ['san_dns', 'reports.example'],
    ['san_dns', 'REPORTS.example'],
    ['san_uri', 'https://reports.example/id'],
    ['san_uri', 'urn:x:a, URI:https://victim.example/id'],
    ['san_ip', '2001:db8::7'],
    ['san_ip', '2001:DB8:0:0:0:0:0:7'],
    ['san_ip', '192.0.2.7'],
    ['san_email', 'ops@reports.example'],
  ])('lets in the client whose certificate has the %s %s', async (kind, value) => {
    await named(kind, value);
    expect((await ask(trusted(certificate))).status).toBe(200);
  });

  test.each<[string, CertificateSubject['kind'], string]>([
    ['part of the subject', 'subject_dn', 'CN=reports.example'],
    ['the subject in another order', 'subject_dn', 'C=SE,O=Example,CN=reports.example'],
    ['another DNS name', 'san_dns', 'a.reports.example'],
    ['a DNS name that a wildcard would cover', 'san_dns', 'a.wild.example'],
    ['the common name as a DNS name', 'san_dns', 'Example'],
    ['a URI that only looks like a name of its own', 'san_uri', 'https://victim.example/id'],
    ['a URI of the same beginning', 'san_uri', 'https://reports.example/'],
    ['another address', 'san_ip', '192.0.2.8'],
    ['another e-mail address', 'san_email', 'root@reports.example'],
  ])('does not let in by %s', async (_what, kind, value) => {
    await named(kind, value);
    expect(shown(await ask(trusted(certificate)))).toEqual(FAILED);
    expect(world.service.failedAuthentications.count).toBe(1);
  });

  test('does not let in by a certificate that no authority of ours stands behind, whatever it says', async () => {
    await named('san_dns', 'reports.example');
    expect(shown(await ask({ certificate, isTrusted: false }))).toEqual(FAILED);
    expect(shown(await ask(trusted(other)))).toEqual(FAILED);
  });

  test('needs client_id, and works wherever clients authenticate', async () => {
    await named('san_dns', 'reports.example');
    const { certificateSubject } = settings({ certificateSubject: { kind: 'san_dns', value: 'reports.example' } });
    await world.change(put('client', gatewayOf('gateway', {}, { secrets: [], authentication: settings({ certificateSubject }) })));
    const token = String(jsonOf(await ask(trusted(certificate)))['access_token']);
    expect(shown(await ask(trusted(certificate), { client_id: '' }))).toEqual(REQUIRED);
    const introspected = () => ask(trusted(certificate), { client_id: 'gateway', token }, INTROSPECTION);
    expect(jsonOf(await introspected())).toMatchObject({ active: true });
    expect((await ask(trusted(certificate), { token }, REVOCATION)).status).toBe(200);
    expect(jsonOf(await introspected())).toEqual({ active: false });
  });
});

describe('self_signed_tls_client_auth (RFC 8705 section 2.2)', () => {
  test('lets in by a registered thumbprint, whoever has signed it', async () => {
    await register({ methods: ['self_signed_tls_client_auth'], certificates: [certificateThumbprint(certificate)] });
    expect((await ask({ certificate, isTrusted: false })).status).toBe(200);
    expect(shown(await ask(trusted(other)))).toEqual(FAILED);
  });

  test('lets in by the first certificate of a registered key, and by no other of it', async () => {
    const own = new X509Certificate((await aClientCertificate()).certificate);
    const jwk = own.publicKey.export({ format: 'jwk' });
    const x5c = [own, certificate].map(({ raw }) => raw.toString('base64'));
    await register({ methods: ['self_signed_tls_client_auth'], jwks: { keys: [{ ...jwk, x5c }] } });
    expect((await ask({ certificate: own, isTrusted: false })).status).toBe(200);
    expect(shown(await ask({ certificate, isTrusted: false }))).toEqual(FAILED);
  });

  test('a thumbprint is of no use to a client that is not registered for the method', async () => {
    const subject = { kind: 'san_dns', value: 'a.example' } as const;
    // Configurations like this are refused: it is how one would look that was let through.
    const authentication = settings({ certificateSubject: subject, certificates: [certificateThumbprint(certificate)] });
    await expect(world.change(put('client', clientOf('app', { secrets: [], authentication })))).rejects.toThrow(
      'self_signed_tls_client_auth only',
    );
  });
});

describe('a certificate and other methods', () => {
  test('beside a secret is no second method: tokens may be bound to it (RFC 8705 section 3)', async () => {
    expect((await ask(trusted(certificate), { client_secret: SECRET })).status).toBe(200);
    expect(shown(await ask(trusted(certificate), { client_secret: 'wrong' }))).toEqual(FAILED);
  });

  test('does not stand in for a wrong secret of a client that has both', async () => {
    await register({
      methods: ['client_secret_post', 'tls_client_auth'],
      certificateSubject: { kind: 'san_dns', value: 'reports.example' },
    });
    expect((await ask(trusted(certificate))).status).toBe(200);
    expect(shown(await ask(trusted(certificate), { client_secret: 'wrong' }))).toEqual(FAILED);
  });

  test('unknown clients, disabled ones and those with other methods are told by nothing', async () => {
    await world.change(
      put(
        'client',
        clientOf('off', {
          enabled: false,
          secrets: [],
          authentication: settings({ certificateSubject: { kind: 'san_dns', value: 'reports.example' } }),
        }),
      ),
    );
    for (const client_id of ['nobody', 'off', 'app', 'gateway']) {
      expect(shown(await ask(trusted(certificate), { client_id }))).toEqual(FAILED);
      expect(shown(await ask(null, { client_id }))).toEqual(REQUIRED);
    }
  });
});

describe('public clients (none; RFC 6749 section 2.1)', () => {
  const publicClient = (members: Parameters<typeof clientOf>[1] = {}) =>
    clientOf('spa', { secrets: [], capabilities: [], authentication: settings({ methods: ['none'] }), ...members });

  test('name themselves and are believed, wherever they may do something', async () => {
    await world.change(put('client', publicClient()));
    expect((await ask(null, { client_id: 'spa', token: 'unknown' }, REVOCATION)).status).toBe(200);
    expect((await ask(trusted(certificate), { client_id: 'spa', token: 'unknown' }, REVOCATION)).status).toBe(200);
  });

  test("may revoke their own tokens and nobody else's (RFC 7009 section 2.1)", async () => {
    await world.change(put('client', publicClient()));
    const token = await world.token();
    expect(shown(await ask(null, { client_id: 'spa', token }, REVOCATION))).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  test('may neither introspect nor use client credentials (RFC 7662 section 2.1, RFC 6749 section 4.4)', async () => {
    await world.change(put('client', publicClient()));
    expect(shown(await ask(null, { client_id: 'spa', token: 'x' }, INTROSPECTION))).toMatchObject({
      status: 403,
      error: 'unauthorized_client',
    });
    expect(shown(await ask(null, { client_id: 'spa' }))).toMatchObject({ status: 400, error: 'unauthorized_client' });
    for (const capability of ['introspection', 'client-credentials'] as const)
      await expect(world.change(put('client', publicClient({ capabilities: [capability] })))).rejects.toThrow('a public client');
  });

  test('are those that are registered so, and no others', async () => {
    await world.change(put('profile', profileOf()), put('client', clientOf('secretless', { secrets: [], capabilities: [] })));
    expect(shown(await ask(null, { client_id: 'secretless', token: 'x' }, REVOCATION))).toEqual(REQUIRED);
    expect(shown(await ask(null, { client_id: 'app', token: 'x' }, REVOCATION))).toEqual(REQUIRED);
  });

  test('have no secret that could be right', async () => {
    await world.change(put('client', publicClient()));
    const basic = { authorization: `Basic ${Buffer.from('spa:x').toString('base64')}` };
    expect(shown(await world.post(REVOCATION, { token: 'x' }, basic))).toEqual(FAILED);
    expect(shown(await ask(null, { client_id: 'spa', client_secret: 'x', token: 'x' }, REVOCATION))).toEqual(FAILED);
    const empty = { authorization: `Basic ${Buffer.from('spa:').toString('base64')}` };
    expect(shown(await world.post(REVOCATION, { token: 'x' }, empty))).toEqual(FAILED);
  });
});
