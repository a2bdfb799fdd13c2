import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import type { ServiceCounts } from '../counts/service-counts.ts';
import { aClientCertificate } from '../testing/client-certificate.ts';
import { aRequest, clientOf, endpointOf, gatewayOf, INTROSPECTION, SECRET, ServiceUnderTest, TOKEN } from '../testing/service-builder.ts';

let world: ServiceUnderTest;
let stranger: X509Certificate;
beforeAll(async () => {
  const signing = { methods: ['private_key_jwt'], jwks: { keys: [] }, jwksUri: null, certificateSubject: null, certificates: [] } as const;
  const certificateSubject = { kind: 'subject_dn', value: 'CN=certified' } as const;
  const certified = { ...signing, methods: ['tls_client_auth'], jwks: null, certificateSubject } as const;
  stranger = new X509Certificate((await aClientCertificate()).certificate);
  const forwardAuth = {
    ...{ client: null, networks: [], certificates: [], requiredScopes: [], requiredAudience: null, claimHeaders: {} },
    ...{ clientCertificateHeader: null, resourceMetadata: null },
  };
  world = await ServiceUnderTest.open([
    put('client', clientOf('signing', { secrets: [], authentication: signing })),
    put('client', clientOf('certified', { secrets: [], authentication: certified })),
    put('endpoint', endpointOf('oauth-forward-auth', '/forward-auth', { forwardAuth })),
    put('client', gatewayOf('proxy')),
  ]);
});

/** What is counted while something is done. */
async function counted(work: () => Promise<unknown>): Promise<readonly (readonly unknown[])[]> {
  const read = ({ failedAuthentications }: ServiceCounts) =>
    new Map([...failedAuthentications].map(({ labels, count }) => [labels.join(' '), count]));
  const before = read(world.service.counts);
  await work();
  return [...read(world.service.counts)]
    .filter(([labels, count]) => count !== before.get(labels))
    .map(([labels, count]) => [labels, count - (before.get(labels) ?? 0)]);
}

const grant = { grant_type: 'client_credentials' };
const assertionOf = (sub: string) =>
  `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${Buffer.from(JSON.stringify({ sub })).toString('base64url')}.AAAA`;
const asserting = (sub: string) => ({
  ...grant,
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: assertionOf(sub),
});
const basic = (id: string, secret: string) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });

describe('a failed client authentication is counted by endpoint, client and reason (RFC 6749 section 2.3)', () => {
  test.each<[string, () => Promise<unknown>, string]>([
    [
      'a wrong secret in the form',
      () => world.post(TOKEN, { ...grant, client_id: 'app', client_secret: 'x' }),
      'main oauth-token app secret',
    ],
    [
      'a wrong secret in the header',
      () => world.post(INTROSPECTION, 'token=x', basic('gateway', 'x')),
      'main oauth-introspect gateway secret',
    ],
    [
      'an id of no client',
      () => world.post(TOKEN, { ...grant, client_id: 'nobody', client_secret: SECRET }),
      'main oauth-token  unknown_client',
    ],
    ['a header that cannot be read', () => world.post(TOKEN, grant, { authorization: 'Digest x' }), 'main oauth-token  unknown_client'],
    ['no credentials at all', () => world.post(TOKEN, { ...grant, client_id: 'app' }), 'main oauth-token app missing'],
    ['an assertion that is none', () => world.post(TOKEN, asserting('signing')), 'main oauth-token signing assertion'],
    ['an assertion of nobody', () => world.post(TOKEN, asserting('nobody')), 'main oauth-token  unknown_client'],
    [
      'a certificate of somebody else',
      () => {
        const clientCertificate = () => ({ certificate: stranger, isTrusted: true });
        return world.handle(aRequest(TOKEN, { ...grant, client_id: 'certified' }, { clientCertificate }));
      },
      'main oauth-token certified certificate',
    ],
    [
      'a gateway that hides it from its own clients',
      () => world.post('/forward-auth', '', { 'gateway-authorization': basic('proxy', 'x').authorization }),
      'main oauth-forward-auth proxy secret',
    ],
  ])('%s', async (_what, send, labels) => {
    expect(await counted(send)).toEqual([[labels, 1]]);
  });

  test('and one that succeeds is not', async () => {
    expect(await counted(() => world.token())).toEqual([]);
    expect(await counted(() => world.introspect('x'))).toEqual([]);
  });
});

test('requests are counted by profile, endpoint and status, and metadata without a profile', async () => {
  const { requests } = world.service.counts;
  const before = [
    requests.count('main', 'oauth-token', 200),
    requests.count('main', 'oauth-token', 401),
    requests.count('', 'metadata', 200),
  ];
  await world.token();
  await world.post(TOKEN, { ...grant, client_id: 'app', client_secret: 'y' });
  expect((await world.get('/.well-known/oauth-authorization-server/~')).status).toBe(200);
  expect([
    requests.count('main', 'oauth-token', 200),
    requests.count('main', 'oauth-token', 401),
    requests.count('', 'metadata', 200),
  ]).toEqual(before.map((count) => count + 1));
});
