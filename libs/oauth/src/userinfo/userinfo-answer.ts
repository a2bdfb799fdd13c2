import type { RegisteredClient } from '../client/registered-client.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { signCompact } from '../issuance/jws.ts';
import { jsonResponse, type OAuthResponse } from '../transport/exchange.ts';

/** Claims that would make it another sort of token. */
const NOT_ITS_OWN: ReadonlySet<string> = new Set(['purpose', 'nonce', 'exp', 'nbf', 'scope', 'client_id', 'events']);

/**
 * What a client is told about a person: JSON, or a JWT for clients that want it signed. OpenID Connect Core section 5.3.2.
 *
 * @param response JSON text of an object
 * @param sub by which the client knows the person
 */
export function userinfoAnswer(response: string, sub: string, client: RegisteredClient, profile: ProfileSnapshot): OAuthResponse {
  const { userinfoSignedResponseAlg: algorithm } = client.openId;
  const members = JSON.parse(response) as { readonly sub?: unknown };
  const told = { ...members, sub };
  if (algorithm === null) return jsonResponse(200, members.sub === sub ? response : JSON.stringify(told));
  const key = profile.keys.active(algorithm);
  if (key === undefined) throw new Error(`profile ${profile.id} has no active ${algorithm} key`);
  const claims = Object.entries(told).filter(([name]) => !NOT_ITS_OWN.has(name));
  const body = signCompact(JSON.stringify({ ...Object.fromEntries(claims), iss: profile.issuer, aud: client.id }), 'JWT', key);
  return { status: 200, headers: ['Content-Type', 'application/jwt', 'Cache-Control', 'no-store'], body };
}
