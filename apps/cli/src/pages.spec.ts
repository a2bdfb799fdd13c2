import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PREVIEW_PAGES } from '#libs/oauth';
import { CommandLine } from './testing/command-line.ts';

let at: CommandLine;
beforeEach(async () => {
  at = await CommandLine.open();
});
afterEach(() => at.close());

describe('tokenwright pages preview', () => {
  test('writes every page in every language, and asks no service', async () => {
    const output = join(at.folder, 'shown');
    const ended = await at.run(['pages', 'preview', '--output', output]);
    expect(ended).toEqual({ code: 0, out: `Wrote ${PREVIEW_PAGES.length * 3} pages to ${output}.\n`, err: '' });
    expect(readdirSync(output)).toHaveLength(PREVIEW_PAGES.length * 3);
    expect(readFileSync(join(output, 'login.sv.html'), 'utf8')).toContain('<html lang="sv" dir="ltr">');
    expect(at.sent()).toEqual([]);
  });

  test('writes one page by a theme, with the files that it names beside it', async () => {
    const output = join(at.folder, 'shown');
    at.file('pages.css', '.brand { color: red; }');
    const theme = at.file('theme.yaml', 'title: Example\ntheme: { stylesheet: { file: pages.css } }\n');
    const flags = ['--theme', theme, '--page', 'consent', '--language', 'de', '--output', output];
    expect(await at.run(['pages', 'preview', ...flags])).toMatchObject({ code: 0, out: `Wrote 1 page to ${output}.\n` });
    expect(readFileSync(join(output, 'consent.de.html'), 'utf8')).toContain('.brand { color: red; }');
  });

  test('says what is wrong with a theme, with its line, and writes nothing', async () => {
    const output = join(at.folder, 'shown');
    const theme = at.file('theme.yaml', 'theme:\n  palette: { light: { text: "#cccccc" } }\n');
    const ended = await at.run(['pages', 'preview', '--theme', theme, '--output', output]);
    expect([ended.code, existsSync(output)]).toEqual([1, false]);
    expect(ended.err).toMatch(/theme\.yaml:2:.*needs 4\.5:1/s);
    expect((await at.run(['pages', 'preview', '--language', 'fr', '--output', output])).err).toContain('they have en, de, sv');
    expect((await at.run(['pages', 'preview', '--page', 'logn', '--output', output])).code).toBe(2);
  });
});
