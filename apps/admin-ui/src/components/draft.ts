import { ApiError } from '../api/api-error.ts';

/** What people type, read for a body that is sent. What cannot be read is an error at the pointer of its field; all else the service says. */

/** @throws ApiError when it is no JSON object, or has members that the form has fields for */
export function objectOf(text: string, pointer: string, members: readonly string[] = []): Record<string, unknown> {
  const value = jsonOf(text.trim() === '' ? '{}' : text, pointer);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(pointer, 'must be an object: { ... }');
  const doubled = members.filter((name) => Object.hasOwn(value, name));
  if (doubled.length > 0) throw wrong(pointer, `has ${doubled.join(', ')}, which the form has fields for`);
  return value as Record<string, unknown>;
}

/** @throws ApiError when it is no JSON list */
export function listOf(text: string, pointer: string): unknown[] {
  const value = jsonOf(text.trim() === '' ? '[]' : text, pointer);
  if (!Array.isArray(value)) throw wrong(pointer, 'must be a list: [ ... ]');
  return value;
}

/** Null where nothing is typed. @throws ApiError when it is no whole number */
export function wholeNumberOf(text: string, pointer: string, unit = 'seconds'): number | null {
  if (text.trim() === '') return null;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text);
  throw wrong(pointer, `must be a whole number of ${unit}`);
}

function jsonOf(text: string, pointer: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong(pointer, `is no JSON: ${(error as SyntaxError).message}`);
  }
}

/** Words apart by white space or commas. */
export function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** A form that is not sent. */
export function wrong(pointer: string, message: string): ApiError {
  return ApiError.notSent('The form has something that cannot be sent as it is.', [{ pointer, message }]);
}

/** What a new thing is to be called, for its address. @throws ApiError when nothing is typed */
export function nameOf(text: string, pointer: string): string {
  if (text.trim() === '') throw wrong(pointer, 'is missing');
  return text.trim();
}
