import { describe, expect, test } from '@jest/globals';
import { Configuration } from '#libs/oauth';
import { bundleConfiguration } from '../bundle-configuration.ts';
import { exportConfiguration } from '../export-configuration.ts';
import { applyChanges, entity, NOW } from '../testing/files.ts';
import { readUserPages } from './theme-files.ts';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const CSS = '.brand {\n  color: var(--accent);\n}\n';

const readFile = (path: string, encoding?: 'base64'): string => {
  if (path === 'logo.png' && encoding === 'base64') return PIXEL;
  if (path === 'pages.css' && encoding === undefined) return CSS;
  throw Object.assign(new Error('no'), { code: 'ENOENT' });
};

const text = (logo: string) => `
profiles:
  p:
    issuer: /~
    endpoints:
      user-pages:
        path: /people
        userPages: { title: Example, theme: { logo: ${logo}, stylesheet: { file: pages.css }, cornerRadius: 4 } }
`;

describe('files of themes', () => {
  test('are read beside the configuration, and an export has what is in them', async () => {
    const { configuration } = await applyChanges(Configuration.empty, text('{ file: logo.png }'), { readFile });
    const { userPages } = entity(configuration, 'endpoint', 'p/user-pages');
    expect(userPages?.theme).toMatchObject({ logo: { base64: PIXEL }, darkLogo: null, stylesheet: CSS, cornerRadius: 4 });
    const again = await applyChanges(configuration, exportConfiguration(configuration, { now: NOW }));
    expect(again.changes).toEqual([]);
  });

  test('go along with a configuration that is sent to a service', async () => {
    const bundle = await bundleConfiguration(text('{ file: logo.png }'), { fileName: 'f.yaml', now: NOW, readFile });
    expect(bundle.problems).toEqual([]);
    const { configuration } = await applyChanges(Configuration.empty, bundle.text, { readFile: () => Promise.reject(new Error('none')) });
    expect(entity(configuration, 'endpoint', 'p/user-pages').userPages?.theme).toMatchObject({ logo: { base64: PIXEL }, stylesheet: CSS });
  });

  test('that cannot be read, or are no images, are said where they are named', async () => {
    await expect(applyChanges(Configuration.empty, text('{ file: other.png }'), { readFile })).rejects.toThrow(
      'cannot read "other.png": there is no such file',
    );
    const readSvg = (path: string) => (path === 'pages.css' ? CSS : btoa('<svg/>'));
    await expect(applyChanges(Configuration.empty, text('{ file: logo.png }'), { readFile: readSvg })).rejects.toThrow(
      /f\.yaml:8:\d+.*theme\/logo.*can carry scripts/s,
    );
  });

  test('are read for settings that stand alone, too', async () => {
    const settings = await readUserPages('{ title: T, theme: { logo: { file: logo.png } } }', { fileName: 't.yaml', readFile });
    expect(settings).toMatchObject({ title: 'T', theme: { logo: { base64: PIXEL }, layout: 'card' } });
    await expect(readUserPages('{ theme: { layout: cards } }', { fileName: 't.yaml', readFile })).rejects.toThrow(/did you mean "card"/);
  });
});
