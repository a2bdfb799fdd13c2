import { CeilingError } from '../issuance/claims.ts';

/** What the prelude sends with a host call of kind `http`. */
export interface HttpArguments {
  /** Null for the profile's only client. */
  readonly client: string | null;
  /** Null for the only host that the client allows. */
  readonly uri: string | null;
  readonly method: string;
  readonly path: string | null;
  readonly query: Readonly<Record<string, readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Milliseconds; null for the client's own. */
  readonly timeout: number | null;
}

/** What the prelude sends with a host call of kind `verify-jwt`; what the procedure left out is left out. */
export interface VerifyArguments {
  readonly token: string;
  readonly keySet?: Readonly<Record<string, unknown>>;
  readonly jwksUri?: string;
  readonly issuer?: string;
  readonly audience?: readonly string[];
  readonly algorithms?: readonly string[];
  readonly clockTolerance?: number;
  readonly typ?: string;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown) => value === null || isText(value);
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
/** An object of JSON: neither null nor an array. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const optional = (is: (value: unknown) => boolean) => (value: unknown) => value === undefined || is(value);

type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

const HTTP: Shape = {
  client: isTextOrNull,
  uri: isTextOrNull,
  method: isText,
  path: isTextOrNull,
  query: (value) => isObject(value) && Object.values(value).every(isTexts),
  headers: (value) => isObject(value) && Object.values(value).every(isText),
  body: isTextOrNull,
  timeout: (value) => value === null || isNumber(value),
};

const VERIFY: Shape = {
  token: isText,
  keySet: optional(isObject),
  jwksUri: optional(isText),
  issuer: optional(isText),
  audience: optional(isTexts),
  algorithms: optional(isTexts),
  clockTolerance: optional(isNumber),
  typ: optional(isText),
};

/** @throws Error: the prelude has written the arguments, so what does not fit comes from a broken sandbox */
export function httpArguments(args: string): HttpArguments {
  return shaped(args, HTTP) as unknown as HttpArguments;
}

/** @throws Error */
export function verifyArguments(args: string): VerifyArguments {
  return shaped(args, VERIFY) as unknown as VerifyArguments;
}

/** Names of one entry of a bucket. @throws CeilingError for a subject or purpose that cannot be stored */
export function bucketArguments(args: string): { readonly bucket: string; readonly subject: string; readonly purpose: string } {
  const parts: unknown = JSON.parse(args);
  if (!Array.isArray(parts) || parts.length !== 3 || !parts.every(isText)) throw broken();
  const [bucket = '', subject = '', purpose = ''] = parts;
  for (const [what, text, longest] of [
    ['subject', subject, 512],
    ['purpose', purpose, 128],
  ] as const)
    if (text === '' || text.length > longest || text.includes('\0') || !text.isWellFormed())
      throw new CeilingError(`the ${what} of a bucket's attributes must be text of 1 to ${longest} characters without null characters`);
  return { bucket, subject, purpose };
}

/** The key, its lifetime in seconds and the value's text. @throws Error */
export function cacheArguments(args: string): { readonly key: string; readonly seconds: number; readonly value: string } {
  const end = args.indexOf('\n');
  const parts: unknown = JSON.parse(args.slice(0, end));
  if (end < 0 || !Array.isArray(parts) || !isText(parts[0]) || !isNumber(parts[1])) throw broken();
  return { key: parts[0], seconds: parts[1] as number, value: args.slice(end + 1) };
}

function shaped(args: string, shape: Shape): Record<string, unknown> {
  const given: unknown = JSON.parse(args);
  if (!isObject(given)) throw broken();
  for (const [name, fits] of Object.entries(shape)) if (!fits(given[name])) throw broken();
  return given;
}

function broken(): Error {
  return new Error('the sandbox sent a broken host call');
}
