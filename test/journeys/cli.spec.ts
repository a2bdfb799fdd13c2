import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FormSender, tokenIn } from '../support/load.ts';
import {
  connection,
  dispose,
  startProduct,
  tokenwright,
  type CommandOptions,
  type Ended,
  type ProductProcess,
} from '../support/product-process.ts';

let product: ProductProcess;
let sender: FormSender;
let folder: string;
beforeAll(async () => {
  product = await startProduct();
  sender = new FormSender(product.port);
  folder = mkdtempSync(join(tmpdir(), 'tokenwright-files-'));
}, 60_000);
afterAll(async () => {
  sender.close();
  rmSync(folder, { recursive: true, force: true });
  await dispose(product);
}, 30_000);

/** Runs a command against the product. */
const run = (args: readonly string[], options: CommandOptions = {}) => tokenwright([...args, ...connection(product)], options);

/** The same, which must succeed. */
async function done(args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, out, err } = await run(args, options);
  if (code !== 0) throw new Error(`tokenwright ${args.join(' ')}: exit code ${String(code)}\n${out}${err}`);
  return out;
}

const JSON_ANSWER = async (token: string) => JSON.parse((await sender.introspect(token)).text) as Record<string, unknown>;
const oneLine = ({ err }: Ended) => expect(err).toMatch(/^tokenwright: [^\n]+\n$/);

describe('client', () => {
  test("create makes a client that works at once, with a secret of one's choice or a generated one shown once", async () => {
    expect(await done(['client', 'create', 'chosen', '--secret', 'Ch0sen!', '--capability', 'introspection'])).toBe(
      'Created client chosen.\n',
    );
    const [, secret = ''] =
      /shown this once: (\S+)/.exec(
        await done(['client', 'create', 'generated', '--capability', 'client-credentials', '--scope', 'read', '--property', 'tier=gold']),
      ) ?? [];
    const answer = await sender.post('/oauth/v2/oauth-token', {
      grant_type: 'client_credentials',
      client_id: 'generated',
      client_secret: secret,
    });
    expect(answer.status).toBe(200);
    const seen = await sender.post('/introspection', { token: tokenIn(answer), client_id: 'chosen', client_secret: 'Ch0sen!' });
    expect(JSON.parse(seen.text)).toMatchObject({ active: true, client_id: 'generated' });
    expect(await done(['client', 'show', 'generated'])).not.toContain(secret);
  }, 30_000);

  test('rotate-secret keeps the old secret until it is told to end it', async () => {
    await done(['client', 'create', 'rotating', '--secret', 'first-one', '--capability', 'introspection']);
    await done(['client', 'rotate-secret', 'rotating', '--secret-file', '-'], { input: 'second-one\n' });
    const tries = async () =>
      Promise.all(
        ['first-one', 'second-one', 'third-one'].map(
          async (secret) => (await sender.post('/introspection', { token: 'x', client_id: 'rotating', client_secret: secret })).status,
        ),
      );
    expect(await tries()).toEqual([200, 200, 401]);
    expect((await run(['client', 'rotate-secret', 'rotating', '--secret', 'third-one'])).code).toBe(1);
    await done(['client', 'delete', 'rotating']);
    expect(await tries()).toEqual([401, 401, 401]);
  }, 30_000);

  test('set changes what it is told of a client that is there, and delete-secret takes one secret of two', async () => {
    await done(['client', 'create', 'changing', '--secret', 'first-one', '--capability', 'introspection', '--property', 'tier=gold']);
    const answers = async (secret: string) =>
      (await sender.post('/introspection', { token: 'x', client_id: 'changing', client_secret: secret })).status;
    await done(['client', 'set', 'changing', '--disable', '--name', 'Changing']);
    expect(await answers('first-one')).toBe(401);
    const present = await done(['client', 'show', 'changing', '--json']);
    expect(JSON.parse(present)).toMatchObject({ name: 'Changing', enabled: false, properties: { tier: 'gold' } });
    writeFileSync(join(folder, 'changing.json'), present.replace('"enabled": false', '"enabled": true'));
    await done(['client', 'set', 'changing', join(folder, 'changing.json')]);
    expect(await answers('first-one')).toBe(200);
    await done(['client', 'rotate-secret', 'changing', '--secret', 'second-one']);
    const { secrets } = JSON.parse(await done(['client', 'show', 'changing', '--json'])) as { secrets: { id: string }[] };
    await done(['client', 'delete-secret', 'changing', secrets[0]?.id ?? '']);
    expect([await answers('first-one'), await answers('second-one')]).toEqual([401, 200]);
  }, 60_000);

  test('create refuses what is there already, and bad words, in one line', async () => {
    const again = await run(['client', 'create', 'gateway_client', '--capability', 'introspection']);
    expect(again.code).toBe(1);
    oneLine(again);
    const bad = await run(['client', 'create', 'bad', '--capability', 'flying']);
    expect([bad.code, bad.err.includes('/capabilities/0')]).toEqual([1, true]);
  }, 30_000);
});

