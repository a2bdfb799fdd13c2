import { jsonResponse, type OAuthResponse } from '../transport/exchange.ts';

/** An answer with tokens: JSON that nobody may keep, caches older than `Cache-Control` included. RFC 6749 section 5.1. */
export function tokenAnswer(body: string, headers: readonly string[]): OAuthResponse {
  return jsonResponse(200, body, ['Pragma', 'no-cache', ...headers]);
}
