import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SOURCE, TestAdminApi, type Json } from './testing/test-admin-api.ts';

let api: TestAdminApi;
/** `METHOD /path` of everything that may change something. */
let writes: readonly string[];

const DATA = 'data: no part of the configuration, and in no file';
const TRIAL = 'it stores nothing';
const SIGN_IN = 'signing in and out';
const ADMINISTRATORS = 'no file has administrators';
const NEW = "it makes a new one only, which is the API's";
const SAMPLES = 'samples decide nothing that is answered, and a file that says nothing of them leaves them';

/** Writes of what no file owns, and why it is so. */
const NO_PART: Readonly<Record<string, string>> = {
  'DELETE /admin/v1/administrators/{administrator}': ADMINISTRATORS,
  'DELETE /admin/v1/administrators/{administrator}/sessions': SIGN_IN,
  'DELETE /admin/v1/administrators/{administrator}/sessions/{session}': SIGN_IN,
  'DELETE /admin/v1/procedures/{procedure}/samples/{name}': SAMPLES,
  'DELETE /admin/v1/profiles/{profile}/accounts/{account}': DATA,
  'DELETE /admin/v1/profiles/{profile}/accounts/{account}/links': DATA,
  'DELETE /admin/v1/profiles/{profile}/accounts/{account}/sessions': DATA,
  'DELETE /admin/v1/profiles/{profile}/buckets/{bucket}/entries': DATA,
  'DELETE /admin/v1/profiles/{profile}/delegations/{delegation}': DATA,
  'DELETE /admin/v1/profiles/{profile}/dynamic-clients/{client}': DATA,
  'DELETE /admin/v1/profiles/{profile}/initial-access-tokens/{token}': DATA,
  'DELETE /admin/v1/profiles/{profile}/tokens/{token}': DATA,
  'DELETE /admin/v1/session': SIGN_IN,
  'PATCH /admin/v1/profiles/{profile}/accounts/{account}': DATA,
  'POST /admin/v1/administrators': ADMINISTRATORS,
  'POST /admin/v1/administrators/{administrator}/token': ADMINISTRATORS,
  'POST /admin/v1/check': TRIAL,
  'POST /admin/v1/configuration/diff': TRIAL,
  'POST /admin/v1/dry-run': TRIAL,
  'POST /admin/v1/procedures': NEW,
  'POST /admin/v1/procedures/{procedure}/samples/{name}/run': TRIAL,
  'POST /admin/v1/procedures/{procedure}/versions/{version}/test': SAMPLES,
  'POST /admin/v1/profiles/{profile}/accounts': DATA,
  'POST /admin/v1/profiles/{profile}/accounts/import': DATA,
  'POST /admin/v1/profiles/{profile}/accounts/{account}/links': DATA,
  'POST /admin/v1/profiles/{profile}/accounts/{account}/password': DATA,
  'POST /admin/v1/profiles/{profile}/accounts/{account}/unlock': DATA,
  'POST /admin/v1/profiles/{profile}/clients': NEW,
  'POST /admin/v1/profiles/{profile}/initial-access-tokens': DATA,
  'POST /admin/v1/profiles/{profile}/keys/rotate': 'the service makes and owns the signing keys',
  'POST /admin/v1/profiles/{profile}/revocations': DATA,
  'POST /admin/v1/profiles/{profile}/tokens/lookup': TRIAL,
  'POST /admin/v1/profiles/{profile}/user-pages/preview': TRIAL,
  'POST /admin/v1/proposals/{proposal}/approve': 'what it changes was looked at when it was proposed, and has stayed as it was',
  'POST /admin/v1/proposals/{proposal}/reject': TRIAL,
  'POST /admin/v1/proposals/{proposal}/withdraw': TRIAL,
  'POST /admin/v1/session': SIGN_IN,
  'PUT /admin/v1/configuration': 'it is the side of the file: what the API owns is refused there',
  'PUT /admin/v1/procedures/{procedure}/samples/{name}': SAMPLES,
};

const CLIENT = 'client "c" of "p"';
const MINE = 'procedure "mine"';
const CLAIMS = 'library "claims"';
const BINDING = 'binding "oauth-introspect" of "e" of "p"';

