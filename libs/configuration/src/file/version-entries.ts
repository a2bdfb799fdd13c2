import { z } from 'zod';
import type { ProcedureLanguage } from '#libs/oauth';
import { libraryReference, libraryReferences, parseLibraryReference, scriptLanguage, secretNames } from '../schema/library-body.ts';
import { versionNote } from '../schema/procedure-body.ts';
import { checkShape, shape } from '../schema/shape.ts';
import { secondsOf, time } from './client-secrets.ts';
import type { Path } from './configuration-text.ts';
import type { DesiredPin, DesiredVersion } from './desired.ts';
import { isMapping } from './mapping.ts';
import type { Reading } from './reading.ts';

/** Reads a file that the configuration names, relative to it: as text, or in base64 what is no text. Throws when it cannot. */
export type ReadFile = (path: string, encoding?: 'base64') => string | Promise<string>;

const text = {
  file: z.string().min(1).max(1024).optional(),
  source: z.string().min(1).max(4_194_304).optional(),
  language: scriptLanguage.optional(),
};
const needs = { libraries: libraryReferences.optional(), secrets: secretNames.optional() };
const upload = { note: versionNote.default(''), createdAt: time.optional(), createdBy: z.string().min(1).max(128).optional() };

interface Texts {
  readonly file?: string | undefined;
  readonly source?: string | undefined;
}
const oneText = (entry: Texts) => (entry.file === undefined) !== (entry.source === undefined);
const ONE_TEXT = 'must have exactly one of "file" and "source"';

const libraryVersionEntry = shape({ ...text, ...upload }).refine(oneText, ONE_TEXT);
const procedureVersionEntry = shape({ ...text, ...needs, ...upload }).refine(oneText, ONE_TEXT);

const versions = {
  note: versionNote.default(''),
  // Read one by one, so that a bad one does not move the places of the others.
  versions: z.array(z.unknown()).max(100_000).optional(),
  activeVersion: z.int().min(1).nullable().optional(),
};

/** The texts of a library: its members beside `versions` are those of one version that is to be active. */
export const libraryTexts = { ...text, ...versions };
/** The texts of a procedure, likewise. */
export const procedureTexts = { ...text, ...needs, ...versions };

type TextsEntry = Texts & {
  readonly versions?: readonly unknown[] | undefined;
  readonly activeVersion?: number | null | undefined;
};

/** What goes together in an entry with texts. */
export function checkTextsEntry(entry: TextsEntry, context: z.core.$RefinementCtx): void {
  const refuse = (message: string, path: string[] = []) => context.addIssue({ code: 'custom', path, message });
  const given = [entry.file, entry.source, entry.versions].filter((way) => way !== undefined).length;
  if (given !== 1) refuse('must have exactly one of "file", "source" and "versions"');
  if (entry.activeVersion !== undefined && entry.versions === undefined)
    refuse('goes with "versions" only: the text in "file" or "source" is the active one', ['activeVersion']);
  if (typeof entry.activeVersion === 'number' && entry.versions !== undefined && entry.activeVersion > entry.versions.length)
    refuse(`there are ${entry.versions.length} versions only`, ['activeVersion']);
  const members = entry as Readonly<Record<string, unknown>>;
  for (const member of ['language', 'libraries', 'secrets'])
    if (entry.versions !== undefined && members[member] !== undefined)
      refuse('goes with "file" or "source" only: each of "versions" has its own', [member]);
}

/** An entry with texts, after its shape was checked. */
export type ShapedTexts = VersionEntry & TextsEntry;

