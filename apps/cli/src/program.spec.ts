import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mintOpaqueToken, tokenId } from '#libs/oauth';
import { aClientCertificate } from '../../../libs/oauth/src/testing/client-certificate.ts';
import { tlsMaterial } from '../../token-service/src/certificate.ts';
import { createProgram } from './program.ts';
import { settingsOf } from './settings.ts';
import { CommandLine } from './testing/command-line.ts';
import { FakeAdminApi, FakeTerminal } from './testing/fake-admin-api.ts';

const TOKEN = 'twadm_of-the-administrator';
let line: CommandLine;
let api: FakeAdminApi;
let url: string;
let folder: string;

beforeEach(async () => {
  line = await CommandLine.open(TOKEN);
  ({ api, url, folder } = line);
});

afterEach(() => line.close());

const tokenwright: CommandLine['run'] = (args, options) => line.run(args, options);

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const sent = () => api.requests.map(({ method, path, body }) => [method, path, body === '' ? null : (JSON.parse(body) as unknown)]);

describe('the command line', () => {
  test('ends with 2 and one line when it is asked wrongly', async () => {
    for (const [args, line] of [
      [['clinet'], "tokenwright: unknown command 'clinet'"],
      [['client', 'create'], "tokenwright: missing required argument 'id'"],
      [['client', 'list', '--nope'], "tokenwright: unknown option '--nope'"],
      [['start', '--port', 'x'], 'tokenwright: --port: must be a port from 0 to 65535, not "x"'],
      [['procedure', 'activate', 'x', 'latest'], 'tokenwright: the version must be a whole number, not "latest"'],
      [['client', 'create', 'x', '--property', 'tier'], 'tokenwright: --property must be name=text, not "tier"'],
      [['client', 'create', 'x', '--jwks-uri', 'https://x'], 'tokenwright: keys and certificates need --authentication-method'],
      [
        ['client', 'create', 'x', '--authentication-method', 'tls_client_auth', '--certificate-subject', 'x.example'],
        'tokenwright: --certificate-subject must be kind=value, such as san_dns=client.example.com, not "x.example"',
      ],
      [['delegation', 'revoke'], 'tokenwright: give either an id, or --subject, --client or both'],
      [['delegation', 'revoke', 'd1', '--subject', 'alice'], 'tokenwright: give either an id, or --subject, --client or both'],
    ] as const) {
      const { code, err } = await tokenwright(args);
      expect([code, err.split('\n')[0]]).toEqual([2, line]);
    }
    expect(api.requests).toEqual([]);
  });

  test('every command explains itself with an example', () => {
    const leaves = (command: ReturnType<typeof createProgram>): ReturnType<typeof createProgram>[] =>
      command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
    const commands = leaves(createProgram(new FakeTerminal(), '1.2.3'));
    expect(commands.length).toBeGreaterThan(25);
    for (const command of commands) {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(help).toMatch(new RegExp(`Examples?:\\n(.*\\n)*?.*tokenwright.* ${command.name()}`));
    }
  });

  test('sends the administrator token, and never over plain HTTP to another machine', async () => {
    api.on('GET status', { body: { version: '1', revision: 3, ready: true } });
    expect(await tokenwright(['status'])).toMatchObject({ code: 0, out: expect.stringContaining('revision 3') });
    expect(api.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    const refused = await tokenwright(['status', '--url', 'http://admin.example.com:6749']);
    expect(refused).toMatchObject({
      code: 2,
      err: 'tokenwright: the administrator token would be readable on the way to http://admin.example.com:6749: use https\n',
    });
  });

  test('takes the token from the data directory, and says what to do without one', async () => {
    api.on('GET status', { body: { version: '1', revision: 3 } });
    const without = await tokenwright(['status'], { env: { TOKENWRIGHT_ADMIN_TOKEN: '' } });
    expect(without.code).toBe(1);
    expect(without.err).toContain('there is no administrator token');
    file('admin-token', 'twadm_from-the-file\n');
    await tokenwright(['status'], { env: { TOKENWRIGHT_ADMIN_TOKEN: '' } });
    expect(api.requests.at(-1)?.headers.authorization).toBe('Bearer twadm_from-the-file');
  });

  test('trusts the certificate in the data directory, and no other that is self-signed', async () => {
    const settings = { ...settingsOf({}, {}), dataDir: folder };
    const tls = await tlsMaterial(settings);
    if (tls === null) throw new Error('there is no certificate');
    const secure = new FakeAdminApi(tls).on('GET status', { body: { version: '1', revision: 3 } });
    const secureUrl = await secure.open();
    try {
      expect((await tokenwright(['status', '--url', secureUrl])).code).toBe(0);
      const elsewhere = await tokenwright(['status', '--url', secureUrl, '--data-dir', join(folder, 'other')]);
      expect(elsewhere).toMatchObject({ code: 1, err: expect.stringContaining('its certificate is not trusted') });
    } finally {
      await secure.close();
    }
  });

  test('says that nothing listens', async () => {
    await api.close();
    expect(await tokenwright(['status'])).toMatchObject({
      code: 1,
      err: `tokenwright: cannot reach the admin API at ${url}: nothing listens there; is the service running? Start it with: tokenwright start\n`,
    });
  });

  test('shows a refusal with its places, without control characters of others', async () => {
    api.on('POST profiles/p/clients', {
      status: 422,
      body: {
        type: 'urn:tokenwright:problem:invalid-body',
        title: 'The body does not have the right shape',
        detail: 'Nothing \u001b[31mwas changed.',
        errors: [{ pointer: '/scopes/0', message: 'profile "p" has no scope "x"' }],
      },
    });
    const { code, err } = await tokenwright(['client', 'create', 'c', '--scope', 'x']);
    expect(code).toBe(1);
    expect(err).toBe(
      'tokenwright: The body does not have the right shape: Nothing \ufffd[31mwas changed.\n  /scopes/0: profile "p" has no scope "x"\n',
    );
  });
});

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
});