/** Writes of what a file may own: the part that is named, and a body that would change it. */
const OWNED: Readonly<Record<string, readonly [part: string, body?: unknown]>> = {
  'DELETE /admin/v1/libraries/{library}': [CLAIMS],
  'DELETE /admin/v1/procedures/{procedure}': [MINE],
  'DELETE /admin/v1/profiles/{profile}': ['profile "p"'],
  'DELETE /admin/v1/profiles/{profile}/buckets/{bucket}': ['bucket "b" of "p"'],
  'DELETE /admin/v1/profiles/{profile}/clients/{client}': [CLIENT],
  'DELETE /admin/v1/profiles/{profile}/clients/{client}/secrets/{secret}': [CLIENT],
  'DELETE /admin/v1/profiles/{profile}/endpoints/{endpoint}': ['endpoint "e" of "p"'],
  'DELETE /admin/v1/profiles/{profile}/endpoints/{endpoint}/bindings/{flow}': [BINDING],
  'DELETE /admin/v1/profiles/{profile}/http-clients/{client}': ['http-client "c" of "p"'],
  'DELETE /admin/v1/profiles/{profile}/secrets/{secret}': ['secret "s" of "p"'],
  'DELETE /admin/v1/profiles/{profile}/token-issuers/{issuer}': ['token-issuer "i" of "p"'],
  'PATCH /admin/v1/libraries/{library}': [CLAIMS, { description: 'other' }],
  'PATCH /admin/v1/procedures/{procedure}': [MINE, { description: 'other' }],
  'POST /admin/v1/libraries/{library}/activate': [CLAIMS, { version: 2 }],
  'POST /admin/v1/libraries/{library}/versions': [CLAIMS, { source: 'const other = 1;\n' }],
  'POST /admin/v1/procedures/{procedure}/activate': [MINE, { version: 2 }],
  'POST /admin/v1/procedures/{procedure}/rollback': [MINE],
  'POST /admin/v1/procedures/{procedure}/versions': [MINE, { source: `${SOURCE}// other` }],
  'POST /admin/v1/profiles/{profile}/clients/{client}/secrets': [CLIENT, {}],
  'PUT /admin/v1/profiles/{profile}': ['profile "p"', { issuer: '/~other' }],
  'PUT /admin/v1/profiles/{profile}/buckets/{bucket}': ['bucket "b" of "p"', { description: 'other' }],
  'PUT /admin/v1/profiles/{profile}/clients/{client}': [CLIENT, { name: 'other' }],
  'PUT /admin/v1/profiles/{profile}/endpoints/{endpoint}': ['endpoint "e" of "p"', { kind: 'oauth-introspect', path: '/other' }],
  'PUT /admin/v1/profiles/{profile}/endpoints/{endpoint}/bindings/{flow}': [BINDING, { procedure: 'mine', version: 2 }],
  'PUT /admin/v1/profiles/{profile}/http-clients/{client}': ['http-client "c" of "p"', { allowedHosts: ['other.example'] }],
  'PUT /admin/v1/profiles/{profile}/secrets/{secret}': ['secret "s" of "p"', { value: 'other' }],
  'PUT /admin/v1/profiles/{profile}/token-issuers/{issuer}': ['token-issuer "i" of "p"', { kind: 'opaque', lifetime: 60 }],
};

const IDS: Readonly<Record<string, string>> = {
  ...{ profile: 'p', endpoint: 'e', flow: 'oauth-introspect', client: 'c', issuer: 'i', bucket: 'b', procedure: 'mine', library: 'claims' },
};

beforeAll(async () => {
  api = await TestAdminApi.start();
  const { paths } = (await api.call('GET', '/openapi.json', { as: null })).json;
  writes = Object.entries<Json>(paths).flatMap(([path, item]) =>
    Object.keys(item as object)
      .map((method) => `${method.toUpperCase()} ${path}`)
      .filter((route) => !route.startsWith('GET ')),
  );
  await api.furnish();
  const version = { body: `${SOURCE}// 2`, type: 'text/javascript' };
  await api.done('POST', '/admin/v1/procedures/mine/versions?activate=true', version, 201);
  await api.done('POST', '/admin/v1/procedures/mine/activate', { body: { version: 1 } }, 200);
  for (const body of ['const a = 1;\n', 'const a = 2;\n'])
    await api.done('POST', '/admin/v1/libraries/claims/versions', { body, type: 'text/javascript' }, 201);
  await api.done('POST', '/admin/v1/libraries/claims/activate', { body: { version: 1 } }, 200);
  await api.done('POST', '/p/p/clients', { body: { id: 'c', capabilities: ['introspection'] } }, 201);
  await api.done('PUT', '/p/p/endpoints/e/bindings/oauth-introspect', { body: { procedure: 'mine' } }, 201);
  await api.done('PUT', '/p/p/buckets/b', { body: {} }, 201);
  await api.done('PUT', '/p/p/secrets/s', { body: { value: 'secret' } }, 201);
  await api.done('PUT', '/p/p/http-clients/c', { body: { allowedHosts: ['api.example'] } }, 201);
  await api.done('PUT', '/p/p/token-issuers/i', { body: { kind: 'opaque' } }, 201);
  await api.giveToFile('profile', 'p');
  await api.giveToFile('procedure', 'mine');
  await api.giveToFile('library', 'claims');
  await api.giveToFile('binding', 'p', 'e', 'oauth-introspect');
  for (const [kind, id] of [
    ['client', 'c'],
    ['endpoint', 'e'],
    ['bucket', 'b'],
    ['secret', 's'],
    ['http-client', 'c'],
    ['token-issuer', 'i'],
  ] as const)
    await api.giveToFile(kind, 'p', id);
});
afterAll(() => api.close());

describe('each part of the configuration has one owner', () => {
  test('and every route that may change something says what it does about that', () => {
    expect([...Object.keys(NO_PART), ...Object.keys(OWNED)].toSorted()).toEqual(writes.toSorted());
  });

  test.each(Object.entries(OWNED))('so that %s refuses %s of a file, with its owner and what to do', async (route, [part, body]) => {
    const [method = '', path = ''] = route.split(' ');
    const { secrets } = (await api.call('GET', '/p/p/clients/c')).json;
    const ids = { ...IDS, secret: route.includes('/clients/') ? secrets[0].id : 's' };
    const url = path.replace(/\{([a-z]+)\}/g, (_all, name: keyof typeof ids) => String(ids[name]));
    const revision = api.live.current.revision;
    const answer = await api.call(method, url, body === undefined ? {} : { body });
    expect([answer.status, answer.json?.type]).toEqual([409, 'urn:tokenwright:problem:owned-by-file']);
    expect(answer.json.detail).toBe(
      `The configuration file /etc/tokenwright.yaml owns ${part}: change it there and apply the file again ("tokenwright apply"), ` +
        'or take it over with ?takeOver=true ("--take-over"; role "admin"). From then on the admin API owns it, and a file that says otherwise is refused.',
    );
    expect(api.live.current.revision).toBe(revision);
  });
});
