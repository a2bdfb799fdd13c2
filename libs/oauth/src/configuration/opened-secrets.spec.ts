import { beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { KeySealer, KeySealError } from '../issuance/key-sealing.ts';
import { aBucket, anHttpClient, aSecret } from '../testing/store-builders.ts';
import { bound, endpointOf, PROFILE, profileOf, ServiceUnderTest } from '../testing/service-builder.ts';
import { Configuration, put } from './configuration.ts';
import { OpenedSecrets } from './opened-secrets.ts';

class CountingSealer extends KeySealer {
  opened = 0;
  override openText(sealed: string): Promise<string> {
    this.opened++;
    return super.openText(sealed);
  }
}

describe('secrets and HTTP clients of a profile', () => {
  const sealer = new CountingSealer(randomBytes(32));
  let configuration: Configuration;
  beforeAll(async () => {
    const tls = { caCertificates: 'ca', clientCertificate: 'certificate', sealedClientKey: await sealer.sealText('key') };
    configuration = Configuration.empty.with([
      put('secret', aSecret(PROFILE, { id: 'api-key', sealedValue: await sealer.sealText('Ünseen') })),
      put('secret', aSecret('other', { id: 'theirs', sealedValue: await sealer.sealText('theirs') })),
      put(
        'http-client',
        anHttpClient(PROFILE, {
          id: 'api',
          credentials: { kind: 'basic', username: 'me', sealedValue: await sealer.sealText('pass') },
          tls,
        }),
      ),
      put('http-client', anHttpClient(PROFILE, { id: 'plain', credentials: null })),
    ]);
  });

  test('are opened for the profile alone', async () => {
    const secrets = new OpenedSecrets(sealer);
    expect(await secrets.values(configuration, PROFILE)).toEqual(new Map([['api-key', 'Ünseen']]));
    const clients = await secrets.httpClients(configuration, PROFILE);
    expect([...clients.keys()]).toEqual(['api', 'plain']);
    expect(clients.get('api')).toMatchObject({
      allowedHosts: ['api.example.com', '*.example.org:8443'],
      credentials: { kind: 'basic', username: 'me', value: 'pass' },
      tls: { caCertificates: 'ca', clientCertificate: 'certificate', clientKey: 'key' },
    });
    expect(clients.get('plain')).toMatchObject({ credentials: null, tls: { clientKey: null } });
    expect(JSON.stringify([...clients])).not.toContain('sealed');
  });

  test('are opened once for as long as they stay the same, and clients stay the same object', async () => {
    const secrets = new OpenedSecrets(sealer);
    sealer.opened = 0;
    const first = await secrets.httpClients(configuration, PROFILE);
    await secrets.values(configuration, PROFILE);
    expect(sealer.opened).toBe(3);
    const next = configuration.with([
      put('secret', aSecret(PROFILE, { id: 'api-key', sealedValue: await sealer.sealText('changed') })),
      put('http-client', anHttpClient(PROFILE, { id: 'plain', credentials: null, allowHttp: true })),
    ]);
    const second = await secrets.httpClients(next, PROFILE);
    expect(await secrets.values(next, PROFILE)).toEqual(new Map([['api-key', 'changed']]));
    expect(sealer.opened).toBe(4);
    expect(second.get('api')).toBe(first.get('api'));
    expect(second.get('plain')?.allowHttp).toBe(true);
  });

  test('that were sealed with another key encryption key are named, with what to do', async () => {
    const secrets = new OpenedSecrets(new KeySealer(randomBytes(32)));
    await expect(secrets.values(configuration, PROFILE)).rejects.toThrow(KeySealError);
    await expect(secrets.values(configuration, PROFILE)).rejects.toThrow(
      `the secret "api-key" of profile "${PROFILE}" cannot be opened with this key encryption key; start with the one it was sealed with`,
    );
    await expect(secrets.httpClients(configuration, PROFILE)).rejects.toThrow(/^the credentials of the HTTP client "api" of profile/);
  });

  test('are in the snapshot, beside the buckets; of other profiles nothing is', async () => {
    const world = await ServiceUnderTest.open();
    await world.change(
      put('secret', aSecret(PROFILE, { id: 'api-key', sealedValue: await world.sealer.sealText('value') })),
      put('bucket', aBucket(PROFILE, { id: 'seen' })),
      put('http-client', anHttpClient(PROFILE, { id: 'plain', credentials: null })),
      put('profile', profileOf({ id: 'second', issuer: '/second' })),
    );
    const main = world.snapshot.profiles.get(PROFILE);
    expect([main?.secrets.get('api-key'), [...(main?.buckets.keys() ?? [])], [...(main?.httpClients.keys() ?? [])]]).toEqual([
      'value',
      ['seen'],
      ['plain'],
    ]);
    const second = world.snapshot.profiles.get('second');
    expect([second?.secrets.size, second?.buckets.size, second?.httpClients.size]).toEqual([0, 0, 0]);
  });

  test('a snapshot with a secret that cannot be opened is refused, as with signing keys', async () => {
    const world = await ServiceUnderTest.open();
    const foreign = await new KeySealer(randomBytes(32)).sealText('value');
    await expect(world.change(put('secret', aSecret(PROFILE, { id: 'lost', sealedValue: foreign })))).rejects.toThrow(
      /the secret "lost" of profile "main" cannot be opened/,
    );
  });

  test('are no part of a bound program: it names secrets, and holds none', async () => {
    const world = await ServiceUnderTest.open([put('endpoint', endpointOf('oauth-introspect', '/own', { id: 'own', advertised: false }))]);
    const [procedure, version, binding] = bound('oauth-introspect', 'function result() { return { active: false }; }');
    if (procedure === undefined || version?.kind !== 'procedure-version' || version.value === null || binding === undefined)
      throw new Error();
    await world.change(
      put('secret', aSecret(PROFILE, { id: 'api-key', sealedValue: await world.sealer.sealText('a-value') })),
      procedure,
      put('procedure-version', { ...version.value, secrets: ['api-key'] }),
      binding,
    );
    const program = world.snapshot.routes.get('/introspect')?.programs.get('oauth-introspect');
    expect(program?.secrets).toEqual(['api-key']);
    expect(JSON.stringify(program)).not.toContain('a-value');
  });
});
