import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { FormSender, tokenIn } from '../support/load.ts';
import { createTestDatabase, postgresAnswers, type TestDatabase } from '../../libs/persistence/src/testing/postgres-test-database.ts';
import { dispose, newDataDirectory, startProduct, type ProductProcess } from '../support/product-process.ts';
import { verified } from '../support/signatures.ts';
import { until } from '../support/wire-service.ts';

// Prints a line when it does not.
const answers = await postgresAnswers();

(answers ? describe : describe.skip)('on PostgreSQL', () => {
  const dataDir = newDataDirectory();
  let database: TestDatabase;
  let product: ProductProcess | undefined;
  const start = async () => (product = await startProduct({ dataDir, args: ['--database-url', database.url] }));
  beforeAll(async () => {
    database = await createTestDatabase();
    await start();
  }, 60_000);
  afterAll(async () => {
    await dispose(product);
    await database.drop();
  }, 30_000);

  test('the printed tutorial works as it stands', () => {
    const [, commands = ''] = /Paste these to play the phantom token flow:\n([\s\S]*)/.exec(product?.welcome ?? '') ?? [];
    const run = spawnSync('bash', ['--norc', '--noprofile', '-eu', '-o', 'pipefail', '-c', commands], {
      encoding: 'utf8',
      cwd: process.cwd(),
      timeout: 30_000,
    });
    expect([run.status, run.stderr]).toEqual([0, '']);
    const [, , plain = '', , , phantom = '', other = ''] = run.stdout.split('\n').filter((line) => line !== '');
    const names = 'sub purpose iss active token_type client_id aud nbf phantom_token scope expired_scope exp delegationId iat';
    expect(Object.keys(JSON.parse(phantom) as object).sort()).toEqual(names.split(' ').sort());
    expect(JSON.parse(other)).toEqual(JSON.parse(plain));
  }, 60_000);

  test('SIGKILL in the middle of a load loses no token that was answered, and what was set up stays', async () => {
    const first = product as ProductProcess;
    const sender = new FormSender(first.port);
    const answered: string[] = [];
    const load = Array.from({ length: 12 }, async () => {
      try {
        for (;;) {
          const answer = await sender.token();
          if (answer.status === 200) answered.push(tokenIn(answer));
        }
      } catch {
        // The connection broke: what was not answered is promised to nobody.
      }
    });
    await until('the load', () => answered.length > 50, 20_000);
    await first.end('SIGKILL');
    await Promise.all(load);
    sender.close();

    const second = await start();
    const again = new FormSender(second.port);
    const texts = await Promise.all(answered.map(async (token) => (await again.introspect(token)).text));
    // The procedure that the tutorial bound still answers.
    expect(texts.filter((text) => !text.includes('"active":true') || !text.includes('phantom_token'))).toEqual([]);
    const { text: phantom } = await again.introspect(answered[0] ?? '', { accept: 'application/jwt' });
    // The issuer has the port of the process that is asked.
    await expect(verified(second, phantom)).resolves.toBeDefined();
    const revoked = await again.post('/oauth/v2/oauth-revoke', {
      token: answered[0] ?? '',
      client_id: 'server-client',
      client_secret: 'Secr3t!',
    });
    expect([revoked.status, (await again.introspect(answered[0] ?? '')).text]).toEqual([200, '{"active":false}']);
    again.close();
  }, 90_000);
});
