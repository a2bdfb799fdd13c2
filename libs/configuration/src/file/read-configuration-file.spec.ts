import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { CLIENT_CAPABILITIES, Configuration, ENDPOINT_KINDS, FLOWS, hashChosenSecret, put, verifySecret } from '#libs/oauth';
import { applyChanges, demoText, entity, NOW, problemsOf, SEALER } from '../testing/files.ts';
import { readAndPlan } from './read-configuration-file.ts';

const profile = (members: string) => `profiles:\n  p:\n    issuer: /~\n${members}`;

/** What is said where none of the names was written. */
const oneOf = (names: readonly string[]) => `must be one of ${names.map((name) => `"${name}"`).join(', ')}`;

describe('reading a configuration file', () => {
  test('the demo configuration has the two introspection endpoints, of which the second is advertised', async () => {
    const { configuration } = await applyChanges(Configuration.empty, await demoText());
    const introspection = [...configuration.all('endpoint')].filter(({ kind }) => kind === 'oauth-introspect');
    expect(introspection.map(({ id, path, advertised }) => [id, path, advertised])).toEqual([
      ['oauth-introspect', '/oauth/v2/oauth-introspect', true],
      ['introspection', '/introspection', false],
    ]);
    const client = entity(configuration, 'client', 'token-service/gateway_client');
    expect(client.capabilities).toEqual(['introspection']);
    expect(client.introspection).toEqual({ policy: null, formats: null, encryption: null, unknownTokensPerMinute: null });
    expect(client.secrets).toHaveLength(1);
    expect(client.secrets[0]?.hash).toMatch(/^\$argon2id\$/);
    expect(await verifySecret('Secr3t!', client.secrets[0]?.hash ?? '')).toBe(true);
    expect([...configuration.all('token-issuer')].map(({ id, kind, isDefault }) => [id, kind, isDefault])).toEqual([
      ['opaque', 'opaque', true],
      ['jwt', 'jwt', true],
      ['wrapped-opaque', 'wrapped-opaque', true],
    ]);
  });

  test('a profile that says nothing of token issuers has one of each kind, and an empty mapping means none', async () => {
    const said = await applyChanges(Configuration.empty, profile(''));
    expect([...said.configuration.all('token-issuer')].map((issuer) => issuer.id)).toEqual(['opaque', 'jwt', 'wrapped-opaque']);
    const none = await applyChanges(Configuration.empty, profile('    tokenIssuers: {}\n'));
    expect(none.configuration.count('token-issuer')).toBe(0);
  });

  test('scopes may be a list of names, and a scope without settings may be left empty', async () => {
    const list = await applyChanges(Configuration.empty, profile('    scopes: [read, write]\n'));
    const mapping = await applyChanges(Configuration.empty, profile('    scopes:\n      read:\n      write: {}\n'));
    expect(list.configuration.get('profile', 'p')?.scopes).toEqual({ read: {}, write: {} });
    expect(mapping.configuration.get('profile', 'p')?.scopes).toEqual({ read: {}, write: {} });
  });

  test('a secret may come from the environment and is kept while it stays the same', async () => {
    const text = profile('    clients:\n      c: { secret: { env: C_SECRET }, capabilities: [introspection] }\n');
    const first = await applyChanges(Configuration.empty, text, { env: { C_SECRET: 'first one' } });
    const again = await applyChanges(first.configuration, text, { env: { C_SECRET: 'first one' } });
    expect(again.changes).toEqual([]);
    const other = await applyChanges(first.configuration, text, { env: { C_SECRET: 'second one' } });
    expect(other.changes.map((change) => change.key)).toEqual(['p/c']);
  });

  test('a client may have two secrets for rotation, one of them as a hash', async () => {
    const hash = await hashChosenSecret('older');
    const text = profile(
      `    clients:\n      c:\n        capabilities: [introspection]\n        secret:\n          - newer\n          - { hash: '${hash}', expiresAt: 2100-01-01T00:00:00Z }\n`,
    );
    const { configuration } = await applyChanges(Configuration.empty, text);
    const client = entity(configuration, 'client', 'p/c');
    expect(client.secrets.map((secret) => secret.expiresAt)).toEqual([null, 4_102_444_800]);
    expect(client.secrets[1]?.hash).toBe(hash);
  });

  test('a binding may pin a version', async () => {
    const text = `${profile('    endpoints:\n      oauth-introspect:\n        path: /i\n        procedures: { oauth-introspect: { procedure: x, version: 1 } }\n')}procedures:\n  x: { flow: oauth-introspect, source: 'function result() {}' }\n`;
    const { configuration } = await applyChanges(Configuration.empty, text);
    expect(configuration.get('binding', 'p/oauth-introspect/oauth-introspect')).toMatchObject({
      procedure: 'x',
      version: 1,
      origin: 'file',
    });
  });

  // Each text with exactly the problems it has: `line:column pointer: message`.
  const problems: readonly (readonly [string, string, readonly string[]])[] = [
    ['an empty file', '', ['1:1 : is empty; write "profiles: {}" to say that there is to be nothing']],
    ['a list', '- 1\n', ['1:1 : must be a mapping, is a list']],
    ['broken YAML', 'profiles: {a\n', ['2:1 : Flow map in block collection must be sufficiently indented and end with a }']],
    ['tabs', 'profiles:\n\tp: {}\n', ['2:1 : indent with spaces, not with tabs']],
    ['an unknown key', 'profils: {}\n', ['1:1 /profils: unknown key "profils"; did you mean "profiles"?']],
    ['a key twice', 'profiles: {}\nprofiles: {}\n', ['2:1 : this key is written twice in the same mapping']],
    ['an alias to nothing', 'profiles: *nope\n', ['1:11 : there is no anchor "nope" before this']],
    [
      'more aliases than anybody writes',
      `profiles: { a: [&a 1${', *a'.repeat(20_000)}] }\n`,
      ['1:1 : there are more than 500 aliases ("*name")'],
    ],
    ['an alias to itself', 'profiles: &p { a: *p }\n', ['1:19 : "p" contains itself here']],
    ['a key with a trap', 'profiles: { __proto__: {} }\n', ['1:13 : "__proto__" cannot be a key']],
    ['a missing issuer', 'profiles:\n  p: {}\n', ['2:6 /profiles/p/issuer: is missing']],
    [
      'a bad id',
      'profiles:\n  "a b": { issuer: /~ }\n',
      ['2:3 /profiles/a b: must start with a letter or digit and have at most 128 letters, digits, ".", "_" and "-"'],
    ],
    [
      'an issuer with a query',
      'profiles:\n  p:\n    issuer: https://x?y\n',
      ['3:13 /profiles/p/issuer: must be an https URL without query and fragment, or a path such as /~ that is appended to the base URL'],
    ],
    ['an unknown member', profile('    scope: [read]\n'), ['4:5 /profiles/p/scope: unknown key "scope"; did you mean "scopes"?']],
    [
      'a wrong type',
      profile('    defaults: { accessTokenLifetime: soon }\n'),
      ['4:38 /profiles/p/defaults/accessTokenLifetime: must be a number, is a text'],
    ],
    [
      'a lifetime of nothing',
      profile('    defaults: { accessTokenLifetime: 0 }\n'),
      ['4:38 /profiles/p/defaults/accessTokenLifetime: must be at least 1'],
    ],
    [
      'a lifetime beyond the maximum',
      profile('    defaults: { accessTokenLifetime: 90000 }\n'),
      ['4:38 /profiles/p/defaults/accessTokenLifetime: must be at most maximumTokenLifetime (86400)'],
    ],
    [
      'a bad scope',
      profile('    scopes: ["a b"]\n'),
      [
        '4:14 /profiles/p/scopes/0: must have 1 to 128 printable ASCII characters without space, double quote and backslash (RFC 6749 section 3.3)',
      ],
    ],
    [
      'an endpoint of no kind',
      profile('    endpoints:\n      x: { path: /x }\n'),
      [`5:10 /profiles/p/endpoints/x/kind: is missing; ${oneOf(ENDPOINT_KINDS)}`],
    ],
    [
      'a misspelt kind',
      profile('    endpoints:\n      x: { path: /x, kind: oauth-introspection }\n'),
      [`5:28 /profiles/p/endpoints/x/kind: ${oneOf(ENDPOINT_KINDS)}; did you mean "oauth-introspect"?`],
    ],
    [
      'a path with a query',
      profile('    endpoints:\n      oauth-token: { path: "/x?y" }\n'),
      [
        '5:28 /profiles/p/endpoints/oauth-token/path: must be an absolute path of letters, digits and "._~-", such as /oauth/v2/oauth-token, without query and trailing slash',
      ],
    ],
    [
      'a path twice',
      profile('    endpoints:\n      oauth-token: { path: /x }\n      oauth-revoke: { path: /x }\n'),
      ['6:29 /profiles/p/endpoints/oauth-revoke/path: endpoint "oauth-token" of profile "p" already answers at "/x" in role "default"'],
    ],
    [
      'a client id with a colon',
      profile('    clients:\n      "a:b": {}\n'),
      [
        '5:7 /profiles/p/clients/a:b: must have 1 to 128 printable ASCII characters without space, colon, percent, plus, double quote and backslash, and must not start with a dot',
      ],
    ],
    [
      'a scope that the profile lacks',
      profile('    clients:\n      c: { secret: Secr3t!, scopes: [read] }\n'),
      ['5:38 /profiles/p/clients/c/scopes/0: profile "p" has no scope "read"'],
    ],
    [
      'a client that needs a secret',
      profile('    clients:\n      c: { capabilities: [introspection] }\n'),
      ['5:7 /profiles/p/clients/c: a client with capabilities needs a secret to authenticate with, or another method of authentication'],
    ],
    [
      'a secret that is a number',
      profile('    clients:\n      c: { secret: 12345 }\n'),
      ['5:20 /profiles/p/clients/c/secret: must be a text or a mapping, is a whole number'],
    ],
    [
      'a secret given twice over',
      profile('    clients:\n      c: { secret: { env: A, hash: b } }\n'),
      [
        '5:20 /profiles/p/clients/c/secret: must have exactly one of "value", "env" and "hash"',
        '5:27 /profiles/p/clients/c/secret/env: the environment variable A is not set',
        '5:36 /profiles/p/clients/c/secret/hash: must be an argon2id hash ($argon2id$v=19$...) or sha256$ and 43 characters of base64url',
      ],
    ],
    [
      'a secret that the environment lacks',
      profile('    clients:\n      c: { secret: { env: NOPE } }\n'),
      ['5:27 /profiles/p/clients/c/secret/env: the environment variable NOPE is not set'],
    ],
    [
      'three valid secrets',
      profile('    clients:\n      c: { secret: [aaaa, bbbb, cccc] }\n'),
      ['5:33 /profiles/p/clients/c/secret/2: a client has at most two valid secrets at a time'],
    ],
    [
      'a property that is no JSON',
      profile('    clients:\n      c: { properties: { a: .inf } }\n'),
      ['5:24 /profiles/p/clients/c/properties: must be JSON: Infinity is not'],
    ],
    [
      'a binding to nothing',
      profile('    endpoints:\n      oauth-introspect: { path: /i, procedures: { oauth-introspect: nope } }\n'),
      ['5:69 /profiles/p/endpoints/oauth-introspect/procedures/oauth-introspect: there is no procedure "nope"'],
    ],
    [
      'a binding of a flow that the endpoint has not',
      `${profile('    endpoints:\n      oauth-token: { path: /t, procedures: { oauth-introspect: x } }\n')}procedures: { x: { flow: oauth-introspect, source: x } }\n`,
      [
        '5:64 /profiles/p/endpoints/oauth-token/procedures/oauth-introspect: flow "oauth-introspect" belongs to endpoints of kind "oauth-introspect", "oauth-token" is of kind "oauth-token"',
      ],
    ],
    [
      'a procedure without a text',
      'procedures:\n  x: { flow: oauth-introspect }\n',
      ['2:6 /procedures/x: must have exactly one of "file", "source" and "versions"'],
    ],
    [
      'a missing file',
      'procedures:\n  x: { flow: oauth-introspect, file: nope.js }\n',
      ['2:38 /procedures/x/file: cannot read "nope.js": there is no such file'],
    ],
    [
      'a misspelt flow',
      'procedures:\n  x: { flow: oauth-introspekt, source: x }\n',
      [`2:14 /procedures/x/flow: ${oneOf(FLOWS.map(({ id }) => id))}; did you mean "oauth-introspect"?`],
    ],
  ];
  test.each(problems)('reports %s with its place', async (_case, text, expected) => {
    expect(await problemsOf(text)).toEqual(expected);
  });

  test('reports everything at once, and no dangling reference to what is itself reported', async () => {
    const text = [
      'profiles:',
      '  p:',
      '    issuer: nonsense',
      '    clients:',
      '      c: { scopes: [read], secret: { env: NOPE }, capabilities: [introspecton] }',
      '    endpoints:',
      '      oauth-introspect: { pat: /i, procedures: { oauth-introspect: x, oauth-introspect-application-jwt: y } }',
      'procedures:',
      '  x: { flow: oauth-introspect, file: nope.js }',
    ].join('\n');
    expect(await problemsOf(text)).toEqual([
      '3:13 /profiles/p/issuer: must be an https URL without query and fragment, or a path such as /~ that is appended to the base URL',
      '5:21 /profiles/p/clients/c/scopes/0: profile "p" has no scope "read"',
      '5:43 /profiles/p/clients/c/secret/env: the environment variable NOPE is not set',
      `5:66 /profiles/p/clients/c/capabilities/0: ${oneOf(CLIENT_CAPABILITIES)}; did you mean "introspection"?`,
      '7:25 /profiles/p/endpoints/oauth-introspect/path: is missing',
      '7:27 /profiles/p/endpoints/oauth-introspect/pat: unknown key "pat"; did you mean "path"?',
      '7:105 /profiles/p/endpoints/oauth-introspect/procedures/oauth-introspect-application-jwt: there is no procedure "y"',
      '9:38 /procedures/x/file: cannot read "nope.js": there is no such file',
    ]);
  });

  test('a literal secret never shows in a problem', async () => {
    const shown = await problemsOf(profile('    clients:\n      c: { secret: "s\u0007ecret", capabilities: [introspection] }\n'));
    expect(shown.join('\n')).not.toContain('ecret"');
  });

  test('a fault that the check finds in a procedure is reported in its file, and in a block at its own line', async () => {
    const text = [
      'procedures:',
      '  a: { flow: oauth-introspect, file: a.js }',
      '  b:',
      '    flow: oauth-introspect',
      '    source: |',
      '      // first',
      '      let x = ;',
      '',
    ].join('\n');
    const check = () =>
      Promise.resolve({ ok: false as const, errors: [{ code: 'syntax', line: 2, column: 9, message: 'Unexpected token' }] });
    const error: unknown = await readAndPlan(text, {
      fileName: 'f.yaml',
      now: NOW,
      sealer: SEALER,
      current: Configuration.empty,
      readFile: () => 'x\nlet x = ;\n',
      check,
    }).catch((caught: unknown) => caught);
    expect(String(error)).toBe(
      'ConfigurationFileError: a.js:2:9: /procedures/a/file: Unexpected token\nf.yaml:7:15: /procedures/b/source: Unexpected token',
    );
  });

  test('what the API made keeps its place: an equal entity is left alone, another one is a conflict', async () => {
    const first = await applyChanges(Configuration.empty, profile('    scopes: [read]\n'));
    const current = first.configuration.with([put('profile', { ...entity(first.configuration, 'profile', 'p'), origin: 'api' })]);
    expect((await applyChanges(current, profile('    scopes: [read]\n'))).changes).toEqual([]);
    expect(await problemsOf(profile('    scopes: [write]\n'), current)).toEqual([
      '2:3 /profiles/p: the admin API owns profile "p", which was made or taken over there and differs: change it there, delete it there for the file to make it, or choose another id',
    ]);
  });

  test('the demo file itself has no YAML that its readers would not expect', async () => {
    const text = await readFile(new URL('../../../../tokenwright.yaml', import.meta.url), 'utf8');
    expect(text).not.toMatch(/\t| +$/m);
  });
});
