import { describe, expect, test } from '@jest/globals';
import { Configuration, put } from '#libs/oauth';
import { applyChanges, demoText, entity, NOW, problemsOf, SEALER } from '../testing/files.ts';
import { readAndPlan } from './read-configuration-file.ts';

const profile = (...lines: readonly string[]) => ['profiles:', '  p:', ...lines.map((line) => `    ${line}`), ''].join('\n');

describe('a malformed entity takes part in checking with what of it is well-formed', () => {
  test('in the demo file an unknown key, a dangling scope and a bad path are reported at once', async () => {
    const text = (await demoText())
      .replace('scopes: [read]', 'scopes: [reed]')
      .replace('name: Server', 'surprise: 1')
      .replace('path: /oauth/v2/oauth-revoke', 'path: no-slash');
    expect((await problemsOf(text)).map((problem) => problem.replace(/^\d+:\d+ /, ''))).toEqual([
      expect.stringContaining('/profiles/token-service/endpoints/oauth-revoke/path: must be an absolute path'),
      '/profiles/token-service/clients/server-client/surprise: unknown key "surprise"',
      '/profiles/token-service/clients/server-client/scopes/0: profile "token-service" has no scope "reed"',
    ]);
  });

  // Each text with exactly the problems it has: `line:column pointer: message`.
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'a client: the place of a dangling scope after a bad one',
      profile('issuer: /~', 'clients: { c: { scopes: ["a b", "a b", reed] } }'),
      [
        expect.stringContaining('4:30 /profiles/p/clients/c/scopes/0: must have 1 to 128') as unknown as string,
        expect.stringContaining('4:37 /profiles/p/clients/c/scopes/1: must have 1 to 128') as unknown as string,
        '4:37 /profiles/p/clients/c/scopes/1: "a b" is listed twice',
        '4:44 /profiles/p/clients/c/scopes/2: profile "p" has no scope "reed"',
      ],
    ],
    [
      'a client: a bad id',
      profile('issuer: /~', 'clients: { "a:b": { scopes: [reed] } }'),
      [
        expect.stringContaining('4:16 /profiles/p/clients/a:b: must have 1 to 128') as unknown as string,
        '4:34 /profiles/p/clients/a:b/scopes/0: profile "p" has no scope "reed"',
      ],
    ],
    [
      'a client: no missing secret where a key was meant to be one',
      profile('issuer: /~', 'clients: { c: { secrt: Secr3t!, capabilities: [introspection] } }'),
      ['4:21 /profiles/p/clients/c/secrt: unknown key "secrt"; did you mean "secret"?'],
    ],
    [
      'a client: a missing secret beside an unknown key',
      profile('issuer: /~', 'clients: { c: { surprise: 1, capabilities: [introspection] } }'),
      [
        '4:16 /profiles/p/clients/c: a client with capabilities needs a secret to authenticate with, or another method of authentication',
        '4:21 /profiles/p/clients/c/surprise: unknown key "surprise"',
      ],
    ],
    [
      'a secret: a missing variable beside an unknown key',
      profile('issuer: /~', 'clients: { c: { secret: [{ env: NOPE, surprise: 1 }, ab, { env: NONE }] } }'),
      [
        '4:37 /profiles/p/clients/c/secret/0/env: the environment variable NOPE is not set',
        '4:43 /profiles/p/clients/c/secret/0/surprise: unknown key "surprise"',
        '4:58 /profiles/p/clients/c/secret/1: must have at least 4 characters',
        '4:69 /profiles/p/clients/c/secret/2/env: the environment variable NONE is not set',
      ],
    ],
    [
      'a profile: scopes that it has for certain, and none for those that may be meant',
      profile('issuer: nonsense', 'scopes: { read: { lifetime: 0 }, write: 1 }', 'clients: { c: { scopes: [read, write, reed] } }'),
      [
        expect.stringContaining('3:13 /profiles/p/issuer: must be an https URL') as unknown as string,
        '4:33 /profiles/p/scopes/read/lifetime: must be at least 1',
        '4:45 /profiles/p/scopes/write: must be a mapping, is a whole number',
        '5:43 /profiles/p/clients/c/scopes/2: profile "p" has no scope "reed"',
      ],
    ],
    [
      'a profile: no consequences of a misspelt member',
      profile(
        'issuer: /~',
        'scops: [read]',
        'capabilities: [introspecton]',
        'defaults: { maximumTokenLifetime: x }',
        'clients: { c: { scopes: [read], secret: Secr3t!, capabilities: [introspection], accessTokenLifetime: 90000 } }',
      ),
      [
        '4:5 /profiles/p/scops: unknown key "scops"; did you mean "scopes"?',
        expect.stringContaining('5:20 /profiles/p/capabilities/0: must be one of') as unknown as string,
        '6:39 /profiles/p/defaults/maximumTokenLifetime: must be a number, is a text',
      ],
    ],
    [
      'a profile: what an unknown key hid',
      profile('issuer: /~', 'defaults: { surprise: 1, accessTokenLifetime: 90000 }'),
      [
        '4:17 /profiles/p/defaults/surprise: unknown key "surprise"',
        '4:51 /profiles/p/defaults/accessTokenLifetime: must be at most maximumTokenLifetime (86400)',
      ],
    ],
    [
      'an endpoint: the flow of what is bound to it, and its path',
      `${profile(
        'issuer: /~',
        'endpoints:',
        '  oauth-token: { path: /t, surprise: 1 }',
        '  oauth-revoke: { path: /t, procedures: { oauth-introspect: x } }',
        '  oauth-introspect: { path: no-slash, enabled: maybe, procedures: { oauth-revoke: x } }',
      )}procedures: { x: { flow: oauth-introspect, source: x } }\n`,
      [
        '5:32 /profiles/p/endpoints/oauth-token/surprise: unknown key "surprise"',
        '6:29 /profiles/p/endpoints/oauth-revoke/path: endpoint "oauth-token" of profile "p" already answers at "/t" in role "default"',
        '6:65 /profiles/p/endpoints/oauth-revoke/procedures/oauth-introspect: flow "oauth-introspect" belongs to endpoints of kind "oauth-introspect", "oauth-revoke" is of kind "oauth-revoke"',
        expect.stringContaining('7:33 /profiles/p/endpoints/oauth-introspect/path: must be an absolute path') as unknown as string,
        '7:52 /profiles/p/endpoints/oauth-introspect/enabled: must be true or false, is a text',
        '7:87 /profiles/p/endpoints/oauth-introspect/procedures/oauth-revoke: flow "oauth-revoke" belongs to endpoints of kind "oauth-revoke", "oauth-introspect" is of kind "oauth-introspect"',
        '7:87 /profiles/p/endpoints/oauth-introspect/procedures/oauth-revoke: procedure "x" is for flow "oauth-introspect", not "oauth-revoke"',
      ],
    ],
    [
      'a binding: the procedure beside a bad flow or an unknown key',
      profile(
        'issuer: /~',
        'endpoints:',
        '  oauth-introspect: { path: /i, procedures: { oauth-introspekt: x, oauth-introspect: { procedure: y, surprise: 1 } } }',
      ),
      [
        expect.stringContaining(
          '5:51 /profiles/p/endpoints/oauth-introspect/procedures/oauth-introspekt: must be one of',
        ) as unknown as string,
        '5:69 /profiles/p/endpoints/oauth-introspect/procedures/oauth-introspekt: there is no procedure "x"',
        '5:103 /profiles/p/endpoints/oauth-introspect/procedures/oauth-introspect/procedure: there is no procedure "y"',
        '5:106 /profiles/p/endpoints/oauth-introspect/procedures/oauth-introspect/surprise: unknown key "surprise"',
      ],
    ],
    [
      'a procedure: its files and its flow',
      `${profile('issuer: /~', 'endpoints: { oauth-introspect: { path: /i, procedures: { oauth-introspect: x } } }')}procedures:\n  x: { flow: oauth-revoke, file: nope.js, surprise: 1 }\n  y: { flow: oauth-revoke, activeVersion: 2, versions: [{ file: none.js, surprise: 1 }, { source: x, note: 1 }] }\n`,
      [
        '4:80 /profiles/p/endpoints/oauth-introspect/procedures/oauth-introspect: procedure "x" is for flow "oauth-revoke", not "oauth-introspect"',
        '6:34 /procedures/x/file: cannot read "nope.js": there is no such file',
        '6:43 /procedures/x/surprise: unknown key "surprise"',
        '7:65 /procedures/y/versions/0/file: cannot read "none.js": there is no such file',
        '7:74 /procedures/y/versions/0/surprise: unknown key "surprise"',
        '7:108 /procedures/y/versions/1/note: must be a text, is a whole number',
      ],
    ],
  ];
  test.each(cases)('%s', async (_case, text, expected) => {
    expect(await problemsOf(text)).toEqual(expected);
  });

  test('a fault in the text of a malformed procedure is found too', async () => {
    const check = () =>
      Promise.resolve({ ok: false as const, errors: [{ code: 'syntax', line: 2, column: 9, message: 'Unexpected token' }] });
    const error: unknown = await readAndPlan('procedures:\n  x: { flow: oauth-introspect, file: x.js, surprise: 1 }\n', {
      fileName: 'f.yaml',
      now: NOW,
      sealer: SEALER,
      current: Configuration.empty,
      readFile: () => 'x\nlet x = ;\n',
      check,
    }).catch((caught: unknown) => caught);
    expect(String(error)).toContain('x.js:2:9: /procedures/x/file: Unexpected token');
    expect(String(error)).toContain('f.yaml:2:44: /procedures/x/surprise: unknown key "surprise"');
  });

  test('what was made in the service is no conflict with what cannot be read, and hides no reference of what can', async () => {
    const { configuration } = await applyChanges(Configuration.empty, profile('issuer: /~', 'clients: { c: {}, d: {} }'));
    const current = configuration.with([
      put('client', { ...entity(configuration, 'client', 'p/c'), origin: 'api' }),
      put('client', { ...entity(configuration, 'client', 'p/d'), origin: 'api' }),
    ]);
    expect(await problemsOf(profile('issuer: /~', 'clients: { c: { surprise: 1 }, d: { scopes: [reed] } }'), current)).toEqual([
      '4:21 /profiles/p/clients/c/surprise: unknown key "surprise"',
      '4:36 /profiles/p/clients/d: the admin API owns client "d" of "p", which was made or taken over there and differs: change it there, delete it there for the file to make it, or choose another id',
      '4:50 /profiles/p/clients/d/scopes/0: profile "p" has no scope "reed"',
    ]);
  });
});