describe('procedure', () => {
  const write = (name: string, source: string) => {
    const file = join(folder, name);
    writeFileSync(file, source);
    return file;
  };
  const answering = (text: string) =>
    `function result(context) {\n  return { active: context.presentedToken.active, said: '${text}' };\n}\n`;

  test('push, bind, rollback and unbind change what is answered', async () => {
    const token = tokenIn(await sender.token());
    const file = write('greeting.js', answering('one'));
    await done(['procedure', 'push', file, '--flow', 'oauth-introspect', '--activate']);
    expect((await JSON_ANSWER(token))['said']).toBeUndefined();
    await done(['procedure', 'bind', 'greeting', '--endpoint', 'introspection']);
    expect((await JSON_ANSWER(token))['said']).toBe('one');
    write('greeting.js', answering('two'));
    expect(await done(['procedure', 'push', file, '--activate'])).toContain('version 2');
    expect((await JSON_ANSWER(token))['said']).toBe('two');
    expect(await done(['procedure', 'diff', 'greeting', '--from', '1', '--to', '2'])).toContain(
      "+  return { active: context.presentedToken.active, said: 'two' };",
    );
    await done(['procedure', 'rollback', 'greeting']);
    expect((await JSON_ANSWER(token))['said']).toBe('one');
    expect(await done(['procedure', 'pull', 'greeting'])).toBe(answering('one'));
    await done(['procedure', 'unbind', 'oauth-introspect', '--endpoint', 'introspection']);
    expect((await JSON_ANSWER(token))['said']).toBeUndefined();
  }, 30_000);

  test('push says where a source is wrong, and stores nothing', async () => {
    const file = write('broken.js', 'function result(context) {\n  return {;\n}\n');
    const { code, err } = await run(['procedure', 'push', file, '--flow', 'oauth-introspect']);
    expect(code).toBe(1);
    expect(err).toContain(`${file}:2:`);
    expect((await run(['procedure', 'list', 'broken'])).code).toBe(1);
  }, 30_000);

  test('dry-run answers as production would, exit code 1 for a fault with its place', async () => {
    const good = await done(['procedure', 'dry-run', 'procedures/examples/phantom-token.js', '--flow', 'oauth-introspect', '--json']);
    expect(JSON.parse(good)).toMatchObject({ outcome: 'answered', answer: { status: 200 }, issued: [{ header: { kid: 'dry-run' } }] });
    const faulty = await run([
      'procedure',
      'dry-run',
      write('faulty.js', 'function result(context) {\n  return nothing.at.all;\n}\n'),
      '--flow',
      'oauth-introspect',
    ]);
    expect(faulty.code).toBe(1);
    expect(faulty.out).toContain('faulty.js:2:');
    expect(faulty.out).toContain('runtime');
  }, 30_000);

  test('dry-run looks a presented token up and says what it is; lookup says the same, and status counts what was asked', async () => {
    const credentials = { client_id: 'server-client', client_secret: 'Secr3t!' };
    const token = tokenIn(await sender.post('/oauth/v2/oauth-token', { grant_type: 'client_credentials', ...credentials }));
    const flags = ['--flow', 'oauth-introspect', '--client', 'gateway_client'];
    const dryRun = (...more: readonly string[]) =>
      done(['procedure', 'dry-run', 'procedures/examples/phantom-token.js', ...flags, ...more], { input: token });
    const active = await dryRun('--presented-token-file', '-');
    expect(active).toContain('with client gateway_client, active access_token of server-client\n');
    expect(active).not.toContain(token);
    expect(await dryRun('--sample', 'inactive-token', '--scope', 'read')).not.toContain('"active":true');
    expect(await done(['token', 'lookup', '-'], { input: token })).toMatch(/^status +active$/m);
    expect(await done(['status'])).toMatch(/^token-service\/oauth-token +oauth-token-client-credentials +[1-9]/m);
  }, 60_000);
});

