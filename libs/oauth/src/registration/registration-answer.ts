import type { ClientSecret } from '../configuration/client-settings.ts';
import type { Route } from '../configuration/snapshot.ts';
import type { NewDynamicClient } from '../registration-stores.ts';
import { jsonResponse, type OAuthResponse } from '../transport/exchange.ts';

/** What the client gets with the answer and never again. */
export interface Given {
  readonly token: string;
  readonly secret: { readonly value: string; readonly kept: ClientSecret } | null;
}

/**
 * The client as it is registered. A secret is told once, since only its hash is kept; so is the registration access token, which is told
 * again to who has shown it. RFC 7591 section 3.2.1, RFC 7592 section 3.
 *
 * @param secrets that are in force, the newest last
 */
export function registrationAnswer(
  status: 200 | 201,
  client: Pick<NewDynamicClient, 'id' | 'metadata' | 'createdAt'>,
  given: Given,
  secrets: readonly ClientSecret[],
  route: Route,
  headers: readonly string[] = [],
): OAuthResponse {
  const newest = secrets.at(-1);
  const body = {
    client_id: client.id,
    ...(given.secret === null ? {} : { client_secret: given.secret.value }),
    client_id_issued_at: client.createdAt,
    ...(newest === undefined ? {} : { client_secret_expires_at: newest.expiresAt ?? 0 }),
    registration_access_token: given.token,
    registration_client_uri: registrationUri(route, client.id),
    ...client.metadata,
  };
  return jsonResponse(status, JSON.stringify(body), ['Pragma', 'no-cache', ...headers]);
}

/** Where a client manages its registration. */
export function registrationUri({ profile, endpoint }: Route, id: string): string {
  return `${profile.baseUrl}${endpoint.path}/${id}`;
}