/** The versions that an entry gives, with the files they name; `raw` is the entry as it stands in the text. */
export async function readVersions(
  reading: Reading,
  kind: 'procedure' | 'library',
  id: string,
  body: ShapedTexts,
  raw: unknown,
  path: Path,
  readFile: ReadFile,
): Promise<Pick<DesiredLibraryTexts, 'form' | 'versions' | 'activeVersion'>> {
  const key = encodeURIComponent(id);
  const read = await Promise.all(
    body.versions === undefined
      ? [readVersion(reading, body, raw, path, readFile)]
      : body.versions.map((entry, i) => readListed(reading, kind, key, entry, [...path, 'versions', i], readFile)),
  );
  // Without one of them the others have no number any more, but they are still texts to check.
  const found = read.filter((version) => version !== null);
  if (found.length < read.length) reading.impaired(kind, key, [['versions']]);
  if (body.versions === undefined) return { form: 'latest', versions: found, activeVersion: 1 };
  found.forEach((version, i) => reading.at(`${kind}-version`, version.path.slice(0, -1), id, i + 1));
  return {
    form: 'history',
    versions: found,
    activeVersion: body.activeVersion === undefined ? found.length || null : body.activeVersion,
  };
}

interface DesiredLibraryTexts {
  readonly form: 'latest' | 'history';
  readonly versions: readonly DesiredVersion[];
  readonly activeVersion: number | null;
}

interface VersionEntry extends Texts {
  readonly language?: ProcedureLanguage | undefined;
  readonly secrets?: readonly string[] | undefined;
  readonly note: string;
  readonly createdAt?: z.output<typeof time> | undefined;
  readonly createdBy?: string | undefined;
}

async function readListed(
  reading: Reading,
  kind: 'procedure' | 'library',
  key: string,
  entry: unknown,
  path: Path,
  readFile: ReadFile,
): Promise<DesiredVersion | null> {
  const schema: z.ZodType<VersionEntry> = kind === 'procedure' ? procedureVersionEntry : libraryVersionEntry;
  const { value, sound, doubts } = reading.shaped(schema, entry, path);
  if (!sound) reading.impaired(kind, key, doubts.length === 0 && value !== null ? [] : [['versions']]);
  return value === null ? null : await readVersion(reading, value, entry, path, readFile);
}

async function readVersion(
  reading: Reading,
  entry: VersionEntry,
  raw: unknown,
  path: Path,
  readFile: ReadFile,
): Promise<DesiredVersion | null> {
  const at = [...path, entry.file === undefined ? 'source' : 'file'];
  const source = entry.file === undefined ? (entry.source ?? '') : await textOf(reading, entry.file, at, readFile);
  if (source === null) return null;
  if (source === '') {
    reading.report(at, 'is empty');
    return null;
  }
  return {
    language: entry.language ?? (entry.file?.endsWith('.ts') === true ? 'typescript' : 'javascript'),
    source,
    libraries: isMapping(raw) ? pinsOf(raw['libraries'], [...path, 'libraries']) : [],
    secrets: entry.secrets ?? [],
    note: entry.note,
    createdAt: entry.createdAt === undefined ? null : secondsOf(entry.createdAt),
    createdBy: entry.createdBy ?? null,
    file: entry.file ?? null,
    path: at,
  };
}

/** From the text as it stands: each is named where it is, whether those before it are well-formed or not. */
function pinsOf(value: unknown, path: Path): readonly DesiredPin[] {
  if (!Array.isArray(value)) return [];
  const pins = value.flatMap((element: unknown, i): DesiredPin[] => {
    const reference = checkShape(libraryReference, element);
    return reference.ok ? [{ ...parseLibraryReference(reference.value), path: [...path, i] }] : [];
  });
  // One that is named twice is reported by the shape.
  return pins.filter((pin, i) => pins.findIndex(({ library }) => library === pin.library) === i);
}

/** A file's text, or what it is in base64; null after reporting why not. */
export async function textOf(reading: Reading, file: string, path: Path, readFile: ReadFile, encoding?: 'base64'): Promise<string | null> {
  try {
    return await readFile(file, encoding);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EACCES'
          ? 'the file may not be read'
          : code === 'EISDIR'
            ? 'it is a folder'
            : error instanceof Error
              ? error.message
              : String(error);
    reading.report(path, `cannot read "${file}": ${reason}`);
    return null;
  }
}