describe('apply and export', () => {
  test('give the configuration back: applying an export changes nothing', async () => {
    const file = join(folder, 'export.yaml');
    await done(['export', file]);
    expect(statSync(file).mode & 0o077).toBe(0);
    const text = readFileSync(file, 'utf8');
    expect(text).not.toMatch(/Secr3t!|"d":/);
    expect(await done(['apply', file])).toMatch(/^Nothing to change/);
    // But for the time in the first line.
    const body = (exported: string) => exported.slice(exported.indexOf('\n'));
    expect(body(await done(['export']))).toBe(body(text));
  }, 30_000);

  test('with a change does that change and no other; a dry run does nothing', async () => {
    const file = join(folder, 'changed.yaml');
    writeFileSync(file, readFileSync('tokenwright.yaml', 'utf8').replace('name: API gateway', 'name: Renamed'));
    expect(await done(['apply', file, '--dry-run'])).toContain('Nothing was changed');
    expect(await done(['apply', file])).toMatch(
      /^update client "?token-service\/gateway_client|^update [^\n]*gateway_client[^\n]*\nApplied as revision \d+\.\n$/,
    );
    expect(JSON.parse(await done(['client', 'show', 'gateway_client', '--json']))).toMatchObject({ name: 'Renamed' });
    await done(['apply', 'tokenwright.yaml']);
    expect(await done(['apply', 'tokenwright.yaml'])).toMatch(/^Nothing to change/);
  }, 30_000);

  test('of a broken file report every problem with its place and change nothing', async () => {
    const revision = async () => (JSON.parse(await done(['status', '--json'])) as { revision: number }).revision;
    const before = await revision();
    const file = join(folder, 'broken.yaml');
    const wrong = [
      ['name: API gateway', 'surprise: 1', 'surprise'],
      ['path: /oauth/v2/oauth-revoke', 'path: no-slash', 'oauth-revoke/path'],
    ] as const;
    writeFileSync(
      file,
      wrong.reduce((text, [right, instead]) => text.replace(right, instead), readFileSync('tokenwright.yaml', 'utf8')),
    );
    const { code, err } = await run(['apply', file]);
    expect(code).toBe(1);
    for (const [, , named] of wrong)
      expect(err.split('\n').filter((line) => line.includes(`${file}:`) && line.includes(named))).toHaveLength(1);
    writeFileSync(file, readFileSync('tokenwright.yaml', 'utf8').replace('scopes: [read]', 'scopes: [reed]'));
    const dangling = await run(['apply', file]);
    expect([dangling.code, dangling.err]).toEqual([1, expect.stringMatching(/:\d+:\d+: [^\n]*no scope "reed"\n$/)]);
    expect(await revision()).toBe(before);
  }, 30_000);
});

describe('token', () => {
  test('introspect asks as a gateway does, in every format; revoke ends it without sending its text', async () => {
    const token = tokenIn(await sender.token());
    const env = { TOKENWRIGHT_CLIENT_SECRET: 'Secr3t!' };
    const ask = (...args: string[]) =>
      done(['token', 'introspect', '-', '--client', 'gateway_client', ...args], { env, input: `${token}\n` });
    expect(JSON.parse(await ask())).toMatchObject({ active: true, client_id: 'server-client' });
    expect((await ask('--format', 'jwt', '--endpoint', 'introspection')).trim().split('.')).toHaveLength(3);
    expect((await ask('--format', 'signed')).trim().split('.')).toHaveLength(3);
    await done(['token', 'revoke', '-'], { input: token });
    expect(JSON.parse(await ask())).toEqual({ active: false });
    expect(await ask('--format', 'jwt')).toBe('The token is not active.\n');
  }, 30_000);
});

describe('admin', () => {
  test('reset-token gives a new token that works at once, while the old one ends', async () => {
    const old = product.adminToken();
    const { code, out } = await tokenwright(['admin', 'reset-token', '--data-dir', product.dataDir]);
    expect([code, out.includes(join(product.dataDir, 'admin-token'))]).toEqual([0, true]);
    const fresh = product.adminToken();
    expect(fresh).not.toBe(old);
    expect(out).not.toContain(fresh);
    expect(statSync(join(product.dataDir, 'admin-token')).mode & 0o077).toBe(0);
    // The service looks for changes of other processes twice a second.
    let status = '';
    for (let i = 0; i < 10 && status === ''; i++) {
      const answered = await run(['status']);
      if (answered.code === 0) status = answered.out;
    }
    expect(status).toContain('ready');
    const before = await tokenwright(['status', '--url', product.adminUrl], { env: { TOKENWRIGHT_ADMIN_TOKEN: old }, cwd: folder });
    expect(before.code).toBe(1);
    oneLine(before);
  }, 30_000);

  test('create makes administrators who may do what their role says', async () => {
    const [, reader = ''] = /shown this once: (\S+)/.exec(await done(['admin', 'create', 'reader', '--role', 'read'])) ?? [];
    const as = { env: { TOKENWRIGHT_ADMIN_TOKEN: reader }, cwd: folder };
    expect((await tokenwright(['client', 'list', '--url', product.adminUrl], as)).code).toBe(0);
    const refused = await tokenwright(['client', 'create', 'not-allowed', '--url', product.adminUrl], as);
    expect(refused.code).toBe(1);
    oneLine(refused);
  }, 30_000);
});

test('a service that is not there is one clear line', async () => {
  const ended = await tokenwright(['status', '--url', 'http://127.0.0.1:1', '--token', 'x'.repeat(40)]);
  expect(ended.code).toBe(1);
  oneLine(ended);
});
