import { z } from 'zod';
import { PROCEDURE_LANGUAGES, type Library, type Origin } from '#libs/oauth';
import { shape, unique } from './shape.ts';
import { description, id } from './values.ts';

/** What a text is written in. */
export const scriptLanguage = z
  .enum(PROCEDURE_LANGUAGES)
  .meta({ description: 'Types of TypeScript are checked and blanked out, so that positions stay.' });

/** A library as administrators write it; its text comes in versions. */
export const libraryBody = shape({ description: description.default('') }).meta({
  description: 'A global script: plain functions that procedures of any flow may use, in versions of which one is active.',
});

export type LibraryBody = z.output<typeof libraryBody>;

/** The same with the id, for where it does not come from the place. */
export const newLibraryBody = shape({ id, ...libraryBody.shape });

/** The entity that a body describes, before its first version. */
export function libraryOf(id: string, body: LibraryBody, origin: Origin): Library {
  return { id, description: body.description, activeVersion: null, origin };
}

/** A procedure uses at most so many. */
const MOST_LIBRARIES = 16;

const REFERENCE = /^([A-Za-z0-9][A-Za-z0-9._-]{0,127})(?:@([1-9][0-9]{0,6}))?$/;

/** A library that a procedure uses, such as `claims` or `claims@2`. */
export const libraryReference = z
  .string()
  .regex(REFERENCE, 'must be the id of a library, such as claims, or of one of its versions, such as claims@2')
  .meta({ description: 'Id of a library, whose active version is pinned, or one of its versions.', examples: ['claims', 'claims@2'] });

/** Libraries in the order in which they are evaluated, each once. */
export const libraryReferences = z
  .array(libraryReference)
  .max(MOST_LIBRARIES)
  .superRefine((references, context) => {
    const names = references.map((reference) => parseLibraryReference(reference).library);
    names.forEach((name, i) => {
      if (names.indexOf(name) !== i) context.addIssue({ code: 'custom', path: [i], message: `library "${name}" is named twice` });
    });
  })
  .meta({ description: 'Global scripts that it uses, in the order in which they are evaluated.' });

/** Names of secrets that a procedure version may read. */
export const secretNames = z
  .array(id)
  .max(100)
  .superRefine(unique)
  .meta({ description: "Names of the profile's secrets that it may read." });

/** A reference taken apart; `version` is null for the active one. */
export function parseLibraryReference(text: string): { readonly library: string; readonly version: number | null } {
  const [, library = text, version] = REFERENCE.exec(text) ?? [];
  return { library, version: version === undefined ? null : Number(version) };
}
