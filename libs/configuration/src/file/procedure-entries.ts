import { z } from 'zod';
import { procedureBody, versionNote } from '../schema/procedure-body.ts';
import { shape } from '../schema/shape.ts';
import { id } from '../schema/values.ts';
import { secondsOf, time } from './client-secrets.ts';
import type { Path } from './configuration-text.ts';
import type { DesiredProcedure, DesiredVersion } from './desired.ts';
import type { Reading } from './reading.ts';

const file = z.string().min(1).max(1024);
const source = z.string().min(1).max(4_194_304);

const versionEntry = shape({
  file: file.optional(),
  source: source.optional(),
  note: versionNote.default(''),
  createdAt: time.optional(),
  createdBy: z.string().min(1).max(128).optional(),
}).refine((entry) => (entry.file === undefined) !== (entry.source === undefined), 'must have exactly one of "file" and "source"');

const procedureEntry = shape({
  ...procedureBody.shape,
  file: file.optional(),
  source: source.optional(),
  note: versionNote.default(''),
  // Read one by one, so that a bad one does not move the places of the others.
  versions: z.array(z.unknown()).max(100_000).optional(),
  activeVersion: z.int().min(1).nullable().optional(),
}).superRefine((entry, context) => {
  const given = [entry.file, entry.source, entry.versions].filter((way) => way !== undefined).length;
  if (given !== 1) context.addIssue({ code: 'custom', message: 'must have exactly one of "file", "source" and "versions"' });
  if (entry.activeVersion !== undefined && entry.versions === undefined)
    context.addIssue({
      code: 'custom',
      path: ['activeVersion'],
      message: 'goes with "versions" only: the text in "file" or "source" is the active one',
    });
  if (typeof entry.activeVersion === 'number' && entry.versions !== undefined && entry.activeVersion > entry.versions.length)
    context.addIssue({ code: 'custom', path: ['activeVersion'], message: `there are ${entry.versions.length} versions only` });
});

/** Reads a file that the configuration names, relative to it. Throws when it cannot. */
export type ReadFile = (path: string) => string | Promise<string>;

/** Reads `procedures`, with the files they name. */
export async function readProcedures(reading: Reading, value: unknown, readFile: ReadFile): Promise<readonly DesiredProcedure[]> {
  const entries = reading.members(value, ['procedures']);
  const procedures = await Promise.all(entries.map(([procedure, entry]) => readProcedure(reading, procedure, entry, readFile)));
  return procedures.filter((procedure) => procedure !== null);
}

async function readProcedure(reading: Reading, procedure: string, entry: unknown, readFile: ReadFile): Promise<DesiredProcedure | null> {
  const path = ['procedures', procedure];
  const key = reading.at('procedure', path, procedure);
  const named = reading.named(id, procedure, path);
  const { value: body, sound, doubts } = reading.shaped(procedureEntry, entry, path);
  if (body === null) {
    reading.spoiled('procedure', key);
    return null;
  }
  if (!named || !sound) reading.impaired('procedure', key, doubts);
  const read = await Promise.all(
    body.versions === undefined
      ? [readVersion(reading, { file: body.file, source: body.source, note: body.note }, path, readFile)]
      : body.versions.map((entry, i) => readListed(reading, key, entry, [...path, 'versions', i], readFile)),
  );
  // Without one of them the others have no number any more, but they are still texts to check.
  const versions = read.filter((version) => version !== null);
  if (versions.length < read.length) reading.impaired('procedure', key, [['versions']]);
  versions.forEach(
    (version, i) => body.versions !== undefined && reading.at('procedure-version', version.path.slice(0, -1), procedure, i + 1),
  );
  return {
    id: procedure,
    key,
    flow: body.flow,
    description: body.description,
    form: body.versions === undefined ? 'latest' : 'history',
    versions,
    activeVersion: body.versions === undefined ? 1 : body.activeVersion === undefined ? versions.length || null : body.activeVersion,
  };
}

type VersionEntry = z.output<typeof versionEntry>;

async function readListed(
  reading: Reading,
  procedure: string,
  entry: unknown,
  path: Path,
  readFile: ReadFile,
): Promise<DesiredVersion | null> {
  const { value, sound, doubts } = reading.shaped(versionEntry, entry, path);
  if (!sound) reading.impaired('procedure', procedure, doubts.length === 0 && value !== null ? [] : [['versions']]);
  return value === null ? null : await readVersion(reading, value, path, readFile);
}

async function readVersion(reading: Reading, entry: VersionEntry, path: Path, readFile: ReadFile): Promise<DesiredVersion | null> {
  const at = [...path, entry.file === undefined ? 'source' : 'file'];
  const source = entry.file === undefined ? (entry.source ?? '') : await textOf(reading, entry.file, at, readFile);
  if (source === null) return null;
  if (source === '') {
    reading.report(at, 'is empty');
    return null;
  }
  return {
    source,
    note: entry.note,
    createdAt: entry.createdAt === undefined ? null : secondsOf(entry.createdAt),
    createdBy: entry.createdBy ?? null,
    file: entry.file ?? null,
    path: at,
  };
}

async function textOf(reading: Reading, file: string, path: Path, readFile: ReadFile): Promise<string | null> {
  try {
    return await readFile(file);
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