describe('procedure', () => {
  test('push uploads a file under its name', async () => {
    api.on('POST procedures/phantom/versions?flow=oauth-introspect&activate=true', { status: 201, body: { version: 2, active: true } });
    const { out } = await tokenwright([
      'procedure',
      'push',
      file('phantom.js', 'function result() {}\n'),
      '--flow',
      'oauth-introspect',
      '--activate',
    ]);
    expect(out).toBe('Uploaded phantom version 2, which is active.\n');
    expect(api.requests[0]).toMatchObject({ body: 'function result() {}\n', headers: { 'content-type': 'text/javascript' } });
  });

  test('push says where in the file the check found faults', async () => {
    api.on('POST procedures/bad/versions', {
      status: 422,
      body: {
        type: 'urn:tokenwright:problem:procedure-refused',
        title: 'The procedure did not pass the check',
        detail: 'Nothing was stored.',
        findings: [{ code: 'syntax', line: 3, column: 7, message: 'Unexpected token' }],
      },
    });
    const path = file('bad.js', 'x');
    expect(await tokenwright(['procedure', 'push', path])).toMatchObject({
      code: 1,
      err: `tokenwright: The procedure did not pass the check: Nothing was stored.\n${path}:3:7: Unexpected token\n`,
    });
  });

  test('bind takes the flow of the procedure and may pin a version', async () => {
    api
      .on('GET procedures/x', { body: { id: 'x', flow: 'oauth-introspect', activeVersion: 1 } })
      .on('PUT profiles/p/endpoints/i/bindings/oauth-introspect', { body: {} });
    await tokenwright(['procedure', 'bind', 'x', '--endpoint', 'i', '--version', '3']);
    expect(sent().at(-1)?.[2]).toEqual({ procedure: 'x', version: 3 });
  });

  test('diff compares the active version with a file', async () => {
    api.on('GET procedures/x', { body: { activeVersion: 2 } }).on('GET procedures/x/versions/2/source', { body: 'one\ntwo\n' });
    expect((await tokenwright(['procedure', 'diff', 'x', file('same.js', 'one\ntwo\n')])).out).toBe('No difference.\n');
    expect((await tokenwright(['procedure', 'diff', 'x', file('other.js', 'one\n2\n')])).out).toContain('-two\n+2\n');
  });

  test('dry-run reports what the procedure answered, and fails when it did not deliver', async () => {
    const report = {
      outcome: 'fault',
      answer: { status: 500, headers: {}, body: '{"error":"server_error"}' },
      fault: { kind: 'runtime', message: 'x is not defined', line: 2, column: 5 },
      findings: [],
      issued: [],
      effects: [],
      log: [],
      usage: null,
    };
    api.on('GET procedures/x', { body: { flow: 'oauth-introspect', activeVersion: 4 } }).on('POST dry-run', { body: report });
    const { code, out } = await tokenwright(['procedure', 'dry-run', 'x', '--inactive', '--form', 'a=b']);
    expect(code).toBe(1);
    expect(out).toContain('x:2:5: runtime: x is not defined');
    expect(sent().at(-1)?.[2]).toEqual({
      profile: 'p',
      flow: 'oauth-introspect',
      program: { procedure: 'x', version: 4 },
      form: { a: 'b' },
      tokenData: null,
    });
  });
});

