import { BoundedMemo } from '../client/bounded-memo.ts';
import type { RegisteredClient } from '../client/registered-client.ts';
import { OAuthError } from '../errors.ts';

/** `scope-token *( SP scope-token )`, RFC 6749 section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/**
 * The scopes a client gets: what it asked for, each once, or all of its own when it asked for none.
 *
 * @throws OAuthError `invalid_scope`
 */
export function grantedScopes(requested: string | undefined, client: RegisteredClient): readonly string[] {
  if (requested === undefined) return [...client.scopes];
  const names = requestedScopes(requested);
  for (const name of names)
    if (!client.scopes.has(name)) throw new OAuthError('invalid_scope', 'The client may not have a requested scope.');
  return names;
}

/**
 * The scopes of new tokens under a delegation: all of its that the client still may have, or those asked for among them. RFC 6749 section 6.
 *
 * @param view the delegation's, as JSON
 * @throws OAuthError `invalid_scope`
 */
export function narrowedScopes(requested: string | undefined, view: string, client: RegisteredClient): readonly string[] {
  const granted = scopeNames((JSON.parse(view) as { scope: string }).scope).list.filter((name) => client.scopes.has(name));
  if (requested === undefined) return granted;
  const names = requestedScopes(requested);
  for (const name of names)
    if (!granted.includes(name)) throw new OAuthError('invalid_scope', 'A requested scope was not granted to begin with.');
  return names;
}

/**
 * The scopes that a request names, each once; none when it leaves them to the service.
 *
 * @throws OAuthError `invalid_scope`
 */
export function requestedScopes(requested: string | undefined): readonly string[] {
  if (requested === undefined) return [];
  if (!SCOPE.test(requested)) throw new OAuthError('invalid_scope', 'The scope parameter is malformed.');
  return [...new Set(requested.split(' '))];
}

/** The names in a `scope` text: as they stand there, and each once. */
export interface ScopeNames {
  readonly list: readonly string[];
  readonly set: ReadonlySet<string>;
}

/** Many tokens share few scope texts. */
const known = new BoundedMemo<ScopeNames>(1000);
const LONGEST_KNOWN = 500;

/** Takes a scope text of our own apart: empty, or names with spaces between them. */
export function scopeNames(text: string): ScopeNames {
  let names = known.get(text);
  if (names === undefined) {
    const list = text.split(' ').filter((name) => name !== '');
    names = { list, set: new Set(list) };
    if (text.length <= LONGEST_KNOWN) known.set(text, names);
  }
  return names;
}
