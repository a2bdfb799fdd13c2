import { OAuthError } from '../errors.ts';

/** Parameters by name; one with an empty value is as if absent (RFC 6749 section 3.2). */
export type Form = ReadonlyMap<string, string | readonly string[]>;

/** Of requests that have none. */
export const NO_FORM: Form = new Map();

const REPEATABLE: ReadonlySet<string> = new Set(['resource', 'audience']);

/**
 * Parses `application/x-www-form-urlencoded` strictly: a parameter given twice, a broken escape or bytes that are not
 * UTF-8 are refused instead of guessed at.
 *
 * @param repeatable names that may occur several times; these, and only these, are arrays.
 */
export function parseForm(text: string, repeatable: ReadonlySet<string> = NONE): Form {
  const form = new Map<string, string | string[]>();
  if (text.includes('\ufffd')) throw new OAuthError('invalid_request', 'The request is not valid UTF-8.');
  for (let start = 0; start < text.length;) {
    let end = text.indexOf('&', start);
    if (end < 0) end = text.length;
    let equals = text.indexOf('=', start);
    if (equals < 0 || equals > end) equals = end;
    if (end > start) {
      const name = decode(text.slice(start, equals));
      const value = decode(text.slice(equals + 1, end));
      const present = form.get(name);
      if (present === undefined) form.set(name, repeatable.has(name) ? [value] : value);
      else if (typeof present === 'object') present.push(value);
      else throw new OAuthError('invalid_request', 'A parameter is given more than once.');
    }
    start = end + 1;
  }
  for (const [name, value] of form) {
    if (value === '') form.delete(name);
    else if (typeof value === 'object' && value.includes('')) {
      const given = value.filter((each) => each !== '');
      if (given.length === 0) form.delete(name);
      else form.set(name, given);
    }
  }
  return form;
}

const RESOURCE: ReadonlySet<string> = new Set(['resource']);
const NONE: ReadonlySet<string> = new Set();

/** Parameters of the token endpoint: `resource` (RFC 8707) and `audience` (RFC 8693) may be repeated. */
export function parseTokenForm(text: string): Form {
  return parseForm(text, REPEATABLE);
}

/** A parameter that occurs once; undefined when absent. */
export function parameter(form: Form, name: string): string | undefined {
  const value = form.get(name);
  return typeof value === 'object' ? value[0] : value;
}

/** Parameters of an authorization request: `resource` may be repeated. RFC 8707 section 2.1. */
export function parseAuthorizationForm(text: string): Form {
  return parseForm(text, RESOURCE);
}

/** Parameters of an authorization request as they are kept: those of `resource`, in which no space can be, joined. */
export function keptParameters(form: Form): Readonly<Record<string, string>> {
  return Object.fromEntries([...form.keys()].map((name) => [name, parameters(form, name).join(' ')]));
}

/** What `keptParameters` has kept. */
export function parametersKept(kept: Readonly<Record<string, string>>): Form {
  return new Map(Object.entries(kept).map(([name, value]) => [name, RESOURCE.has(name) ? value.split(' ') : value]));
}

/** Every value of a parameter that may be repeated. */
export function parameters(form: Form, name: string): readonly string[] {
  const value = form.get(name) ?? [];
  return typeof value === 'string' ? [value] : value;
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new OAuthError('invalid_request', 'A parameter is not valid percent-encoded UTF-8.');
  }
}
