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
  if (!SCOPE.test(requested)) throw new OAuthError('invalid_scope', 'The scope parameter is malformed.');
  const names = new Set(requested.split(' '));
  for (const name of names)
    if (!client.scopes.has(name)) throw new OAuthError('invalid_scope', 'The client may not have a requested scope.');
  return [...names];
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
