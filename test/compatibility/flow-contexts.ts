import type { ContextText, DelegationView, TokenExchangeView } from '#libs/oauth';
import { NOW } from './flow-run.ts';

const EXPIRY = NOW + 300;

export const DELEGATION: DelegationView = {
  id: 'd-given',
  clientId: 'app',
  owner: 'alice',
  scope: 'openid read write',
  claims: { region: 'north' },
};

/** Data of an access token of alice. */
export const TOKEN_DATA = {
  ...{ sub: 'alice', aud: 'https://api.example', scope: 'read write', iss: 'https://as.example/~', purpose: 'access_token' },
  ...{ iat: NOW, nbf: NOW, exp: EXPIRY },
};

/** The context text of a flow in which alice acts through the client `app`, with parts replaced. */
export function contextOf(parts: Partial<ContextText> = {}, form: Readonly<Record<string, readonly string[]>> = {}): ContextText {
  const issuer = (id: string, kind: 'opaque' | 'jwt' = 'opaque') => ({ id, kind, enabled: true });
  return {
    issuers: {
      access: issuer('opaque'),
      jwt: issuer('jwt', 'jwt'),
      named: [issuer('opaque'), issuer('jwt', 'jwt')],
      refresh: issuer('refresh'),
      idToken: { ...issuer('id', 'jwt'), hash: 'sha-256' },
      authorizationCode: issuer('code'),
      deviceCode: issuer('device'),
      nonces: [issuer('default')],
    },
    client: {
      ...{
        id: 'app',
        name: 'App',
        description: '',
        properties: {},
        audiences: ['https://api.example'],
        scopes: ['openid', 'read', 'write'],
      },
      ...{ accessTokenTimeToLive: 300, idTokenTimeToLive: 300, delegationTimeToLive: 3600, capabilities: [] },
    },
    request: {
      ...{
        method: 'POST',
        path: '/token',
        url: 'https://as.example/token',
        scheme: 'https',
        clientIpAddress: null,
        clientCertificate: null,
      },
      ...{ acceptableMediaTypes: [], headers: {}, form: { ...form }, query: {}, body: null },
    },
    delegation: null,
    scopeNames: ['openid', 'read', 'write'],
    subjectAttributes: { subject: 'alice' },
    contextAttributes: { acr: 'urn:acr:password', auth_time: NOW },
    defaults: {
      accessToken: { ...TOKEN_DATA, scope: 'openid read write' },
      refreshToken: { sub: 'alice', exp: NOW + 3600 },
      idToken: { sub: 'alice', aud: 'app', exp: EXPIRY },
      delegation: { owner: 'alice', scope: 'openid read write' },
    },
    ...parts,
  };
}

/** A token exchange of alice's token by `app`; `actor` acts where the spec says so. */
export function exchangeOf(parts: Partial<TokenExchangeView> = {}): TokenExchangeView {
  return {
    subjectToken: { ...TOKEN_DATA },
    subjectTokenDelegation: DELEGATION,
    subjectTokenType: 'urn:ietf:params:oauth:token-type:access_token',
    subjectTokenValue: 'the subject token',
    actorToken: null,
    actorTokenDelegation: null,
    actorTokenType: null,
    requestedScopes: [],
    requestedAudiences: [],
    requestedTokenType: null,
    ...parts,
  };
}
