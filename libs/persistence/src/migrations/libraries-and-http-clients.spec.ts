import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { InitialSchema1767225600000 } from './initial-schema.ts';

const SOURCE = 'function result(context) { return { text: "ü" }; }';

await testUpgrade('the migration to libraries and HTTP clients keeps stored versions as JavaScript that runs as it was written', {
  after: InitialSchema1767225600000,
  /** A procedure of two versions, the first active, the second pinned by a binding. */
  async fill(manager) {
    const query = (text: string) => manager.query(text);
    const stored = (position: number) => `'api', 1, ${String(position)}`;
    await query(`insert into profile values ('p', '/~', '[]', '{}', null, '{}', ${stored(1)})`);
    await query(`insert into endpoint values ('p', 'e', 'oauth-introspect', '/i', true, true, '["default"]', null, ${stored(2)})`);
    await query(`insert into binding values ('p', 'e', 'oauth-introspect', 'x', 2, ${stored(3)})`);
    await query(`insert into procedure values ('x', 'oauth-introspect', '', 1, ${stored(4)})`);
    for (const version of [1, 2])
      await query(
        `insert into procedure_version values ('x', ${String(version)}, 'javascript', '${SOURCE}', 'digest', 'note', 9, 'admin', ${stored(4 + version)})`,
      );
  },
  async expectKept({ configuration }) {
    const { entities } = await configuration.load();
    expect(entities.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
      'profile p',
      'endpoint p/e',
      'binding p/e/oauth-introspect',
      'procedure x',
      'procedure-version x/1',
      'procedure-version x/2',
    ]);
    expect(entities.at(-1)?.value).toEqual({
      ...{ procedure: 'x', version: 2, language: 'javascript', source: SOURCE, script: SOURCE, libraries: [], secrets: [] },
      ...{ digest: 'digest', note: 'note', createdAt: 9, createdBy: 'admin', origin: 'api', tests: null },
    });
    // The references to its rows hold as before.
    const removal = [{ kind: 'procedure-version', key: 'x/2', value: null }] as const;
    await expect(configuration.apply(await configuration.revision(), removal, [])).rejects.toMatchObject({ code: 'dangling' });
  },
});
