/** Names of kinds that are more than their id with blanks. */
const KINDS: Readonly<Record<string, string>> = {
  'http-client': 'HTTP client',
  'procedure-version': 'version of procedure',
  'library-version': 'version of library',
  'admin-session': 'session of an administrator',
  configuration: 'configuration file',
};

/** What people call a kind of entity, such as "token issuer". */
export function nameOfKind(kind: string): string {
  return KINDS[kind] ?? kind.replaceAll('-', ' ');
}

/** The key of an entity, whose parts are percent-encoded, for people. */
export function nameOfKey(key: string): string {
  return key.split('/').map(decoded).join(' / ');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    // Shown as it is: nothing depends on it.
    if (error instanceof URIError) return part;
    throw error;
  }
}