describe('apply and export', () => {
  test('apply sends one text with the procedure files and environment in it', async () => {
    api.on('PUT configuration', { body: { revision: 4, changes: [{ action: 'create', kind: 'client', key: 'p/gateway%40x' }] } });
    file('x.js', 'function result() {}\n');
    const path = file(
      'f.yaml',
      'profiles:\n  p: { issuer: /~, clients: { c: { secret: { env: C_SECRET } } } }\nprocedures:\n  x: { flow: oauth-introspect, file: x.js }\n',
    );
    const { out } = await tokenwright(['apply', path], { env: { C_SECRET: 'from outside' } });
    expect(out).toBe('create client "gateway@x" of "p"\nApplied as revision 4.\n');
    expect(api.requests[0]?.headers['content-type']).toBe('application/yaml');
    expect(api.requests[0]?.body).toContain('function result() {}');
    expect(api.requests[0]?.body).toContain('from outside');
  });

  test('apply reports what the service finds at its place in the file as written', async () => {
    const path = file('f.yaml', '# a\nprofiles:\n  p:\n    issuer: /~ # b\n    clients: { c: {} }\n');
    api.on('PUT configuration?dryRun=true', {
      status: 422,
      body: { title: 'Invalid', errors: [{ pointer: '/profiles/p/clients/c', line: 5, column: 16, message: 'is in the way' }] },
    });
    expect(await tokenwright(['apply', path, '--dry-run'])).toMatchObject({
      code: 1,
      err: `tokenwright: ${path}:5:16: /profiles/p/clients/c: is in the way\n`,
    });
  });

  test('apply reports what the text alone shows to be wrong together with what only the service can find, and changes nothing', async () => {
    const path = file(
      'f.yaml',
      'profils: {}\nprocedures:\n  x: { flow: oauth-introspect, file: nope.js }\nprofiles:\n  p: { issuer: /~ }\n',
    );
    const unknown = { pointer: '/profils', line: 1, column: 1, message: 'unknown key "profils"; did you mean "profiles"?' };
    const withoutFiles = { pointer: '/procedures/x/file', line: 3, column: 38, message: 'cannot read "nope.js": no files here' };
    const inTheWay = { pointer: '/profiles/p', line: 5, column: 3, message: 'is in the way' };
    api.on('PUT configuration?dryRun=true', { status: 422, body: { title: 'Invalid', errors: [unknown, withoutFiles, inTheWay] } });
    expect(await tokenwright(['apply', path])).toMatchObject({
      code: 1,
      err: [
        `tokenwright: ${path}:1:1: /profils: unknown key "profils"; did you mean "profiles"?`,
        `${path}:3:38: /procedures/x/file: cannot read "nope.js": there is no such file`,
        `${path}:5:3: /profiles/p: is in the way`,
        '',
      ].join('\n'),
    });
    expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT configuration?dryRun=true']);
  });

  test('apply warns of what is less safe than it may seem, beside its answer', async () => {
    const warnings = [{ kind: 'endpoint', key: 'p/validate', message: 'tells claims without authentication' }];
    api.on('PUT configuration', { body: { revision: 4, changes: [], warnings } });
    expect(await tokenwright(['apply', file('f.yaml', 'profiles: {}\n')])).toMatchObject({
      code: 0,
      out: 'Nothing to change: revision 4 has all that the file says.\n',
      err: 'tokenwright: warning: endpoint "validate" of "p": tells claims without authentication\n',
    });
  });

  test('delegations of a subject at one client are revoked at once', async () => {
    api.on('POST profiles/main/revocations', { body: { delegations: 3 } });
    const { out } = await tokenwright(['delegation', 'revoke', '--subject', 'alice', '--client', 'web', '--profile', 'main']);
    expect(out).toBe('Revoked 3 delegations.\n');
    expect(sent().at(-1)).toEqual(['POST', 'profiles/main/revocations', { subject: 'alice', clientId: 'web' }]);
  });

  test('apply never applies a file with problems, even if the service finds none', async () => {
    api.on('PUT configuration?dryRun=true', { body: { revision: 4, changes: [] } });
    const path = file('f.yaml', 'profils: {}\n');
    expect(await tokenwright(['apply', path])).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`${path}:1:1: /profils`) });
  });

  test('apply says when the service could not be asked for further problems', async () => {
    await api.close();
    const path = file('f.yaml', 'profils: {}\n');
    const { code, err } = await tokenwright(['apply', path]);
    expect(code).toBe(1);
    expect(err.split('\n')).toEqual([
      expect.stringContaining('there may be more problems that only the service could find: cannot reach the admin API'),
      `tokenwright: ${path}:1:1: /profils: unknown key "profils"; did you mean "profiles"?`,
      '',
    ]);
  });

  test('export writes for its owner alone, and over earlier exports only', async () => {
    const text = '# The configuration of a Tokenwright service at revision 1\nprofiles: {}\n';
    api.on('GET configuration', { body: text });
    expect((await tokenwright(['export'])).out).toBe(text);
    const path = join(folder, 'export.yaml');
    expect((await tokenwright(['export', path])).code).toBe(0);
    expect((await tokenwright(['export', path])).code).toBe(0);
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual([text, 0o600]);
    const mine = file('mine.yaml', '# mine\n');
    expect(await tokenwright(['export', mine])).toMatchObject({
      code: 1,
      err: `tokenwright: ${mine} exists and is no export; write over it with --force\n`,
    });
    expect((await tokenwright(['export', mine, '--force'])).code).toBe(0);
  });
});

