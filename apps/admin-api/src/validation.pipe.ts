import { StandardSchemaValidationPipe, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { checkShape } from '#libs/configuration';
import { jsonPointer, Problem, type ProblemDetail, type ProblemName } from './problem.ts';

/** More problems than this are counted, not listed. */
const LISTED = 100;

/** Checks bodies and parameters against the schemas of the handler; all that is wrong is reported at once. */
export class ValidationPipe implements PipeTransform {
  readonly #body = new SchemaPipe('invalid-body', 'Nothing was changed.');
  readonly #parameter = new SchemaPipe('invalid-request', 'A parameter is not right.');

  transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    return (metadata.type === 'body' ? this.#body : this.#parameter).transform(value, metadata);
  }
}

/** Nest's pipe with the words of the configuration's schemas, so that file and API say the same about the same mistake. */
class SchemaPipe extends StandardSchemaValidationPipe {
  constructor(
    private readonly problem: ProblemName,
    private readonly detail: string,
  ) {
    super();
  }

  override transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    const { schema } = metadata;
    if (schema === undefined) return Promise.resolve(value);
    const shaped = checkShape(schema as unknown as z.ZodType<T>, value);
    if (shaped.ok) return Promise.resolve(shaped.value);
    const parent = metadata.data === undefined ? [] : [metadata.data];
    const errors = shaped.problems.map(({ path, message }): ProblemDetail => ({ pointer: jsonPointer([...parent, ...path]), message }));
    throw new Problem(this.problem, this.detail, {
      errors:
        errors.length > LISTED ? [...errors.slice(0, LISTED), { pointer: '', message: `and ${errors.length - LISTED} more` }] : errors,
    });
  }
}
