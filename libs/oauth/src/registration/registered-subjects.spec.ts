import { beforeAll, describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import type { SubjectType } from '../configuration/openid-settings.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { HostServiceError } from '../procedures/host-services.ts';
import { missingPairwiseSecrets } from '../issuance/pairwise-subject.ts';
import { RegistrationWorld, templateOf } from '../testing/registration-world.ts';
import { PROFILE } from '../testing/service-builder.ts';
import { clientOfRegistration } from './client-of-registration.ts';
import { sectorOfRegistration, subjects } from './registered-subjects.ts';
import { SectorLists } from './sector-lists.ts';

const LIST = 'https://lists.example/sector.json';
const ONE_HOST = { redirect_uris: ['https://app.example/a', 'https://app.example/b'] };
const TWO_HOSTS = { redirect_uris: ['https://app.example/a', 'https://other.example/b'] };
const CODES = ['authorization_code', 'refresh_token'];

let profile: ProfileSnapshot;
beforeAll(async () => {
  const { service } = await RegistrationWorld.open({}, { apps: templateOf({ subjectTypes: ['public', 'pairwise'] }) }, {}, [
    put('http-client', {
      ...{ profile: PROFILE, id: 'lists', allowedHosts: ['lists.example'], allowHttp: false, allowTokens: false, allowedNetworks: [] },
      ...{ credentials: null, tls: { caCertificates: null, clientCertificate: null, sealedClientKey: null }, timeoutMilliseconds: 100 },
      ...{ maximumResponseBytes: 1000, maximumRedirects: 0, origin: 'api' },
    }),
  ]);
  profile = service.snapshot.profiles.get(PROFILE)!;
});

const registered = (asked: Record<string, unknown>, subjectTypes?: readonly SubjectType[], grantTypes: readonly string[] = CODES) =>
  subjects(asked, grantTypes, templateOf(subjectTypes === undefined ? {} : { subjectTypes }), profile);
const BOTH = ['public', 'pairwise'] as const;
const PAIRWISE = { subject_type: 'pairwise' };

describe('by which subjects a client that registers itself knows people (OpenID Connect Registration section 2)', () => {
  test('as they are, unless the template has something else', () => {
    expect(registered(ONE_HOST)).toEqual({ subject_type: 'public' });
    expect(registered(ONE_HOST, BOTH)).toEqual({ subject_type: 'public' });
    expect(registered(ONE_HOST, ['pairwise', 'public'])).toEqual(PAIRWISE);
    expect(registered({ ...ONE_HOST, ...PAIRWISE }, BOTH)).toEqual(PAIRWISE);
    // Whoever is told of nobody has none.
    for (const types of [BOTH, ['pairwise']] as const) expect(registered({}, types, ['client_credentials'])).toEqual({});
  });

  test.each([
    [PAIRWISE, ['public'], CODES, /^subject_type must be public/],
    [{ subject_type: 'public' }, ['pairwise'], CODES, /^subject_type must be pairwise/],
    [{ subject_type: 'ephemeral' }, BOTH, CODES, /^subject_type must be public or pairwise/],
    [PAIRWISE, BOTH, [...CODES, 'urn:ietf:params:oauth:grant-type:device_code'], /^grant_types must not have urn:.*device_code: /],
    [{}, ['pairwise'], ['urn:ietf:params:oauth:grant-type:token-exchange'], /^grant_types must not have urn:.*token-exchange: /],
    [{ ...TWO_HOSTS, ...PAIRWISE }, BOTH, CODES, /^sector_identifier_uri is missing/],
    [{ redirect_uris: ['http://127.0.0.1/callback'], ...PAIRWISE }, BOTH, CODES, /^sector_identifier_uri is missing/],
    [{ redirect_uris: ['com.example.app:/callback'], ...PAIRWISE }, BOTH, CODES, /^sector_identifier_uri is missing/],
    [{ ...TWO_HOSTS, ...PAIRWISE, sector_identifier_uri: 'http://lists.example/' }, BOTH, CODES, /must be an https URL/],
    [
      { ...TWO_HOSTS, ...PAIRWISE, sector_identifier_uri: 'https://internal.example/' },
      BOTH,
      CODES,
      /at a host that nothing is fetched from/,
    ],
  ] as const)('%j with %j is refused', (asked, types, grantTypes, message) => {
    expect(() => registered({ ...ONE_HOST, ...asked }, types, grantTypes)).toThrow(
      expect.objectContaining({ code: 'invalid_client_metadata', message: expect.stringMatching(message) }),
    );
  });

  test('the sector is the one host of the redirect URIs, or that of the list', () => {
    expect(sectorOfRegistration(ONE_HOST)).toBe('app.example');
    const metadata = registered({ ...TWO_HOSTS, ...PAIRWISE, sector_identifier_uri: LIST }, BOTH);
    expect(metadata).toEqual({ ...PAIRWISE, sector_identifier_uri: LIST });
    expect(sectorOfRegistration({ ...TWO_HOSTS, ...metadata })).toBe('lists.example');
  });

  test('it stays what it was registered by when the template has it no more', () => {
    const metadata = { ...ONE_HOST, ...PAIRWISE, grant_types: CODES };
    const client = { profile: PROFILE, id: 'dyn_a', properties: {}, secrets: [], metadata };
    const narrow = templateOf({ redirectHosts: ['nobody.example'] });
    expect(clientOfRegistration(client, narrow, profile.profile).openId).toMatchObject({
      ...{ subjectType: 'pairwise', sectorIdentifier: 'app.example' },
    });
  });

  test('its JWTs are about whom their rows are about, and the profile has its secret before it comes', async () => {
    const world = await RegistrationWorld.open({}, { apps: templateOf({ subjectTypes: ['pairwise'] }) });
    const { service } = world;
    await service.change(...(await missingPairwiseSecrets(service.live.current, service.sealer, service.now)));
    const { client_id: id } = await world.registered(ONE_HOST);
    const at = service.snapshot.profiles.get(PROFILE)!;
    const shown = at.subjectFor({ id, sector: 'app.example' }, 'alice');
    expect(shown).not.toBe('alice');
    expect(await at.subjectOfJwt(id, 'alice', shown)).toBe('alice');
    expect(await at.subjectOfJwt(id, 'bob', shown)).toBe(shown);
    expect(await at.subjectOfJwt('dyn_nobody', 'alice', shown)).toBe(shown);
  });
});

describe('the list of a sector (OpenID Connect Registration section 5)', () => {
  const metadata = { ...TWO_HOSTS, ...PAIRWISE, sector_identifier_uri: LIST };
  const asked: string[] = [];
  const answering = (statusCode: number, body: string) =>
    new SectorLists({
      get: (client, url) => {
        asked.push(`${client.id} ${url}`);
        return Promise.resolve({ statusCode, headers: {}, body });
      },
    });

  test('is fetched by the HTTP client that may, and must have every redirect URI', async () => {
    await answering(200, JSON.stringify([...TWO_HOSTS.redirect_uris, 'https://third.example/'])).check(metadata, profile);
    expect(asked).toEqual([`lists ${LIST}`]);
    await expect(answering(200, JSON.stringify(['https://app.example/a'])).check(metadata, profile)).rejects.toThrow(
      'a list that does not have https://other.example/b',
    );
  });

  test('is not asked for where there is none', async () => {
    await new SectorLists(null).check(ONE_HOST, profile);
  });

  test.each([
    [500, '[]', /could be fetched/],
    [200, '{', /no list of URIs in JSON/],
    [200, '{"0":"https://app.example/a"}', /no list of URIs in JSON/],
    [200, `["${'x'.repeat(70_000)}"]`, /could be fetched/],
  ])('that is answered with %s %.30s is none', async (statusCode, body, message) => {
    await expect(answering(statusCode, body).check(metadata, profile)).rejects.toThrow(
      expect.objectContaining({ code: 'invalid_client_metadata', message: expect.stringMatching(message) }),
    );
  });

  test('that cannot be reached tells nobody why', async () => {
    const unreachable = new SectorLists({
      get: () => Promise.reject(new HostServiceError('unreachable', 'connect ECONNREFUSED 10.0.0.7')),
    });
    await expect(unreachable.check(metadata, profile)).rejects.toThrow(
      expect.objectContaining({ code: 'invalid_client_metadata', message: expect.not.stringContaining('10.0.0.7') }),
    );
    await expect(new SectorLists(null).check(metadata, profile)).rejects.toThrow(/could be fetched/);
  });
});
