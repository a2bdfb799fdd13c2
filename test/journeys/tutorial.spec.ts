import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { dispose, startProduct, type ProductProcess } from '../support/product-process.ts';

let product: ProductProcess;
beforeAll(async () => {
  product = await startProduct({ tls: 'self-signed' });
}, 60_000);
afterAll(() => dispose(product), 30_000);

const HAS_CURL = spawnSync('bash', ['-c', 'command -v curl']).status === 0;

/** The printed commands, from the first to the last line. */
function printedCommands(): string {
  const [, commands] = /Paste these to play the phantom token flow:\n([\s\S]*)/.exec(product.welcome) ?? [];
  if (commands === undefined) throw new Error(`no tutorial in:\n${product.welcome}`);
  return commands;
}

/** Fetches JSON trusting the printed certificate and nothing else. */
function getJson(url: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    get(url, { ca: product.ca ?? '' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve(JSON.parse(text)));
    }).on('error', reject);
  });
}

test('the start prints where it listens, the certificate and the tutorial, and leaves secrets to their owner', () => {
  for (const text of [
    product.url,
    product.adminUrl,
    join(product.dataDir, 'tls', 'cert.pem'),
    join(product.dataDir, 'admin-token'),
    `Admin page     ${product.adminUrl}/`,
    `with the token that is in ${join(product.dataDir, 'admin-token')}`,
    'export CURL_CA_BUNDLE=',
  ])
    expect(product.welcome).toContain(text);
  expect(product.welcome).not.toContain(product.adminToken());
  for (const name of ['admin-token', 'encryption.key', 'tls/key.pem'])
    expect([name, (statSync(join(product.dataDir, name)).mode & 0o077).toString(8)]).toEqual([name, '0']);
});

(HAS_CURL ? test : test.skip)(
  'the printed commands work as they stand: opaque token, phantom JWT, JSON, upload, bind, JSON with the phantom token',
  async () => {
    const run = spawnSync('bash', ['--norc', '--noprofile', '-eu', '-o', 'pipefail', '-c', printedCommands()], {
      encoding: 'utf8',
      cwd: process.cwd(),
      timeout: 30_000,
    });
    expect([run.status, run.stderr]).toEqual([0, '']);
    const lines = run.stdout.split('\n').filter((line) => line !== '');
    expect(lines).toHaveLength(7);
    const [token = '', jwt = '', plain = '', uploaded = '', bound = '', phantom = '', other = ''] = lines;
    expect(token).toMatch(/^twa_[A-Za-z0-9_-]{54}$/);

    const keys = createLocalJWKSet((await getJson(`${product.url}/~/jwks`)) as JSONWebKeySet);
    const options = { issuer: `${product.url}/~`, typ: 'at+jwt', audience: 'server-client' };
    expect((await jwtVerify(jwt, keys, options)).payload).toMatchObject({
      sub: 'server-client',
      scope: 'read',
      client_id: 'server-client',
    });

    expect(JSON.parse(uploaded)).toMatchObject({ procedure: 'phantom-token', version: 1, active: true, warnings: [] });
    expect(JSON.parse(bound)).toMatchObject({ procedure: 'phantom-token', version: null, endpoint: 'introspection' });

    const claims = JSON.parse(phantom) as Record<string, unknown>;
    const names = 'sub purpose iss active token_type client_id aud nbf phantom_token scope expired_scope exp delegationId iat';
    expect(Object.keys(claims).sort()).toEqual(names.split(' ').sort());
    expect(claims).toMatchObject({ active: true, purpose: 'access_token', token_type: 'bearer', iss: `${product.url}/~` });
    expect((await jwtVerify(String(claims['phantom_token']), keys, options)).payload).toMatchObject({
      delegationId: claims['delegationId'],
    });

    expect(JSON.parse(other)).toEqual(JSON.parse(plain));
    const { phantom_token: _phantom, ...rest } = claims;
    expect(rest).toEqual(JSON.parse(plain));
  },
  60_000,
);

test('the log has no secrets: no token, no client secret, no administrator token', () => {
  const { out, err } = product.output();
  expect(err).not.toMatch(/twa_|Secr3t!|twadm_/);
  expect(out).not.toMatch(/twadm_/);
});
