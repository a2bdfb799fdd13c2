import { expect } from '@jest/globals';
import { testUpgrade } from '../testing/earlier-database.ts';
import { Proposals1795305600000 } from './proposals.ts';

await testUpgrade('the migration to samples keeps procedures, which have none, and their versions, which were not tested', {
  after: Proposals1795305600000,
  async fill(manager) {
    await manager.query(
      `insert into procedure (id, flow, description, active_version, origin, revision, position) values ('mine', 'oauth-introspect', '', 1, 'api', 1, 1)`,
    );
    await manager.query(
      `insert into procedure_version (procedure, version, language, source, script, libraries, secrets, digest, note, created_at, created_by, origin, revision, position)
       values ('mine', 1, 'javascript', 's', 's', '[]', '[]', 'd', '', 1, 'cli', 'api', 1, 2)`,
    );
  },
  async expectKept({ configuration }) {
    expect((await configuration.load()).entities).toMatchObject([
      { kind: 'procedure', value: { id: 'mine', samples: [] } },
      { kind: 'procedure-version', value: { procedure: 'mine', source: 's', tests: null } },
    ]);
  },
});
