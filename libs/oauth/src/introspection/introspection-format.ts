import type { RegisteredClient } from '../client/registered-client.ts';
import type { IntrospectionFormat } from '../configuration/client-settings.ts';

const MEDIA_TYPES: Readonly<Record<string, IntrospectionFormat>> = {
  'application/json': 'json',
  'application/jwt': 'jwt',
  'application/token-introspection+jwt': 'signed',
};

/** Formats of `Accept` in the order of preference, remembered because gateways send the same few over and over. */
const known = new Map<string, readonly IntrospectionFormat[]>();
const KNOWN_ENTRIES = 200;

/**
 * The formats that an `Accept` header names, best first: by q, then in the order written. Wildcards and types we do not
 * have are left out, for they mean JSON. RFC 9110 section 12.5.1.
 */
export function acceptedFormats(accept: string | undefined): readonly IntrospectionFormat[] {
  if (accept === undefined || accept === '') return [];
  let formats = known.get(accept);
  if (formats === undefined) {
    formats = parseAccept(accept);
    if (known.size >= KNOWN_ENTRIES) known.clear();
    known.set(accept, formats);
  }
  return formats;
}

/**
 * The format of the answer: the best accepted one that the caller's settings allow, else JSON. A client that wants its
 * answers encrypted gets nothing else.
 */
export function chooseFormat(accept: string | undefined, client: RegisteredClient): IntrospectionFormat {
  if (client.client.introspection.encryption !== null) return 'signed';
  for (const format of acceptedFormats(accept)) if (client.formats.has(format)) return format;
  return 'json';
}

function parseAccept(accept: string): readonly IntrospectionFormat[] {
  const found: { format: IntrospectionFormat; q: number }[] = [];
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const format = Object.hasOwn(MEDIA_TYPES, type) ? MEDIA_TYPES[type] : undefined;
    if (format === undefined) {
      // Text that a wildcard ranks above a JWT asks for JSON.
      if (type === '*/*' || type === 'application/*') found.push({ format: 'json', q: quality(parameters) });
      continue;
    }
    found.push({ format, q: quality(parameters) });
  }
  return found
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q)
    .map(({ format }) => format);
}

function quality(parameters: readonly string[]): number {
  const text = parameters.find((parameter) => parameter.startsWith('q='));
  if (text === undefined) return 1;
  const q = Number(text.slice(2));
  return q >= 0 && q <= 1 ? q : 0;
}
