import { describe, expect, test } from '@jest/globals';
import { Configuration, put, type Profile } from '#libs/oauth';
import { auditOf } from './plan.ts';
import { applyChanges, entity, NOW, problemsOf } from './testing/files.ts';

const withProcedure = (source: string) => `procedures:\n  x: { flow: oauth-introspect, source: ${JSON.stringify(source)} }\n`;
const actions = (changes: readonly { action: string; kind: string; key: string }[]) =>
  changes.map(({ action, kind, key }) => `${action} ${kind} ${key}`);

describe('planning changes', () => {
  test('a changed text becomes a new version, and an earlier one is taken up again instead of being stored twice', async () => {
    const first = await applyChanges(Configuration.empty, withProcedure('one'));
    expect(actions(first.changes)).toEqual(['create procedure x', 'create procedure-version x/1']);
    const second = await applyChanges(first.configuration, withProcedure('two'));
    expect(actions(second.changes)).toEqual(['update procedure x', 'create procedure-version x/2']);
    const back = await applyChanges(second.configuration, withProcedure('one'));
    expect(actions(back.changes)).toEqual(['update procedure x']);
    expect(back.configuration.get('procedure', 'x')?.activeVersion).toBe(1);
    expect(back.changes.map((change) => auditOf(change, NOW, 'file').action)).toEqual(['procedure.activate']);
    expect((await applyChanges(back.configuration, withProcedure('one'))).changes).toEqual([]);
  });

  test('the active version follows the file when another one was activated in the service', async () => {
    const { configuration } = await applyChanges(
      (await applyChanges(Configuration.empty, withProcedure('one'))).configuration,
      withProcedure('two'),
    );
    const activated = configuration.with([put('procedure', { ...entity(configuration, 'procedure', 'x'), activeVersion: 1 })]);
    expect((await applyChanges(activated, withProcedure('two'))).configuration.get('procedure', 'x')?.activeVersion).toBe(2);
  });

  test('the flow of a procedure cannot change', async () => {
    const { configuration } = await applyChanges(Configuration.empty, withProcedure('one'));
    expect(await problemsOf(withProcedure('one').replace('oauth-introspect', 'oauth-revoke'), configuration)).toEqual([
      '2:14 /procedures/x/flow: the flow of "x" was fixed as "oauth-introspect" when it was made; give the procedure for "oauth-revoke" another id',
    ]);
  });

  test('what is not in the file any more goes, but only what files made', async () => {
    const text = 'profiles:\n  p:\n    issuer: /~\n    tokenIssuers: {}\n    clients: { a: {}, b: {} }\n';
    const { configuration } = await applyChanges(Configuration.empty, text);
    const current = configuration.with([put('client', { ...entity(configuration, 'client', 'p/b'), id: 'c', origin: 'api' })]);
    expect(actions((await applyChanges(current, text.replace('{ a: {}, b: {} }', '{}'))).changes)).toEqual([
      'delete client p/a',
      'delete client p/b',
    ]);
  });

  test('a procedure that a binding made in the service uses cannot go', async () => {
    const { configuration } = await applyChanges(
      Configuration.empty,
      `profiles:\n  p:\n    issuer: /~\n    endpoints: { oauth-introspect: { path: /i } }\n${withProcedure('one')}`,
    );
    const current = configuration.with([
      put('binding', {
        profile: 'p',
        endpoint: 'oauth-introspect',
        flow: 'oauth-introspect',
        procedure: 'x',
        version: null,
        origin: 'api',
      }),
    ]);
    expect(await problemsOf('profiles:\n  p:\n    issuer: /~\n    endpoints: { oauth-introspect: { path: /i } }\n', current)).toEqual([
      '1:1 : binding "oauth-introspect" of "oauth-introspect" of "p", made in the service, would not be valid any more: /procedure: there is no procedure "x"',
    ]);
  });

  test('a procedure with versions that were uploaded to the service cannot go', async () => {
    const { configuration } = await applyChanges(Configuration.empty, withProcedure('one'));
    const current = configuration.with([
      put('procedure-version', { ...entity(configuration, 'procedure-version', 'x/1'), version: 2, origin: 'api' }),
    ]);
    expect(await problemsOf('profiles: {}\n', current)).toEqual([
      '1:1 : procedure "x" is not in the file any more, but its version 2 was uploaded to the service; delete the procedure there or keep it in the file',
    ]);
  });

  test('with a profile go the signing keys that the service made for it', async () => {
    const { configuration } = await applyChanges(Configuration.empty, 'profiles: { p: { issuer: /~, tokenIssuers: {} } }\n');
    const key = {
      profile: 'p',
      kid: 'k',
      algorithm: 'ES256',
      state: 'active',
      publicJwk: {},
      sealedPrivateJwk: '',
      createdAt: NOW,
      activatedAt: NOW,
      retiredAt: null,
      origin: 'system',
    } as const;
    const { changes } = await applyChanges(configuration.with([put('signing-key', key)]), 'profiles: {}\n');
    expect(actions(changes)).toEqual(['delete signing-key p/k', 'delete profile p']);
  });

  test('an entity that cannot be read is not taken for one that is to go', async () => {
    const { configuration } = await applyChanges(Configuration.empty, 'profiles: { p: { issuer: /~, clients: { c: {} } } }\n');
    const current = configuration.with([put('client', { ...entity(configuration, 'client', 'p/c'), id: 'd', origin: 'api' })]);
    expect(await problemsOf('profiles: { p: { issuer: nonsense, clients: { c: {} } } }\n', current)).toHaveLength(1);
  });

  test('audit events carry no secret hashes', async () => {
    const { changes } = await applyChanges(
      Configuration.empty,
      'profiles: { p: { issuer: /~, clients: { c: { secret: Secr3t!, capabilities: [introspection] } } } }\n',
    );
    const events = changes.map((change) => auditOf(change, NOW, 'file'));
    expect(events.map((event) => event.action)).toContain('client.create');
    expect(JSON.stringify(events)).not.toMatch(/argon2|Secr3t/);
    const profile = events.find((event) => event.kind === 'profile')?.after as Profile;
    expect(profile.issuer).toBe('/~');
  });
});
