import type { UserPagesSettings } from '#libs/oauth';
import { userPagesBody } from '../schema/user-pages-body.ts';
import { ConfigurationText, type Path } from './configuration-text.ts';
import { ConfigurationFileError } from './file-problem.ts';
import { isMapping } from './mapping.ts';
import { Reading } from './reading.ts';
import { textOf, type ReadFile } from './version-entries.ts';

/** A file that a theme names. */
export interface ThemeFile {
  /** Of the setting that names it. */
  readonly path: Path;
  /** What the setting is by itself: the text, or the base64 that its member `base64` has. */
  readonly content: string;
  readonly member: 'base64' | null;
}

const LOGOS = ['logo', 'darkLogo'];

/** The `profiles` of a configuration with the files that themes name in place of their names. */
export async function withThemeFiles(
  reading: Reading,
  profiles: unknown,
  readFile: ReadFile,
): Promise<{ readonly profiles: unknown; readonly files: readonly ThemeFile[] }> {
  const files: ThemeFile[] = [];
  const changed = await eachMember(profiles, ['profiles'], (profile, path) =>
    within(profile, path, 'endpoints', (endpoints, path) =>
      eachMember(endpoints, path, (endpoint, path) =>
        within(endpoint, path, 'userPages', (settings, path) => settingsWithFiles(reading, settings, path, readFile, files)),
      ),
    ),
  );
  return { profiles: changed, files };
}

/**
 * Reads the settings of pages alone, as they stand under `userPages` of a configuration.
 *
 * @throws ConfigurationFileError with everything that is wrong
 */
export async function readUserPages(text: string, options: { fileName: string; readFile: ReadFile }): Promise<UserPagesSettings> {
  const reading = new Reading(new ConfigurationText(text, options.fileName));
  const settings = await settingsWithFiles(reading, reading.text.root ?? {}, [], options.readFile, []);
  const { value } = reading.shaped(userPagesBody, settings, []);
  if (value === null || reading.problems.length > 0) throw new ConfigurationFileError(reading.problems);
  return value;
}

function settingsWithFiles(reading: Reading, settings: unknown, path: Path, readFile: ReadFile, files: ThemeFile[]): Promise<unknown> {
  return within(settings, path, 'theme', async (theme, path) => {
    let changed = theme;
    for (const member of [...LOGOS, 'stylesheet'])
      changed = await within(changed, path, member, async (given, path) => {
        if (!isMapping(given) || typeof given['file'] !== 'string' || Object.keys(given).length > 1) return given;
        const isLogo = LOGOS.includes(member);
        const content = await textOf(reading, given['file'], [...path, 'file'], readFile, isLogo ? 'base64' : undefined);
        // What is wrong has been said.
        if (content === null) return null;
        files.push({ path, content, member: isLogo ? 'base64' : null });
        return isLogo ? { base64: content } : content;
      });
    return changed;
  });
}

type Change = (value: unknown, path: Path) => Promise<unknown>;

async function within(value: unknown, path: Path, member: string, change: Change): Promise<unknown> {
  if (!isMapping(value) || !Object.hasOwn(value, member)) return value;
  const [before, after] = [value[member], await change(value[member], [...path, member])];
  return before === after ? value : { ...value, [member]: after };
}

async function eachMember(value: unknown, path: Path, change: Change): Promise<unknown> {
  let changed = value;
  for (const member of isMapping(value) ? Object.keys(value) : []) changed = await within(changed, path, member, change);
  return changed;
}
