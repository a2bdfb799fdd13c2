import { describe, expect, test } from '@jest/globals';
import {
  BASE_URL,
  bound,
  clientOf,
  endpointOf,
  INTROSPECTION,
  ISSUER,
  issuerOf,
  PROFILE,
  profileOf,
  ServiceUnderTest,
  SHIPPED,
  TOKEN,
} from '../testing/service-builder.ts';
import { KeyRings } from '../issuance/key-ring.ts';
import { put, remove } from './configuration.ts';
import { entityKey } from './entities.ts';
import { Snapshot } from './snapshot.ts';

describe('routes', () => {
  test('are the enabled endpoints deployed to the role of this node', async () => {
    const endpoints = [
      endpointOf('oauth-introspect', '/edge', { id: 'edge', deployedTo: ['edge'], advertised: false }),
      endpointOf('oauth-introspect', '/both', { id: 'both', deployedTo: ['edge', 'default'], advertised: false }),
      endpointOf('oauth-introspect', '/off', { id: 'off', enabled: false, advertised: false }),
    ].map((endpoint) => put('endpoint', endpoint));
    expect([...(await ServiceUnderTest.open(endpoints)).snapshot.routes.keys()]).toEqual(['/token', '/introspect', '/revoke', '/both']);
    expect([...(await ServiceUnderTest.open(endpoints, ['ES256'], 'edge')).snapshot.routes.keys()]).toEqual(['/edge', '/both']);
  });

  test('answer each flow of their kind by the shipped default, until a procedure is bound (PROCEDURE_API 2)', async () => {
    const world = await ServiceUnderTest.open();
    expect([...(world.snapshot.routes.get(INTROSPECTION)?.programs.keys() ?? [])]).toEqual([
      'oauth-introspect',
      'oauth-introspect-application-jwt',
    ]);
    expect(world.snapshot.routes.get(INTROSPECTION)?.programs.get('oauth-introspect')).toBe(SHIPPED.get('oauth-introspect'));
    await world.change(...bound('oauth-introspect', 'function result() { return { active: false }; }'));
    expect(world.snapshot.routes.get(INTROSPECTION)?.programs.get('oauth-introspect')).toMatchObject({
      procedure: 'own-oauth-introspect',
      version: 1,
      flow: 'oauth-introspect',
    });
    expect(world.snapshot.routes.get(INTROSPECTION)?.programs.get('oauth-introspect-application-jwt')).toBe(
      SHIPPED.get('oauth-introspect-application-jwt'),
    );
  });

  test('of a kind that the profile is not capable of are neither served nor advertised', async () => {
    const { snapshot } = await ServiceUnderTest.open([
      put('profile', profileOf({ id: 'second', issuer: '/second', capabilities: ['client-credentials'] })),
      put('endpoint', endpointOf('oauth-token', '/second/token', { profile: 'second' })),
      put('endpoint', endpointOf('oauth-introspect', '/second/introspect', { profile: 'second' })),
      put('endpoint', endpointOf('oauth-revoke', '/second/revoke', { profile: 'second' })),
    ]);
    const second = snapshot.profiles.get('second');
    if (second === undefined) throw new Error('no profile');
    expect([...snapshot.routes.keys()].filter((path) => path.startsWith('/second'))).toEqual(['/second/token']);
    expect([snapshot.advertised(second, 'oauth-introspect'), snapshot.advertised(second, 'oauth-revoke')]).toEqual([undefined, undefined]);
  });

  test('are refused when a flow has neither binding nor default, rather than left without an answer', async () => {
    const world = await ServiceUnderTest.open();
    await expect(Snapshot.build(world.live.current, world.node, new KeyRings(world.sealer), new Map())).rejects.toThrow(
      'has neither a binding nor a default procedure',
    );
  });
});

describe('bindings', () => {
  const program = (world: ServiceUnderTest, path = INTROSPECTION) => world.snapshot.routes.get(path)?.programs.get('oauth-introspect');

  test('follow the active version, unless pinned to one', async () => {
    const world = await ServiceUnderTest.open([put('endpoint', endpointOf('oauth-introspect', '/two', { id: 'two', advertised: false }))]);
    await world.change(...bound('oauth-introspect', 'function result() { return { v: 1 }; }'));
    await world.change(
      put('binding', {
        profile: PROFILE,
        endpoint: 'two',
        flow: 'oauth-introspect',
        procedure: 'own-oauth-introspect',
        version: 1,
        origin: 'api',
      }),
    );
    await world.change(...bound('oauth-introspect', 'function result() { return { v: 2 }; }', { upload: 2 }));
    expect(program(world)?.version).toBe(2);
    expect(program(world, '/two')?.version).toBe(1);
    await world.change(
      put('procedure', {
        id: 'own-oauth-introspect',
        flow: 'oauth-introspect',
        description: '',
        activeVersion: 1,
        samples: [],
        origin: 'api',
      }),
    );
    expect(program(world)?.version).toBe(1);
  });

  test('a removed binding gives the flow back to the default', async () => {
    const world = await ServiceUnderTest.open(bound('oauth-introspect', 'function result() { return {}; }'));
    await world.change(remove('binding', entityKey(PROFILE, 'oauth-introspect', 'oauth-introspect')));
    expect(program(world)).toBe(SHIPPED.get('oauth-introspect'));
  });

  test('a program has a key of its own for each source, so that a new one under an old number never runs the old', async () => {
    const keys = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const world = await ServiceUnderTest.open(bound('oauth-introspect', `function result() { return { i: ${i} }; }`));
      const { key = '' } = program(world) ?? {};
      keys.add(key);
      expect(world.snapshot.programs.get(key)).toBe(program(world));
    }
    expect(keys.size).toBe(3);
  });

  test('the programs of a snapshot are the defaults and what is bound, and nothing that only was uploaded', async () => {
    const world = await ServiceUnderTest.open(bound('oauth-introspect', 'function result() { return {}; }', { procedure: 'bound' }));
    await world.change(...bound('oauth-introspect', 'function result() { return {}; }', { procedure: 'unbound' }).slice(0, 2));
    const procedures = [...world.snapshot.programs.values()].map(({ procedure }) => procedure);
    expect(procedures).toContain('bound');
    expect(procedures).not.toContain('unbound');
    for (const { procedure } of SHIPPED.values()) expect(procedures).toContain(procedure);
  });
});

