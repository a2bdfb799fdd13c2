import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { readUserPages } from '#libs/configuration';
import { previewPage, PREVIEW_PAGES, type PreviewPage } from '#libs/oauth';
import { readText } from '../admin-client.ts';
import { CommandError } from '../command-error.ts';
import type { Terminal } from '../terminal.ts';

interface Flags {
  readonly page?: PreviewPage;
  readonly language?: string;
  readonly theme?: string;
  readonly output: string;
}

/** `pages`: what people see, without a service. */
export function pagesCommand(terminal: Terminal): Command {
  return new Command('pages').description('Look at the pages for people').addCommand(previewCommand(terminal));
}

function previewCommand(terminal: Terminal): Command {
  return new Command('preview')
    .description('Write pages with sample data as HTML files, each of which stands alone')
    .addOption(new Option('--page <page>', 'only this one').choices(PREVIEW_PAGES))
    .option('--language <language>', 'only in this one (default: all of the settings)')
    .option('--theme <file>', 'YAML file with what stands under "userPages" of an endpoint; it names logos relative to itself')
    .requiredOption('--output <folder>', 'where to write them; files of earlier previews are written over')
    .addHelpText(
      'after',
      '\nNo service is asked. In a browser the pages follow its light or dark scheme.\n\nExamples:\n  tokenwright pages preview --output preview\n  tokenwright pages preview --theme theme.yaml --page login --language de --output preview',
    )
    .action(async ({ page, language, theme, output }: Flags) => {
      const folder = theme === undefined ? '.' : dirname(resolve(theme));
      const settings = await readUserPages(theme === undefined ? '{}' : readText(theme, 'the theme'), {
        fileName: theme ?? '',
        readFile: (path, encoding) => readFileSync(resolve(folder, path), encoding ?? 'utf8'),
      });
      const languages = language === undefined ? settings.locales : settings.locales.filter((one) => one === language);
      if (languages.length === 0)
        throw new CommandError(`the pages have no language "${language ?? ''}"; they have ${settings.locales.join(', ')}`);
      mkdirSync(output, { recursive: true });
      const shown = page === undefined ? PREVIEW_PAGES : [page];
      for (const one of languages)
        for (const name of shown)
          writeFileSync(join(output, `${name}.${one}.html`), previewPage(settings, { page: name, language: one, scheme: null }).html);
      const count = shown.length * languages.length;
      terminal.out(`Wrote ${count} page${count === 1 ? '' : 's'} to ${output}.\n`);
    });
}
