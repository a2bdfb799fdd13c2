import { z } from 'zod';
import { checkShape, scriptLanguage, versionNote } from '#libs/configuration';
import { DEFAULT_LIMITS, type ProcedureLanguage } from '#libs/oauth';
import { TYPESCRIPT_TYPES } from './body-parsers.ts';
import { jsonPointer, Problem } from './problem.ts';

/** Members of an upload as JSON that procedures and libraries have alike. */
export const uploadText = {
  source: z
    .string()
    .min(1)
    .max(DEFAULT_LIMITS.sourceBytes)
    .describe('JavaScript or TypeScript; of a procedure, with a `function result(context)`.'),
  language: scriptLanguage.optional().describe('`javascript` unless told.'),
  note: versionNote.optional(),
};

/** An upload, whichever way it was sent. */
export interface UploadedText {
  readonly source: string;
  readonly language?: ProcedureLanguage | undefined;
  readonly note?: string | undefined;
}

/**
 * Reads an upload: JSON as it is, or a source whose media type says its language.
 * @throws Problem `invalid-body` with all that is wrong
 */
export function readUpload<S extends z.ZodType<UploadedText>>(schema: S, body: unknown, mediaType: string | undefined): z.output<S> {
  const shaped = checkShape(schema, typeof body === 'string' ? { source: body } : body);
  if (!shaped.ok) {
    throw new Problem('invalid-body', 'Nothing was stored.', {
      errors: shaped.problems.map(({ path, message }) => ({ pointer: jsonPointer(path), message })),
    });
  }
  return isTypeScript(mediaType) ? { ...shaped.value, language: 'typescript' } : shaped.value;
}

function isTypeScript(mediaType = ''): boolean {
  const [type = ''] = mediaType.split(';', 1);
  return TYPESCRIPT_TYPES.some((known) => known === type.trim().toLowerCase());
}
