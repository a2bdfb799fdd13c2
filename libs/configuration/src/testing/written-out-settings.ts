// Settings written out, with members that differ from the defaults: what a generator would only make longer.
import type { HttpClient, OpenIdSettings, TokenExchangeSettings, TrustedIssuer, UpstreamProvider } from '#libs/oauth';
import { upstreamBody } from '../schema/upstream-body.ts';
import { NOW } from './files.ts';

/** Secrets that every profile has, so that whatever reads them can be bound. */
export const SECRETS = ['api-key', 'Pepper', 'source'];

/** A client of every profile, as which endpoints may ask. */
export const ASKING = {
  ...{ id: 'asking', name: 'asking', description: '', enabled: true, capabilities: ['introspection' as const], properties: {} },
  secrets: [{ hash: `sha256$${'A'.repeat(43)}`, createdAt: NOW, expiresAt: null }],
  ...{ authentication: null, policy: null, formats: null, origin: 'file' as const },
};

/** With the key of RFC 7517 appendix A.1. */
export const UPSTREAM_CLIENT: Omit<HttpClient, 'profile'> = {
  ...{ id: 'upstream-client', allowedHosts: ['*.upstream.example'], allowHttp: false, allowTokens: false, allowedNetworks: [] },
  ...{ credentials: null, tls: { caCertificates: null, clientCertificate: null, sealedClientKey: null } },
  ...{ timeoutMilliseconds: 1, maximumResponseBytes: 1, maximumRedirects: 0, origin: 'file' },
};
const UPSTREAM: UpstreamProvider = {
  ...upstreamBody.parse({
    ...{ issuer: 'https://login.upstream.example', clientId: 'us', displayName: 'Up: <Stream>' },
    authentication: { method: 'client_secret_basic', secret: SECRETS[0] },
  }),
  displayNames: { de: 'Oben' },
};
export const UPSTREAMS = {
  usual: UPSTREAM,
  'with-all': {
    ...{ ...UPSTREAM, issuer: 'https://other.upstream.example', enabled: false, authentication: { method: 'none', secret: null } },
    ...{ scopes: ['openid'], responseMode: 'form_post', prompt: 'login', acrValues: ['mfa'], loginHint: false, userInfo: false },
    ...{ accounts: 'create', linkByEmail: true, subjectClaim: 'oid', usernameClaim: 'upn', attributes: { mail: 'email' } },
    ...{ allowedEmailDomains: ['example.com'], requiredClaims: { groups: ['true', '1'] }, acr: { 'urn:x:y': 'mfa' }, passAmr: true },
  },
} satisfies Readonly<Record<string, UpstreamProvider>>;
export const TRUSTED: TrustedIssuer = {
  issuer: 'https://partner.example',
  jwks: {
    keys: [
      {
        ...{ kty: 'EC', crv: 'P-256', kid: '1' },
        ...{ x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4', y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM' },
      },
    ],
  },
  ...{ jwksUri: null, audiences: ['https://as.example'], algorithms: ['ES256'], subjectPrefix: null },
};

export const API = 'https://api.example/orders';
export const RESOURCE = { audience: null, scopes: null, accessTokenFormat: 'jwt', accessTokenLifetime: 60 } as const;
export const OPENID: OpenIdSettings = {
  ...{ idTokenSignedResponseAlg: 'RS256', userinfoSignedResponseAlg: null, subjectType: 'pairwise', sectorIdentifier: 'example.com' },
  ...{ jwtAccessTokenSubject: 'pairwise', defaultMaxAge: 600, defaultAcrValues: ['urn:x:y'] },
};
export const CODES = {
  redirectUris: ['https://app.example/callback'],
  postLogoutRedirectUris: [],
  webOrigins: ['https://app.example'],
  consent: false,
  pushedRequestsOnly: true,
  signedRequestsOnly: false,
};
export const WAITING = { lifetime: 120, maximumLifetime: 600, interval: 7, signInWithin: 60 };
export const EXCHANGING: TokenExchangeSettings = { subjectTokens: 'audience', ownAudiences: ['https://tool.example'], audiences: [] };