describe('tokens, keys and administrators', () => {
  test('token revoke sends the id of a token, not the token', async () => {
    const { value, key } = mintOpaqueToken('access_token', 1_800_000_000);
    api.on(`DELETE profiles/p/tokens/${tokenId(key)}`, { status: 204 });
    for (const token of [value, tokenId(key), `x.${Buffer.from(JSON.stringify({ jti: `${tokenId(key)}.abc` })).toString('base64url')}.y`]) {
      expect((await tokenwright(['token', 'revoke', token])).code).toBe(0);
      expect(api.requests.at(-1)?.path).toBe(`profiles/p/tokens/${tokenId(key)}`);
    }
    expect((await tokenwright(['token', 'revoke', 'nonsense'])).code).toBe(2);
  });

  test('key rotate names the keys', async () => {
    api.on('POST profiles/p/keys/rotate', { body: { activated: { kid: 'b' }, retired: { kid: 'a' }, next: { kid: 'c' } } });
    expect((await tokenwright(['key', 'rotate'])).out).toBe('STATE    KID\nactive   b\nretired  a\nnext     c\n');
    expect(sent().at(-1)?.[2]).toEqual({ algorithm: 'ES256', emergency: false });
  });

  test('key rotate too early says so once', async () => {
    const body = {
      type: 'urn:tokenwright:problem:rotation-too-early',
      title: 'The next key was published too recently',
      detail: 'the next key was published too recently: verifiers may not know it for another 60 seconds',
    };
    api.on('POST profiles/p/keys/rotate', { status: 409, body });
    expect(await tokenwright(['key', 'rotate'])).toMatchObject({ code: 1, err: `tokenwright: ${body.detail}\n` });
  });

  test('admin create shows the token once', async () => {
    api.on('POST administrators', { status: 201, body: { id: 'alice', role: 'author', token: 'twadm_x' } });
    expect((await tokenwright(['admin', 'create', 'alice', '--role', 'author'])).out).toBe(
      'Created administrator alice.\nThe token, shown this once: twadm_x\n',
    );
    expect((await tokenwright(['admin', 'create', 'alice', '--role', 'king'])).code).toBe(2);
  });

  test('admin reset-token makes no database where there is none', async () => {
    const data = join(folder, 'data');
    mkdirSync(data);
    const { code, err } = await tokenwright(['admin', 'reset-token', '--data-dir', data]);
    expect(code).toBe(1);
    expect(err).toContain(`there is no database in ${data}`);
    expect(existsSync(join(data, 'tokenwright.db'))).toBe(false);
  });
});
