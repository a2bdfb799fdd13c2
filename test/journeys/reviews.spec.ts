import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, postgresAnswers, type TestDatabase } from '../../libs/persistence/src/testing/postgres-test-database.ts';
import { dispose, startProduct, tokenwright, type ProductProcess } from '../support/product-process.ts';

// Prints a line when it does not.
const postgres = await postgresAnswers();
const PROCEDURE = 'function result(context) { return context.getDefaultResponseData(); }\n';

/** Two administrators at the command line, on services with the four-eyes rule. */
for (const database of ['SQLite', 'PostgreSQL'] as const)
  (database === 'SQLite' || postgres ? describe : describe.skip)(`the four-eyes rule, on ${database}`, () => {
    const nodes: ProductProcess[] = [];
    const tokens = new Map<string, string>();
    let store: TestDatabase | undefined;
    let folder: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'tokenwright-reviews-'));
      store = database === 'PostgreSQL' ? await createTestDatabase() : undefined;
      const args = ['--four-eyes', ...(store === undefined ? [] : ['--database-url', store.url])];
      const first = await startProduct({ args });
      nodes.push(first);
      tokens.set('admin', first.adminToken());
      // On one database any number of services; what seals keys is in the data directory that they share.
      if (store !== undefined) nodes.push(await startProduct({ args, dataDir: first.dataDir }));
    }, 120_000);
    afterAll(async () => {
      for (const node of nodes) await dispose(node);
      await store?.drop();
      rmSync(folder, { recursive: true, force: true });
    }, 60_000);

    const as = (who: string, args: readonly string[], node = 0) =>
      tokenwright([...args, '--url', nodes[node]?.adminUrl ?? ''], { env: { TOKENWRIGHT_ADMIN_TOKEN: tokens.get(who) ?? '' } });
    const told = (text: string) => /(twadm_\S+)/.exec(text)?.[1] ?? '';
    const proposal = (text: string) => /proposal approve (\S+)/.exec(text)?.[1] ?? '';
    const active = async () =>
      (JSON.parse((await as('admin', ['procedure', 'list', '--json'])).out) as { id: string; activeVersion: number }[]).find(
        ({ id }) => id === 'mine',
      )?.activeVersion;

    test('the first administrator adds a second one alone, who makes the token their own', async () => {
      const made = await as('admin', ['admin', 'create', 'bob', '--role', 'admin']);
      expect(made.code).toBe(0);
      tokens.set('bob', told(made.out));
      tokens.set('bob', told((await as('bob', ['admin', 'renew-token', 'bob'])).out));
      const carol = await as('admin', ['admin', 'create', 'carol', '--role', 'admin']);
      expect(carol.code).toBe(3);
      expect((await as('bob', ['proposal', 'approve', proposal(carol.out)])).code).toBe(0);
      tokens.set('carol', told(carol.out));
      tokens.set('carol', told((await as('carol', ['admin', 'renew-token', 'carol'])).out));
    }, 120_000);

    test('what one pushes another one looks at and approves', async () => {
      const file = join(folder, 'mine.js');
      writeFileSync(file, PROCEDURE);
      const pushed = await as('admin', [
        'procedure',
        'push',
        file,
        '--flow',
        'oauth-introspect',
        '--activate',
        '--proposal-note',
        'a first one',
      ]);
      expect([pushed.code, await active()]).toEqual([3, null]);
      const id = proposal(pushed.out);
      expect((await as('admin', ['proposal', 'approve', id])).err).toContain('Nobody approves what they have proposed');
      const shown = await as('bob', ['proposal', 'show', id]);
      expect(shown.out).toContain('a first one');
      expect(shown.out).toContain('+function result(context)');
      expect((await as('bob', ['proposal', 'approve', id])).code).toBe(0);
      expect(await active()).toBe(1);
    }, 120_000);

    test('of two who approve at the same moment, each at a service of their own, one has done it', async () => {
      const file = join(folder, 'mine.js');
      writeFileSync(file, `${PROCEDURE}// 2\n`);
      const id = proposal((await as('admin', ['procedure', 'push', file, '--activate'])).out);
      const both = await Promise.all([as('bob', ['proposal', 'approve', id]), as('carol', ['proposal', 'approve', id], nodes.length - 1)]);
      expect(both.map(({ code }) => code).sort()).toEqual([0, 1]);
      expect(both.map(({ err }) => err).join('')).toContain('The proposal is decided');
      const events = JSON.parse((await as('admin', ['audit', 'list', '--kind', 'proposal', '--key', id, '--json'])).out) as {
        action: string;
      }[];
      expect(events.map(({ action }) => action)).toEqual(['proposal.approve', 'proposal.create']);
    }, 120_000);
  });
