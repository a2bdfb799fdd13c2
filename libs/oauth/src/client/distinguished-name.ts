import type { X509Certificate } from 'node:crypto';

/** Names of attribute types, in capitals, by what else they may be called. RFC 4514 section 3; then what OpenSSL calls them. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'TITLE'],
  ['2.5.4.15', 'BUSINESSCATEGORY'],
  ['2.5.4.17', 'POSTALCODE'],
  ['2.5.4.42', 'GN'],
  ['2.5.4.97', 'ORGANIZATIONIDENTIFIER'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'EMAILADDRESS'],
  ['1.3.6.1.4.1.311.60.2.1.1', 'JURISDICTIONL'],
  ['1.3.6.1.4.1.311.60.2.1.2', 'JURISDICTIONST'],
  ['1.3.6.1.4.1.311.60.2.1.3', 'JURISDICTIONC'],
  ['S', 'ST'],
  ['E', 'EMAILADDRESS'],
  ['SURNAME', 'SN'],
  ['GIVENNAME', 'GN'],
  ['STREETADDRESS', 'STREET'],
]);

/** One attribute with the separator that follows: type, value with its escapes, separator. */
const ATTRIBUTE =
  / *([A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)+) *= *((?:\\(?:[0-9A-Fa-f]{2}|[ "#+,;<=>\\])|[^\\,+";<>\n#])(?:\\(?:[0-9A-Fa-f]{2}|[ "#+,;<=>\\])|[^\\,+";<>\n])*?) *([,+]|$)/y;

/**
 * A distinguished name in one spelling, so that two can be compared; null when it is none. Written as RFC 4514 says, the most
 * specific attribute first; values are compared exactly.
 */
export function canonicalName(text: string): string | null {
  const names: string[][] = [[]];
  ATTRIBUTE.lastIndex = 0;
  for (;;) {
    const [, type, value, separator] = ATTRIBUTE.exec(text) ?? [];
    if (type === undefined || value === undefined) return null;
    names.at(-1)?.push(JSON.stringify([canonicalType(type), unescaped(value)]));
    if (separator === ',') names.push([]);
    else if (separator === '') return names.map((name) => name.sort().join('+')).join(',');
  }
}

/** The subject of a certificate in the same spelling; null for an empty one. */
export function canonicalSubject({ subject }: X509Certificate): string | null {
  // One line each, the most general first, with the escapes of RFC 4514. There is no subject at all where it is empty.
  const lines = (subject as string | undefined)?.split('\n').reverse() ?? [];
  const names = lines.map(canonicalName);
  return names.length === 0 || names.includes(null) ? null : names.join(',');
}

function canonicalType(type: string): string {
  const name = type.toUpperCase();
  return TYPES.get(name) ?? name;
}

function unescaped(value: string): string {
  const bytes: Buffer[] = [];
  for (const [, hex, special, plain] of value.matchAll(/\\([0-9A-Fa-f]{2})|\\(.)|([^\\]+)/g))
    bytes.push(hex === undefined ? Buffer.from(special ?? plain ?? '') : Buffer.from(hex, 'hex'));
  return Buffer.concat(bytes).toString();
}
