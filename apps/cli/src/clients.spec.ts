import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash, X509Certificate } from 'node:crypto';
import { aClientCertificate } from '../../../libs/oauth/src/testing/client-certificate.ts';
import { CommandLine } from './testing/command-line.ts';
import type { FakeAdminApi } from './testing/fake-admin-api.ts';

const TOKEN = 'twadm_of-the-administrator';
let line: CommandLine;
let api: FakeAdminApi;

beforeEach(async () => {
  line = await CommandLine.open(TOKEN);
  ({ api } = line);
});

afterEach(() => line.close());

const tokenwright: CommandLine['run'] = (args, options) => line.run(args, options);
const file: CommandLine['file'] = (name, text) => line.file(name, text);
const sent: CommandLine['sent'] = () => line.sent();

describe('client', () => {
  test('is created with methods of authentication, keys and certificates of its own', async () => {
    api.on('POST profiles/p/clients', { status: 201, body: { id: 'c' } });
    const { certificate } = await aClientCertificate();
    const { out } = await tokenwright([
      ...['client', 'create', 'c', '--authentication-method', 'private_key_jwt', '--authentication-method', 'tls_client_auth'],
      ...['--authentication-method', 'self_signed_tls_client_auth', '--jwks-file', file('jwks.json', '{"keys":[{"kty":"EC"}]}')],
      ...['--certificate-subject', 'subject_dn=CN=c,O=x', '--certificate', file('c.pem', certificate)],
    ]);
    expect(out).toBe('Created client c.\n');
    expect(sent().slice(-1)).toEqual([
      [
        'POST',
        'profiles/p/clients',
        {
          id: 'c',
          authentication: {
            methods: ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'],
            jwks: { keys: [{ kty: 'EC' }] },
            certificateSubject: { kind: 'subject_dn', value: 'CN=c,O=x' },
            certificates: [createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url')],
          },
        },
      ],
    ]);
    for (const [flag, name, message] of [
      ['--jwks-file', 'bad.json', 'must hold JSON'],
      ['--certificate', 'bad.pem', 'must hold a certificate in PEM'],
    ] as const) {
      const { code, err } = await tokenwright(['client', 'create', 'd', '--authentication-method', 'none', flag, file(name, 'x')]);
      expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    }
  });

  test('create sends what is said and shows a generated secret once', async () => {
    api.on('POST profiles/p/clients', { status: 201, body: { id: 'c', secret: 'generated' } });
    const { out } = await tokenwright([
      'client',
      'create',
      'c',
      '--capability',
      'client-credentials',
      '--scope',
      'read',
      '--scope',
      'write',
      '--property',
      'tier=go=ld',
      '--access-token-lifetime',
      '60',
    ]);
    expect(out).toBe('Created client c.\nIts secret, shown this once: generated\n');
    expect(sent().at(-1)).toEqual([
      'POST',
      'profiles/p/clients',
      { id: 'c', capabilities: ['client-credentials'], scopes: ['read', 'write'], properties: { tier: 'go=ld' }, accessTokenLifetime: 60 },
    ]);
  });

  test('create takes a chosen secret from a flag, a file or the standard input, and does not repeat it', async () => {
    api.on('POST profiles/p/clients', { status: 201, body: { id: 'c', secret: 'Secr3t!' } });
    for (const args of [
      ['--secret', 'Secr3t!'],
      ['--secret-file', file('secret', 'Secr3t!\n')],
      ['--secret-file', '-'],
    ]) {
      const { out } = await tokenwright(['client', 'create', 'c', ...args], { input: 'Secr3t!\n' });
      expect(out).toBe('Created client c.\n');
      expect(sent().at(-1)?.[2]).toEqual({ id: 'c', secret: 'Secr3t!' });
    }
    await tokenwright(['client', 'create', 'c', '--no-secret']);
    expect(sent().at(-1)?.[2]).toEqual({ id: 'c', secret: null });
  });

  test('escapes ids in paths', async () => {
    api.on('DELETE profiles/a%2Fb/clients/c%3Fd', { status: 204 });
    expect((await tokenwright(['client', 'delete', 'c?d', '--profile', 'a/b'])).out).toBe('Deleted client c?d.\n');
  });

  test('asks which profile when there are several', async () => {
    api.list('profiles', [{ id: 'p' }, { id: 'q' }]);
    expect(await tokenwright(['client', 'list'])).toMatchObject({ code: 2, err: 'tokenwright: say which profile with --profile: p, q\n' });
  });

  test('list follows the pages', async () => {
    const client = (id: string) => ({ id, name: id, enabled: true, capabilities: [], scopes: [], origin: 'api' });
    api
      .on('GET profiles/p/clients', { body: { items: [client('a')], next: 'x/y' } })
      .on('GET profiles/p/clients?after=x%2Fy', { body: { items: [client('b')], next: null } });
    const { out } = await tokenwright(['client', 'list', '--json']);
    expect((JSON.parse(out) as { id: string }[]).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  test('rotate-secret shows the new secret', async () => {
    api.on('POST profiles/p/clients/c/secrets?takeOver=true', { status: 201, body: { secret: 'new' } });
    expect((await tokenwright(['client', 'rotate-secret', 'c', '--expire-others-in', '0', '--take-over'])).out).toContain('new');
    expect(sent().at(-1)?.[2]).toEqual({ expireOthersIn: 0 });
  });

  const reports = {
    ...{ profile: 'p', id: 'reports', name: 'Reports', origin: 'api', enabled: true, scopes: ['read'], accessTokenLifetime: 60 },
    secrets: [{ id: 's1', createdAt: 1, expiresAt: null }],
  };

  test('set changes what flags say, keeps the rest, and only if nobody else has changed it since', async () => {
    api
      .on('GET profiles/p/clients/reports', { body: reports, headers: { etag: '"7"' } })
      .on('PUT profiles/p/clients/reports', { body: reports });
    const { out } = await tokenwright([
      ...['client', 'set', 'reports', '--scope', 'read', '--scope', 'write', '--disable', '--reset', 'accessTokenLifetime'],
    ]);
    expect(out).toBe('Client reports is as you said.\n');
    expect(sent().at(-1)?.[2]).toEqual({ name: 'Reports', enabled: false, scopes: ['read', 'write'] });
    expect(api.requests.at(-1)?.headers['if-match']).toBe('"7"');
  });

  test('set says that somebody else was faster', async () => {
    api.on('GET profiles/p/clients/reports', { body: reports, headers: { etag: '"7"' } }).on('PUT profiles/p/clients/reports', {
      status: 412,
      body: { type: 'urn:tokenwright:problem:precondition-failed', title: 'A precondition failed', detail: 'It was changed.' },
    });
    expect(await tokenwright(['client', 'set', 'reports', '--enable'])).toMatchObject({
      code: 1,
      err: 'tokenwright: somebody else has changed client "reports" meanwhile, so nothing was changed: look at it, and try again\n',
    });
  });

  test('set replaces all but the secrets by a file, as show gives it', async () => {
    api.on('PUT profiles/p/clients/reports?takeOver=true', { body: reports });
    const path = file('it.json', JSON.stringify({ ...reports, enabled: false }));
    await tokenwright(['client', 'set', 'reports', path, '--take-over']);
    expect(sent().at(-1)?.[2]).toEqual({ name: 'Reports', enabled: false, scopes: ['read'], accessTokenLifetime: 60 });
    expect(api.requests.at(-1)?.headers).not.toHaveProperty('if-match');
  });

  test('set asks for either a file or flags, and for members that there are', async () => {
    api.on('GET profiles/p/clients/reports', { body: reports });
    for (const [args, message] of [
      [[], 'say what to change, with flags or a file'],
      [[file('it.yaml', 'name: x'), '--scope', 'read'], 'give either a file or flags with members'],
      [['--reset', 'scope'], 'a client has no member "scope"'],
      [['--reset', 'scopes', '--scope', 'x'], '--reset scopes goes without a flag that says it'],
      [['--enable', '--disable'], 'cannot be used with option'],
    ] as const)
      expect(await tokenwright(['client', 'set', 'reports', ...args])).toMatchObject({ code: 2, err: expect.stringContaining(message) });
    expect(api.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  test('delete-secret takes one secret away', async () => {
    api.on('DELETE profiles/p/clients/c/secrets/a%2Bb?takeOver=true', { status: 204 });
    const { out } = await tokenwright(['client', 'delete-secret', 'c', 'a+b', '--take-over']);
    expect(out).toBe('Client c has the secret a+b no more.\n');
  });
});
