import { libraryBody } from '../schema/library-body.ts';
import { procedureBody } from '../schema/procedure-body.ts';
import { sampleEntries, samplesOf } from '../schema/sample-body.ts';
import { shape } from '../schema/shape.ts';
import { id } from '../schema/values.ts';
import type { DesiredLibrary, DesiredProcedure } from './desired.ts';
import type { Reading } from './reading.ts';
import { checkTextsEntry, libraryTexts, procedureTexts, readVersions, type ReadFile } from './version-entries.ts';

const libraryEntry = shape({ ...libraryBody.shape, ...libraryTexts }).superRefine(checkTextsEntry);
const procedureEntry = shape({ ...procedureBody.shape, ...procedureTexts, samples: sampleEntries.optional() }).superRefine(checkTextsEntry);

/** Reads `libraries`, with the files they name. */
export async function readLibraries(reading: Reading, value: unknown, readFile: ReadFile): Promise<readonly DesiredLibrary[]> {
  const entries = reading.members(value, ['libraries']);
  const libraries = await Promise.all(entries.map(([library, entry]) => readLibrary(reading, library, entry, readFile)));
  return libraries.filter((library) => library !== null);
}

/** Reads `procedures`, with the files they name. */
export async function readProcedures(reading: Reading, value: unknown, readFile: ReadFile): Promise<readonly DesiredProcedure[]> {
  const entries = reading.members(value, ['procedures']);
  const procedures = await Promise.all(entries.map(([procedure, entry]) => readProcedure(reading, procedure, entry, readFile)));
  return procedures.filter((procedure) => procedure !== null);
}

async function readLibrary(reading: Reading, library: string, entry: unknown, readFile: ReadFile): Promise<DesiredLibrary | null> {
  const path = ['libraries', library];
  const key = reading.at('library', path, library);
  const named = reading.named(id, library, path);
  const { value: body, sound, doubts } = reading.shaped(libraryEntry, entry, path);
  if (body === null) {
    reading.spoiled('library', key);
    return null;
  }
  if (!named || !sound) reading.impaired('library', key, doubts);
  const texts = await readVersions(reading, 'library', library, body, entry, path, readFile);
  return { id: library, key, description: body.description, ...texts };
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
  const texts = await readVersions(reading, 'procedure', procedure, body, entry, path, readFile);
  return {
    id: procedure,
    key,
    flow: body.flow,
    description: body.description,
    samples: body.samples === undefined ? null : samplesOf(body.samples),
    ...texts,
  };
}