describe('issuers', () => {
  test('a relative one is appended to the base URL of the node, an absolute one is taken as it is (RFC 8414 section 2)', async () => {
    const world = await ServiceUnderTest.open([
      put('profile', profileOf({ id: 'absolute', issuer: 'https://other.example/tenant/' })),
      put('profile', profileOf({ id: 'root', issuer: '/' })),
    ]);
    expect(world.snapshot.profiles.get(PROFILE)?.issuer).toBe(ISSUER);
    expect(world.snapshot.profiles.get('absolute')?.issuer).toBe('https://other.example/tenant');
    expect(world.snapshot.profiles.get('root')?.issuer).toBe(BASE_URL);
    expect(world.snapshot.profilesByPath.get('/tenant')?.id).toBe('absolute');
    expect(world.snapshot.profilesByPath.get('')?.id).toBe('root');
  });
});

describe('the advertised endpoint of a kind (PROTOCOL 3)', () => {
  test('is the one marked so, also where another role serves it', async () => {
    const elsewhere = put('endpoint', endpointOf('oauth-revoke', '/edge/revoke', { deployedTo: ['edge'] }));
    const { snapshot } = await ServiceUnderTest.open([
      elsewhere,
      put('endpoint', endpointOf('oauth-introspect', '/two', { id: 'two', advertised: false })),
    ]);
    const profile = snapshot.profiles.get(PROFILE);
    if (profile === undefined) throw new Error('no profile');
    expect(snapshot.advertised(profile, 'oauth-token')).toBe(BASE_URL + TOKEN);
    expect(snapshot.advertised(profile, 'oauth-introspect')).toBe(BASE_URL + INTROSPECTION);
    expect(snapshot.advertised(profile, 'oauth-revoke')).toBe(`${BASE_URL}/edge/revoke`);
    expect(snapshot.routes.has('/edge/revoke')).toBe(false);
  });

  test('is none when it is disabled or of another profile', async () => {
    const { snapshot } = await ServiceUnderTest.open([
      put('profile', profileOf({ id: 'second', issuer: '/second' })),
      put('endpoint', endpointOf('oauth-token', '/second/token', { profile: 'second', enabled: false })),
    ]);
    const second = snapshot.profiles.get('second');
    if (second === undefined) throw new Error('no profile');
    for (const kind of ['oauth-token', 'oauth-introspect', 'oauth-revoke'] as const)
      expect(snapshot.advertised(second, kind)).toBeUndefined();
  });
});

describe('clients and token issuers of a profile', () => {
  test('a disabled or unknown client is none, and a client is made once per snapshot', async () => {
    const { snapshot } = await ServiceUnderTest.open([put('client', clientOf('off', { enabled: false }))]);
    const profile = snapshot.profiles.get(PROFILE);
    expect(profile?.findClient('app')).toBe(profile?.findClient('app'));
    for (const id of ['off', 'nobody', '__proto__', 'app/', '']) expect(profile?.findClient(id)).toBeUndefined();
  });

  test('context texts name the issuer of the access token format, the JWT issuer and all by name', async () => {
    const { snapshot } = await ServiceUnderTest.open([
      put('token-issuer', issuerOf('jwt', { id: 'partner', isDefault: false, enabled: false })),
    ]);
    const view = (format: 'opaque' | 'jwt' | 'wrapped-opaque') =>
      JSON.parse(snapshot.profiles.get(PROFILE)?.issuersText(format) ?? '') as {
        access: { id: string };
        jwt: { id: string };
        named: { id: string }[];
      };
    expect(view('opaque').access).toEqual({ id: 'opaque', kind: 'opaque', enabled: true });
    expect(view('wrapped-opaque').access.id).toBe('wrapped-opaque');
    expect(view('opaque').jwt.id).toBe('jwt');
    expect(view('opaque').named.map(({ id }) => id)).toEqual(['opaque', 'jwt', 'wrapped-opaque', 'partner']);
  });

  test('a profile without a JWT issuer has null there', async () => {
    const { snapshot } = await ServiceUnderTest.open([remove('token-issuer', entityKey(PROFILE, 'jwt'))]);
    expect(JSON.parse(snapshot.profiles.get(PROFILE)?.issuersText('jwt') ?? '')).toMatchObject({ access: null, jwt: null });
  });
});
