import type { MigrationInterface, QueryRunner } from 'typeorm';

interface StoredPages {
  readonly profile: string;
  readonly id: string;
  readonly user_pages: string;
}

/** Of a theme of which nothing is said. */
const PLAIN = {
  ...{ logo: null, darkLogo: null, logoAlt: null, palette: { light: {}, dark: {} }, font: 'system', cornerRadius: 16, layout: 'card' },
  ...{ links: { help: null, privacy: null, terms: null }, texts: {}, stylesheet: null },
};

/** Themes of the pages for people. Pages stored before have the usual one, with the accent colour that they have. */
export class ThemedPages1795306200000 implements MigrationInterface {
  readonly name = 'ThemedPages1795306200000';

  async up(runner: QueryRunner): Promise<void> {
    const [settings, profile, id] = runner.dataSource.options.type === 'postgres' ? ['$1', '$2', '$3'] : ['?', '?', '?'];
    const pages = (await runner.query('select profile, id, user_pages from endpoint where user_pages is not null')) as StoredPages[];
    for (const endpoint of pages)
      await runner.query(`update endpoint set user_pages = ${settings} where profile = ${profile} and id = ${id}`, [
        JSON.stringify({ ...(JSON.parse(endpoint.user_pages) as object), theme: PLAIN }),
        ...[endpoint.profile, endpoint.id],
      ]);
  }

  down(): Promise<void> {
    return Promise.reject(
      new Error('Logos, colours and texts of pages would be lost: restore the backup made before the upgrade instead.'),
    );
  }
}
