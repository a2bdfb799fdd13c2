import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { mintOpaqueToken, tokenId } from '#libs/oauth';
import { tlsMaterial } from '../../token-service/src/certificate.ts';
import { createProgram } from './program.ts';
import { settingsOf } from './settings.ts';
import { CommandLine, idle } from './testing/command-line.ts';
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
const file: CommandLine['file'] = (name, text) => line.file(name, text);
const sent: CommandLine['sent'] = () => line.sent();

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
    const secure = idle(new FakeAdminApi(tls)).on('GET status', { body: { version: '1', revision: 3 } });
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

  test('admin sessions lists where administrators are signed in, and end-sessions ends it, for ids of OpenID Connect too', async () => {
    const id = 'oidc:alice/1';
    const session = { id: 's', administrator: id, role: 'read', by: 'openid-connect', address: '::1', lastSeen: 0, endsAt: 60 };
    const path = 'administrators/oidc%3Aalice%2F1/sessions';
    for (const list of ['sessions', path]) api.on(`GET ${list}`, { body: { items: [session], next: null } });
    for (const args of [[], [id]]) {
      const { code, out } = await tokenwright(['admin', 'sessions', ...args]);
      expect([code, out]).toEqual([0, expect.stringMatching(/oidc:alice\/1 +read +openid-connect +::1/)]);
    }
    api.on(`DELETE ${path}`, { body: { sessions: 2 } }).on(`DELETE ${path}/s`, { status: 204 });
    expect((await tokenwright(['admin', 'end-sessions', id])).out).toBe(
      `Administrator ${id} is signed out of the pages; there were 2 sessions.\n`,
    );
    expect((await tokenwright(['admin', 'end-sessions', id, '--session', 's'])).out).toBe(`Ended session s of ${id}.\n`);
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
