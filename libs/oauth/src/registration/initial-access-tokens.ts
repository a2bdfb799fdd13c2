import { randomUUID } from 'node:crypto';
import type { NewInitialAccessToken } from '../registration-stores.ts';
import { mintOneTimeToken } from '../token/one-time-token.ts';

/** What an administrator decides about a token by which clients may be registered. */
export type InitialAccessTokenTerms = Pick<
  NewInitialAccessToken,
  'profile' | 'endpoint' | 'template' | 'note' | 'maximumUses' | 'createdAt' | 'createdBy' | 'expiresAt'
>;

/** A new token, and its value, which is nowhere else. RFC 7591 section 3. */
export function newInitialAccessToken(terms: InitialAccessTokenTerms): { readonly token: NewInitialAccessToken; readonly value: string } {
  const { value, hash } = mintOneTimeToken('initial_access_token');
  return { token: { ...terms, id: randomUUID(), hash }, value };
}
