import { describe, expect, test } from '@jest/globals';
import { LiveConfiguration, put, type SigningKey } from '#libs/oauth';
import { memoryStores } from '../../oauth/src/testing/memory-stores.ts';
import { applyConfiguration } from './apply-configuration.ts';
import { exportConfiguration } from './export-configuration.ts';
import { ConfigurationFileError } from './file/file-problem.ts';
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
    expect(first.changes.length).toBe(10);
    expect(await audit()).toContain('file client.create token-service/gateway_client');
    expect(await applyConfiguration(live, await demoText(), options)).toEqual({ revision: 1, changes: [], kept: [] });
    expect(await applyConfiguration(live, exportConfiguration(live.current, options), options)).toEqual({
      revision: 1,
      changes: [],
      kept: [],
    });
    expect(await audit()).toHaveLength(10);
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
