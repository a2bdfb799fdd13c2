import type { z } from 'zod';
import { checkShape } from '../schema/shape.ts';
import type { Path } from './configuration-text.ts';
import type { Reading } from './reading.ts';

/** Where a secret of any sort comes from: it stands in the text itself, or in the environment. */
export interface LiteralSource {
  readonly path: Path;
  readonly value: string | null;
  /** Name of an environment variable. */
  readonly env: string | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The secret itself; null after reporting that the environment does not have it. Never part of a message. */
export function literalOf(reading: Reading, entry: LiteralSource, env: Environment, schema: z.ZodType<string>): string | null {
  if (entry.value !== null) return entry.value;
  const name = entry.env ?? '';
  const literal = Object.hasOwn(env, name) ? env[name] : undefined;
  const path = [...entry.path, 'env'];
  if (literal === undefined || literal === '') {
    reading.report(path, `the environment variable ${name} is not set`);
    return null;
  }
  const shaped = checkShape(schema, literal);
  if (shaped.ok) return literal;
  reading.report(path, `the value of the environment variable ${name} ${shaped.problems.map((problem) => problem.message).join('; ')}`);
  return null;
}
