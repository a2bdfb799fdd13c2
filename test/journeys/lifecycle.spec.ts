import { afterEach, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { FormSender, tokenIn, type FormAnswer } from '../support/load.ts';
import {
  connection,
  dispose,
  newDataDirectory,
  startProduct,
  tokenwright,
  type ProductOptions,
  type ProductProcess,
} from '../support/product-process.ts';
import { freePort } from '../support/running-service.ts';
import { verified } from '../support/signatures.ts';
import { until } from '../support/wire-service.ts';

const running: ProductProcess[] = [];
const directories: string[] = [];
afterEach(async () => {
  for (const product of running.splice(0)) await dispose(product);
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
}, 30_000);

async function start(options: ProductOptions = {}): Promise<ProductProcess> {
  const product = await startProduct(options);
  running.push(product);
  return product;
}

function directory(): string {
  const made = newDataDirectory();
  directories.push(made);
  return made;
}

describe('SIGTERM', () => {
  test('under load drains: every request that was taken is answered, and the exit code is 0', async () => {
    const product = await start();
    const sender = new FormSender(product.port);
    const answers: FormAnswer[] = [];
    const broken: string[] = [];
    let going = true;
    const load = Array.from({ length: 16 }, async () => {
      while (going) {
        try {
          answers.push(await sender.token());
        } catch (error) {
          broken.push((error as NodeJS.ErrnoException).code ?? String(error));
          return;
        }
      }
    });
    await until('the load', () => answers.length > 50, 20_000);
    const { code, signal, err, milliseconds } = await product.end('SIGTERM');
    going = false;
    await Promise.all(load);
    sender.close();
    expect([code, signal]).toEqual([0, null]);
    expect(err).not.toMatch(/"level":(50|60)/);
    expect(milliseconds).toBeLessThan(20_000);
    // Nothing was answered badly; after the end there is nobody to connect to.
    expect(answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
    expect(broken.filter((code) => code !== 'ECONNREFUSED' && code !== 'ECONNRESET')).toEqual([]);

    // No token was made for a request that got no answer.
    const again = await start({ dataDir: product.dataDir });
    const listed = await tokenwright(['token', 'list', '--json', ...connection(again)]);
    expect((JSON.parse(listed.out) as unknown[]).length).toBe(answers.filter(({ status }) => status === 200).length);
  }, 60_000);

  test('with idle connections open does not wait for them', async () => {
    const product = await start();
    const sender = new FormSender(product.port);
    await Promise.all(Array.from({ length: 8 }, () => sender.introspect('x')));
    const begin = performance.now();
    const { code } = await product.end('SIGTERM');
    expect([code, performance.now() - begin < 5000]).toEqual([0, true]);
    sender.close();
  }, 60_000);
});

describe('a second start', () => {
  test('takes seconds, and tokens, keys, revocations and what the API made are as they were', async () => {
    const first = await start({ dataDir: directory() });
    const sender = new FormSender(first.port);
    const token = tokenIn(await sender.token());
    const ended = tokenIn(await sender.token());
    await sender.post('/oauth/v2/oauth-revoke', { token: ended, client_id: 'server-client', client_secret: 'Secr3t!' });
    const { text: phantom } = await sender.introspect(token, { accept: 'application/jwt' });
    const made = await tokenwright([
      'client',
      'create',
      'kept',
      '--secret',
      'Kept-Secr3t',
      '--capability',
      'introspection',
      ...connection(first),
    ]);
    expect(made.code).toBe(0);
    const adminToken = first.adminToken();
    sender.close();
    expect((await first.end()).code).toBe(0);

    const second = await start({ dataDir: first.dataDir, ports: [first.port, first.adminPort] });
    expect(second.startMilliseconds).toBeLessThan(10_000);
    expect(second.adminToken()).toBe(adminToken);
    const again = new FormSender(second.port);
    expect(JSON.parse((await again.introspect(token)).text)).toMatchObject({ active: true });
    expect((await again.introspect(ended)).text).toBe('{"active":false}');
    expect(JSON.parse((await again.introspect(phantom)).text)).toMatchObject({ active: true });
    await verified(second, phantom);
    const byKept = await again.post('/introspection', { token, client_id: 'kept', client_secret: 'Kept-Secr3t' });
    expect(byKept.status).toBe(200);
    again.close();
  }, 60_000);
});

describe('--config', () => {
  test('replaces what files own and keeps what the API made', async () => {
    const dataDir = directory();
    const first = await start({ dataDir });
    const tools = connection(first);
    expect(
      (await tokenwright(['client', 'create', 'of-the-api', '--secret', 'Secr3t!', '--capability', 'introspection', ...tools])).code,
    ).toBe(0);
    expect(
      (
        await tokenwright([
          'procedure',
          'push',
          'procedures/examples/phantom-token.js',
          '--flow',
          'oauth-introspect',
          '--activate',
          ...tools,
        ])
      ).code,
    ).toBe(0);
    expect((await tokenwright(['procedure', 'bind', 'phantom-token', '--endpoint', 'introspection', ...tools])).code).toBe(0);
    await first.end();

    const demo = readFileSync('tokenwright.yaml', 'utf8');
    const file = join(dataDir, 'mine.yaml');
    writeFileSync(file, demo.replace('server-client:', 'other-client:').replace('name: API gateway', 'name: Renamed gateway'));
    const second = await start({ dataDir, args: ['--config', file] });
    const clients = await tokenwright(['client', 'list', '--json', ...connection(second)]);
    const names = Object.fromEntries((JSON.parse(clients.out) as { id: string; name: string }[]).map(({ id, name }) => [id, name]));
    expect(Object.keys(names).sort()).toEqual(['admin-ui', 'device-client', 'gateway_client', 'of-the-api', 'other-client', 'web-client']);
    expect(names['gateway_client']).toBe('Renamed gateway');

    const sender = new FormSender(second.port);
    const answer = await sender.post('/oauth/v2/oauth-token', {
      grant_type: 'client_credentials',
      client_id: 'other-client',
      client_secret: 'Secr3t!',
    });
    expect(answer.status).toBe(200);
    expect(JSON.parse((await sender.introspect(tokenIn(answer))).text)).toHaveProperty('phantom_token');
    sender.close();
  }, 60_000);
});

describe('a start that cannot be is one clear line and a non-zero exit', () => {
  const attempt = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const ports = ['--port', String(await freePort()), '--admin-port', String(await freePort())];
    return tokenwright(['start', '--tls', 'off', '--log-level', 'warn', ...ports, ...args], { env });
  };
  const clear = (err: string) => {
    expect(err).toMatch(/^tokenwright: /);
    expect(err).not.toMatch(/\n\s+at |node:internal|Error:/);
    return err.trimEnd().split('\n');
  };

  test('port in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    for (const flag of ['--port', '--admin-port']) {
      const { code, err } = await attempt(['--data-dir', directory(), flag, String(port)]);
      expect([code, clear(err)]).toEqual([1, [`tokenwright: port ${port} on 127.0.0.1 is in use; choose another with ${flag}`]]);
    }
    taken.close();
  }, 60_000);

  test('a configuration that is broken, each problem with its place, and nothing applied', async () => {
    const dataDir = directory();
    const file = join(dataDir, 'broken.yaml');
    const wrong = [
      '    surprise: 1',
      '    endpoints:',
      '      e: { kind: nonsense, path: no-slash }',
      '    clients:',
      '      flying: { capabilities: [flying] }',
    ];
    const dangling = ['  q:', '    issuer: /q', '    clients:', '      dangling: { scopes: [nowhere] }'];
    writeFileSync(file, ['profiles:', '  p:', '    issuer: /~', ...wrong, ...dangling, ''].join('\n'));
    const { code, err } = await attempt(['--data-dir', dataDir, '--config', file]);
    const lines = clear(err);
    expect(code).toBe(1);
    for (const place of [4, 6, 8, 12]) expect([place, lines.some((line) => line.startsWith(`${file}:${place}:`))]).toEqual([place, true]);
  }, 30_000);

  test('a configuration that is no YAML, or is not there', async () => {
    const dataDir = directory();
    const file = join(dataDir, 'broken.yaml');
    writeFileSync(file, 'profiles: [unclosed');
    for (const name of [file, join(dataDir, 'missing.yaml')]) {
      const { code, err } = await attempt(['--data-dir', dataDir, '--config', name]);
      expect([code, clear(err).length <= 3, err.includes(name)]).toEqual([1, true, true]);
    }
  }, 30_000);

  test('a database that cannot be read', async () => {
    const dataDir = directory();
    writeFileSync(join(dataDir, 'tokenwright.db'), 'this is no database, whatever its name says'.repeat(100));
    const { code, err } = await attempt(['--data-dir', dataDir]);
    expect([code, clear(err)]).toEqual([1, [expect.stringContaining('tokenwright.db')]]);
    const folder = directory();
    mkdirSync(join(folder, 'tokenwright.db'));
    const other = await attempt(['--data-dir', folder]);
    expect([other.code, clear(other.err)]).toEqual([1, [expect.stringContaining('tokenwright.db')]]);
  }, 30_000);

  test('a data directory that is a file', async () => {
    const file = join(directory(), 'data');
    writeFileSync(file, '');
    chmodSync(file, 0o600);
    const { code, err } = await attempt(['--data-dir', file]);
    expect([code, clear(err)]).toEqual([1, [expect.stringContaining(file)]]);
  }, 30_000);

  test('an encryption key that does not fit the stored keys', async () => {
    const dataDir = directory();
    await (await start({ dataDir })).end();
    running.splice(0);
    const { code, err } = await attempt(['--data-dir', dataDir], { TOKENWRIGHT_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64url') });
    expect([code, clear(err).length]).toEqual([1, 1]);
  }, 60_000);

  test('flags that cannot be', async () => {
    const attempts: readonly (readonly [args: readonly string[], named: string])[] = [
      [['--port', 'abc'], '--port'],
      [['--port', '99999'], '--port'],
      [['--tls', 'maybe'], '--tls'],
      [['--tls', 'files'], '--tls'],
      [['--surprise'], '--surprise'],
      [['--log-level', 'loud'], '--log-level'],
      [['--sandbox-limit', 'heapMegabytes=lots'], '--sandbox-limit'],
      [['--database-url', 'mysql://x'], '--database-url'],
      [['--base-url', 'ftp://x'], '--base-url'],
    ];
    const ended = await Promise.all(attempts.map(([args]) => tokenwright(['start', ...args])));
    attempts.forEach(([args, named], i) => {
      const { code, out, err } = ended[i] ?? { code: null, out: '', err: '' };
      expect([args, code, out, err.includes(named)]).toEqual([args, 2, '', true]);
      clear(err);
    });
  }, 30_000);

  test('the demo secrets on an address of the network', async () => {
    const { code, err } = await attempt(['--data-dir', directory(), '--host', '0.0.0.0']);
    expect([code, clear(err)]).toEqual([1, [expect.stringContaining('--allow-demo-secrets')]]);
  }, 30_000);

  test('a PostgreSQL that is not there, without showing the password', async () => {
    const { code, err } = await attempt([
      '--data-dir',
      directory(),
      '--database-url',
      `postgres://user:Canary-Pass@127.0.0.1:${await freePort()}/x`,
    ]);
    expect([code, clear(err).length]).toEqual([1, 1]);
    expect(err).not.toContain('Canary-Pass');
  }, 30_000);
});
