import { createHash } from 'node:crypto';

/** What memory knows a token by: of no use to who wants the token, and the same for the same token. */
export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
