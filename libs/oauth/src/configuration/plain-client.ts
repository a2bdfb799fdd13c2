import { PLAIN_INTROSPECTION } from './client-settings.ts';
import type { Client } from './entities.ts';

/** A client of which nothing is said but who it is: what every member is by default. It has no name, and comes from nowhere. */
export const PLAIN_CLIENT: Omit<Client, 'profile' | 'id' | 'name' | 'origin'> = {
  description: '',
  enabled: true,
  secrets: [],
  capabilities: [],
  scopes: [],
  audiences: [],
  resources: null,
  properties: {},
  accessTokenFormat: null,
  accessTokenLifetime: null,
  refreshTokens: null,
  delegationLifetime: null,
  boundAccessTokens: null,
  authorizationCode: null,
  backchannelAuthentication: null,
  tokenExchange: null,
  authentication: null,
  openId: null,
  introspection: PLAIN_INTROSPECTION,
};
