import { describe, expect, test } from '@jest/globals';
import { ConfigurationError, KeySealer, LiveConfiguration, put, type SigningKey } from '#libs/oauth';
import { memoryStores } from '../../oauth/src/testing/memory-stores.ts';
import { applyConfiguration } from './apply-configuration.ts';
import { exportConfiguration } from './export-configuration.ts';
import { ConfigurationFileError } from './file/file-problem.ts';
import { describeChange } from './change-in-words.ts';
import { demoText, entity, NOW, SEALER } from './testing/files.ts';

const options = { fileName: 'f.yaml', now: NOW, sealer: SEALER };
const key: SigningKey = {
  profile: 'token-service',
  kid: 'k',
  algorithm: 'ES256',
  state: 'active',
  publicJwk: {},
  sealedPrivateJwk: 'sealed',
  createdAt: NOW,
  activatedAt: NOW,
  retiredAt: null,
  origin: 'system',
};

async function open() {
  const stores = memoryStores();
  const live = await LiveConfiguration.open(stores.configuration);
  const audit = async () =>
    (await stores.audit.list({ limit: 500 })).map(({ actor, action, key: of }) => `${actor} ${action} ${of}`).toReversed();
  return { stores, live, audit };
}

describe('applying a configuration file', () => {
  test('is one change with its audit events, and none when it is applied again', async () => {
    const { live, audit } = await open();
    const first = await applyConfiguration(live, await demoText(), options);
    expect(first.revision).toBe(1);
    expect(await audit()).toContain('file client.create token-service/gateway_client');
    expect(await applyConfiguration(live, await demoText(), options)).toEqual({ revision: 1, changes: [], kept: [], warnings: [] });
    expect(await applyConfiguration(live, exportConfiguration(live.current, options), options)).toEqual({
      revision: 1,
      changes: [],
      kept: [],
      warnings: [],
    });
    expect(await audit()).toHaveLength(first.changes.length);
  });

  test('changes nothing on a dry run, and says what it would', async () => {
    const { live, audit } = await open();
    const planned = await applyConfiguration(live, await demoText(), { ...options, dryRun: true });
    expect(planned.changes.map(({ action, kind }) => `${action} ${kind}`)).toContain('create client');
    expect(live.current.revision).toBe(0);
    expect(await audit()).toEqual([]);
  });

  test('stores what completes the configuration in the same transaction', async () => {
    const { live, audit } = await open();
    const { revision } = await applyConfiguration(live, await demoText(), {
      ...options,
      actor: 'alice',
      complete: () => Promise.resolve([put('signing-key', key)]),
    });
    expect(revision).toBe(1);
    expect(entity(live.current, 'signing-key', 'token-service/k').kid).toBe('k');
    expect(await audit()).toContain('alice signing-key.create token-service/k');
  });

  test('applies nothing of a file with a problem', async () => {
    const { live, audit } = await open();
    await expect(applyConfiguration(live, `${await demoText()}\nprofils: {}\n`, options)).rejects.toBeInstanceOf(ConfigurationFileError);
    expect([live.current.revision, await audit()]).toEqual([0, []]);
  });

  test('checks each new text of a procedure once, and none that is stored', async () => {
    const { live } = await open();
    const checked: string[] = [];
    const check = ({ key: program }: { key: string }) => {
      checked.push(program);
      return Promise.resolve({ ok: true as const, warnings: [] });
    };
    const text = (source: string) => `procedures: { x: { flow: oauth-introspect, source: ${source} } }\n`;
    for (const source of ['one', 'one', 'two']) await applyConfiguration(live, text(source), { ...options, check });
    expect(checked).toEqual(['x@1', 'x@2']);
  });

  test('reads no files and no environment unless it is given them', async () => {
    const { live } = await open();
    const text =
      'profiles: { p: { issuer: /~, clients: { c: { secret: { env: PATH } } } } }\nprocedures: { x: { flow: oauth-introspect, file: /etc/passwd } }\n';
    const error: unknown = await applyConfiguration(live, text, options).catch((caught: unknown) => caught);
    expect(String(error)).toContain('the environment variable PATH is not set');
    expect(String(error)).toContain('cannot read "/etc/passwd": this text is applied without files beside it');
  });

  test('has an event for each secret that a version is given by a binding or an activation, and for none that it had', async () => {
    const { live, stores } = await open();
    const text = (source: string, secrets: string, bound = 'procedures: { oauth-introspect: reading }') => `
profiles:
  p:
    issuer: /~
    endpoints: { i: { kind: oauth-introspect, path: /i, ${bound} } }
    secrets: { pepper: one-secret, salt: another }
procedures:
  reading: { flow: oauth-introspect, source: ${source}, secrets: [${secrets}] }
`;
    const given = async () =>
      (await stores.audit.list({ kind: 'secret', limit: 500 }))
        .filter(({ action }) => action === 'secret.give')
        .map(({ actor, key: of, after, revision }) => ({ actor, key: of, after, revision }));
    const gift = (id: string, version: number, revision: number) => ({
      actor: 'alice',
      key: `p/${id}`,
      after: { profile: 'p', id, procedure: 'reading', version },
      revision,
    });
    const apply = (...parts: Parameters<typeof text>) => applyConfiguration(live, text(...parts), { ...options, actor: 'alice' });

    await apply('one', 'pepper', 'procedures: {}');
    expect(await given()).toEqual([]);
    await applyConfiguration(live, text('one', 'pepper'), { ...options, dryRun: true });
    expect(await given()).toEqual([]);
    await apply('one', 'pepper');
    expect(await given()).toEqual([gift('pepper', 1, 2)]);
    await apply('one', 'pepper');
    expect(await given()).toHaveLength(1);
    await apply('one', 'pepper, salt');
    expect(await given()).toEqual([gift('salt', 2, 3), gift('pepper', 2, 3), gift('pepper', 1, 2)]);
    const written = JSON.stringify(await stores.audit.list({ limit: 500 }));
    expect(written).not.toContain('one-secret');
  });

  test('lets a bucket that the file has no more go with its entries, in the one change or not at all', async () => {
    const { live, stores } = await open();
    const text = (buckets: string) => `profiles: { p: { issuer: /~, buckets: ${buckets} } }\n`;
    await applyConfiguration(live, text('{ seen: {}, kept: {} }'), options);
    const storing = (bucket: string) => ({
      effect: 'bucket-store' as const,
      ...{ profile: 'p', bucket, subject: 'anna', purpose: 'visits', attributes: '{"n":1}' },
    });
    await stores.tokens.commit([{ at: NOW, requires: [], claim: null, effects: [storing('seen'), storing('kept')] }]);
    const entry = async (bucket: string) => await stores.buckets.get('p', bucket, 'anna', 'visits');

    const planned = await applyConfiguration(live, text('{ kept: {} }'), { ...options, dryRun: true });
    expect(planned.changes.map(describeChange)).toEqual(['delete bucket "seen" of "p" with all that procedures keep in it']);
    expect(await entry('seen')).toBe('{"n":1}');
    const spoiled = { ...options, complete: () => Promise.resolve([put('signing-key', { ...key, profile: 'nowhere' })]) };
    await expect(applyConfiguration(live, text('{ kept: {} }'), spoiled)).rejects.toBeInstanceOf(ConfigurationError);
    expect(await entry('seen')).toBe('{"n":1}');

    await applyConfiguration(live, text('{ kept: { description: still here } }'), options);
    expect([await entry('seen'), await entry('kept')]).toEqual([null, '{"n":1}']);
    await applyConfiguration(live, text('{ seen: {}, kept: {} }'), options);
    expect([await entry('seen'), await entry('kept')]).toEqual([null, '{"n":1}']);
  });

  test('takes over what another service exported: the next export is equal, and nothing in the clear', async () => {
    const text = `
profiles:
  p:
    issuer: /~
    endpoints: { i: { kind: oauth-introspect, path: /i, procedures: { oauth-introspect: enrich } } }
    secrets: { pepper: a-value-of-pepper }
    buckets: { seen: { description: Who was seen when }, plain: {} }
    httpClients:
      crm:
        allowedHosts: [crm.example.com:8443]
        allowedNetworks: [10.0.0.0/8]
        credentials: { kind: basic, username: tokenwright, value: a-value-of-crm }
        timeoutMilliseconds: 250
      open: { allowedHosts: ['*.example.org'] }
libraries:
  claims: { source: 'function claims() {}', description: Claims of us all }
procedures:
  enrich: { flow: oauth-introspect, source: 'function result() {}', libraries: [claims], secrets: [pepper], note: first }
`;
    const { live } = await open();
    await applyConfiguration(live, text, options);
    const exported = exportConfiguration(live.current, options);
    expect(exported).not.toMatch(/a-value-of/);

    const { live: other } = await open();
    await applyConfiguration(other, exported, options);
    expect(exportConfiguration(other.current, options)).toBe(exported);
    for (const kind of ['library', 'library-version', 'procedure-version', 'http-client', 'secret', 'bucket', 'binding'] as const)
      expect([...other.current.all(kind)]).toEqual([...live.current.all(kind)]);
    expect(await SEALER.openText(entity(other.current, 'secret', 'p/pepper').sealedValue)).toBe('a-value-of-pepper');
    expect(await SEALER.openText(entity(other.current, 'http-client', 'p/crm').credentials?.sealedValue ?? '')).toBe('a-value-of-crm');

    // With another key encryption key: each value that has to be given is named with its place, and what to write.
    const { live: foreign } = await open();
    const sealer = new KeySealer(new Uint8Array(32).fill(8));
    const error: unknown = await applyConfiguration(foreign, exported, { ...options, sealer }).catch((caught: unknown) => caught);
    expect((error as ConfigurationFileError).problems.map(({ pointer, message }) => `${pointer} ${message}`)).toEqual([
      expect.stringMatching(/^\/profiles\/p\/httpClients\/crm\/credentials\/value\/sealed cannot be opened .* write the value itself/),
      expect.stringMatching(/^\/profiles\/p\/secrets\/pepper\/sealed cannot be opened .* write the value itself/),
    ]);
    expect(foreign.current.revision).toBe(0);
    const given = exported.replaceAll(/\{ sealed: [^,}]+/g, '{ env: GIVEN');
    await applyConfiguration(foreign, given, { ...options, sealer, env: { GIVEN: 'given-there' } });
    expect(await sealer.openText(entity(foreign.current, 'secret', 'p/pepper').sealedValue)).toBe('given-there');
    expect(exportConfiguration(foreign.current, options).replaceAll(/sealed: [^ ,]+/g, 'sealed: x')).toBe(
      exported.replaceAll(/sealed: [^ ,]+/g, 'sealed: x'),
    );
  });

  test('leaves what was made in the service as it is, and says so, where conflicts are kept', async () => {
    const { live } = await open();
    const text = (description: string) => `profiles: { p: { issuer: /~, scopes: { read: { description: ${description} } } } }\n`;
    await applyConfiguration(live, text('ours'), options);
    await live.change((configuration) => {
      const profile = configuration.get('profile', 'p');
      if (profile === undefined) throw new Error('the file was not applied');
      return { changes: [put('profile', { ...profile, origin: 'api' })], audit: [], result: undefined };
    });
    await expect(applyConfiguration(live, text('theirs'), options)).rejects.toBeInstanceOf(ConfigurationFileError);
    const { changes, kept } = await applyConfiguration(live, text('theirs'), { ...options, conflicts: 'keep' });
    expect([changes, kept]).toEqual([[], [{ kind: 'profile', key: 'p' }]]);
    expect(live.current.get('profile', 'p')?.scopes['read']?.description).toBe('ours');
  });
});
