import { z } from 'zod';
import { KeySealError, type KeySealer } from '#libs/oauth';
import { secretText } from '../schema/secret-body.ts';
import { shape } from '../schema/shape.ts';
import { environmentVariable } from '../schema/values.ts';
import { secondsOf, time } from './client-secrets.ts';
import type { Path } from './configuration-text.ts';
import { literalOf, type Environment, type LiteralSource } from './literal-values.ts';
import { isMapping } from './mapping.ts';
import type { Reading } from './reading.ts';

/** Something secret that is stored sealed, as a file gives it. */
export interface SealedValue extends LiteralSource {
  /** As an export writes it. */
  readonly sealed: string | null;
  /** What is wrong with the text itself, without a word of it; null for nothing. */
  readonly problemOf: (text: string) => string | null;
}

/** What seals and opens texts: a `KeySealer`. */
export type TextSealer = Pick<KeySealer, 'sealText' | 'openText' | 'holdsText'>;

const ways = {
  value: secretText.optional(),
  env: environmentVariable.optional(),
  sealed: z
    .string()
    .max(262_144)
    .regex(/^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/, 'must be a sealed value as an export writes it')
    .optional(),
};
const oneWay = (entry: { readonly value?: unknown; readonly env?: unknown; readonly sealed?: unknown }) =>
  [entry.value, entry.env, entry.sealed].filter((way) => way !== undefined).length === 1;
const ONE_WAY = 'must have exactly one of "value", "env" and "sealed"';

const valueEntry = z.union([secretText, shape(ways).refine(oneWay, ONE_WAY)]);
const timedEntry = z.union([
  secretText,
  shape({ ...ways, createdAt: time.optional(), updatedAt: time.optional() }).refine(oneWay, ONE_WAY),
]);

/** A value as it stands in the text; null after reporting why it is none. */
export function readSealedValue(reading: Reading, value: unknown, path: Path, problemOf: SealedValue['problemOf']): SealedValue | null {
  if (value === undefined || value === null) {
    reading.report(path, 'is missing');
    return null;
  }
  const { value: shaped } = reading.shaped(valueEntry, value, path);
  return shaped === null ? null : sealedValueOf(shaped, path, problemOf);
}

/** The same with the times of a secret, null where the text has none. */
export function readTimedValue(
  reading: Reading,
  value: unknown,
  path: Path,
): { readonly value: SealedValue | null; readonly createdAt: number | null; readonly updatedAt: number | null } {
  const { value: shaped } = reading.shaped(timedEntry, value, path);
  if (shaped === null || typeof shaped === 'string')
    return { value: shaped === null ? null : sealedValueOf(shaped, path, noProblem), createdAt: null, updatedAt: null };
  const { createdAt, updatedAt } = shaped;
  return {
    value: sealedValueOf(shaped, path, noProblem),
    createdAt: createdAt === undefined ? null : secondsOf(createdAt),
    updatedAt: updatedAt === undefined ? null : secondsOf(updatedAt),
  };
}

const noProblem = () => null;

function sealedValueOf(
  shaped: string | { readonly value?: string | undefined; readonly env?: string | undefined; readonly sealed?: string | undefined },
  path: Path,
  problemOf: SealedValue['problemOf'],
): SealedValue {
  if (typeof shaped === 'string') return { path, value: shaped, env: null, sealed: null, problemOf };
  const { value = null, env = null, sealed = null } = shaped;
  return { path, value, env, sealed, problemOf };
}

/**
 * The value, sealed. What is stored is kept when it holds the same text, so that reading a file again changes nothing.
 *
 * @returns null after reporting why there is none
 */
export async function sealedOf(
  reading: Reading,
  value: SealedValue,
  stored: string | null,
  { env, sealer }: { readonly env: Environment; readonly sealer: TextSealer },
): Promise<string | null> {
  const text = value.sealed === null ? plainOf(reading, value, env) : await openedOf(reading, value, value.sealed, sealer);
  if (text === null) return null;
  if (stored !== null && (stored === value.sealed || (await sealer.holdsText(stored, text)))) return stored;
  return value.sealed ?? (await sealer.sealText(text));
}

/** The plain text of a value that is not sealed; null after reporting why there is none. */
export function plainOf(reading: Reading, value: SealedValue, env: Environment): string | null {
  const text = literalOf(reading, value, env, secretText);
  return text === null ? null : checked(reading, value, text);
}

async function openedOf(reading: Reading, value: SealedValue, sealed: string, sealer: TextSealer): Promise<string | null> {
  try {
    return checked(reading, value, await sealer.openText(sealed));
  } catch (error) {
    if (!(error instanceof KeySealError)) throw error;
    reading.report(
      [...value.path, 'sealed'],
      'cannot be opened with the key encryption key of this service; start it with the one that sealed it, or write the value itself: { value: ... } or { env: NAME_OF_A_VARIABLE }',
    );
    return null;
  }
}

function checked(reading: Reading, value: SealedValue, text: string): string | null {
  const problem = value.problemOf(text);
  if (problem === null) return text;
  const way = value.env !== null ? 'env' : value.sealed !== null ? 'sealed' : 'value';
  const within = [...value.path, way];
  const path = reading.text.existing(within).length === within.length ? within : value.path;
  reading.report(path, way === 'env' ? `the value of the environment variable ${value.env ?? ''} ${problem}` : problem);
  return null;
}

/** Whether a mapping has a member that is neither missing nor empty. */
export function hasMember<M extends string>(value: unknown, member: M): value is Record<M, unknown> {
  return isMapping(value) && value[member] !== undefined && value[member] !== null;
}
