import type { ContextText } from '../procedures/host-calls.ts';

/** For specs: the context text of an introspection that knows everything, with parts replaced. */
export function introspectionContext(parts: Partial<ContextText> = {}): ContextText {
  return {
    issuers: {
      access: { id: 'default', kind: 'opaque', enabled: true },
      jwt: { id: 'jwt', kind: 'jwt', enabled: true },
      named: [
        { id: 'default', kind: 'opaque', enabled: true },
        { id: 'jwt', kind: 'jwt', enabled: true },
        { id: 'partner', kind: 'wrapped-opaque', enabled: true },
        { id: 'retired', kind: 'jwt', enabled: false },
      ],
    },
    client: {
      id: 'gateway_client',
      name: 'Gateway',
      description: '',
      properties: { beta: 'true', nested: { list: [1, 2] } },
      audiences: ['https://api.example', 'https://other.example'],
      accessTokenTimeToLive: 300,
      idTokenTimeToLive: null,
      delegationTimeToLive: 3600,
      scopes: ['read', 'write'],
      capabilities: ['introspection'],
    },
    request: {
      method: 'POST',
      path: '/introspection',
      url: 'https://localhost:8443/introspection?a=1&a=2',
      scheme: 'https',
      clientIpAddress: '127.0.0.1',
      clientCertificate: null,
      acceptableMediaTypes: ['application/json'],
      headers: { accept: 'application/json', 'x-trace': 'abc' },
      form: { token: ['opaque'], audience: ['one', 'two'] },
      query: { a: ['1', '2'] },
      body: 'token=opaque&audience=one&audience=two',
    },
    delegation: {
      id: 'delegation-given',
      clientId: 'server-client',
      owner: 'server-client',
      scope: 'read write',
      claims: { nested: { deep: [1] } },
      customClaimValues: {},
      data: {},
      consent: null,
      clientCertificate: null,
      authenticationAttributes: null,
    },
    scopeNames: ['read', 'write'],
    subjectAttributes: { subject: 'server-client' },
    contextAttributes: { acr: 'urn:acr' },
    defaults: {
      accessToken: { sub: 'server-client', aud: ['a', 'b'], scope: 'read' },
      delegation: { owner: 'server-client', scope: 'read' },
      idToken: null,
    },
    presentedToken: {
      active: true,
      type: 'bearer',
      value: 'opaque',
      expiredScopes: ['old'],
      data: JSON.parse(TOKEN_DATA) as Record<string, unknown>,
    },
    ...parts,
  };
}

/** Token data as it is stored. */
export const TOKEN_DATA =
  '{"purpose":"access_token","delegationId":"delegation-given","iss":"https://localhost:8443/~","sub":"server-client","aud":"server-client","scope":"read write","iat":1700000000,"nbf":1700000000,"exp":1700000300}';

/** The same for an inactive token. */
export function inactiveContext(): ContextText {
  return introspectionContext({
    delegation: null,
    scopeNames: [],
    presentedToken: { active: false, type: 'bearer', value: 'opaque', expiredScopes: [], data: {} },
  });
}
