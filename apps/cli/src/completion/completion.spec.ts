import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CommandLine } from '../testing/command-line.ts';

let line: CommandLine;

beforeAll(async () => {
  line = await CommandLine.open();
  line.api
    .list('procedures?limit=200', [{ id: 'phantom-token' }, { id: 'plain' }])
    .list('flows', [{ id: 'oauth-introspect' }])
    .list('profiles?limit=200', [{ id: 'p' }])
    .list('profiles', [{ id: 'p' }])
    .list('profiles/p/clients?limit=200', [{ id: 'gateway_client' }])
    .list('profiles/p/endpoints?limit=200', [{ id: 'introspection' }]);
});
afterAll(() => line.close());

const words = async (...typed: string[]) => (await line.run(['completion', 'words', '--', ...typed])).out.split('\n').slice(0, -1);

describe('completion', () => {
  test('offers commands, their own commands and options, those that fit', async () => {
    expect(await words('pro')).toEqual(['profile', 'procedure', 'proposal']);
    expect(await words('proposal', '')).toEqual(['list', 'show', 'approve', 'reject', 'withdraw']);
    expect(await words('proposal', 'list', '--a')).toEqual(['--all', '--author']);
    expect(await words('admin', 'create', 'x', '--role', 'a')).toEqual(['author', 'admin']);
  });

  test('offers the names that the service has, by what the argument or option is about', async () => {
    expect(await words('procedure', 'activate', 'ph')).toEqual(['phantom-token']);
    expect(await words('client', 'show', '')).toEqual(['gateway_client']);
    expect(await words('binding', 'set', 'oauth-introspect', 'pl')).toEqual(['plain']);
    expect(await words('binding', 'list', '--endpoint', '')).toEqual(['introspection']);
    expect(await words('flow', 'show', '')).toEqual(['oauth-introspect']);
    expect(await words('procedure', 'describe', 'pl')).toEqual(['plain']);
    expect(await words('client', 'set', '')).toEqual(['gateway_client']);
    expect(await words('client', 'create', '')).toEqual([]);
    expect(await words('client', 'delete-secret', 'gateway_client', '')).toEqual([]);
  });

  test('offers nothing, and no error, where the service does not answer or nobody may ask', async () => {
    const refused = ['completion', 'words', '--', 'library', 'show', ''];
    expect(await line.run(refused)).toEqual({ code: 0, out: '', err: '' });
    expect(await line.run(refused, { env: { TOKENWRIGHT_ADMIN_URL: 'http://127.0.0.1:1' } })).toEqual({ code: 0, out: '', err: '' });
    expect(await line.run(refused, { env: { TOKENWRIGHT_ADMIN_TOKEN: '' } })).toEqual({ code: 0, out: '', err: '' });
  });
});

/** A program that answers as the real one: what it is asked is what it offers. */
const STAND_IN = '#!/bin/sh\nshift 3\nprintf "%s\\n" "asked:$*" "second word"\n';

describe('the scripts, in the shells themselves', () => {
  const shells: readonly (readonly [name: string, path: string, test: (script: string, stand: string) => string])[] = [
    [
      'bash',
      '/bin/bash',
      (script, stand) =>
        `source ${script}; COMP_WORDS=(${stand} proposal sh); COMP_CWORD=2; _tokenwright; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p tokenwright`,
    ],
    [
      'zsh',
      '/usr/bin/zsh',
      (script, stand) =>
        `compdef() { echo "compdef $*" }; compadd() { print -l -- "\${(@P)2}" }; source ${script}; words=(${stand} proposal sh); CURRENT=3; _tokenwright`,
    ],
    [
      'fish',
      '/usr/bin/fish',
      (script, stand) =>
        `function commandline; test $argv[1] = -opc; and printf '%s\\n' ${stand} proposal; or echo sh; end; source ${script}; __tokenwright_words`,
    ],
  ];
  for (const [name, path, command] of shells) {
    const here = existsSync(path);
    if (!here) process.stderr.write(`completion in ${name} is not tested: there is no ${path}\n`);
    (here ? test : test.skip)(`${name} asks with the words as typed and offers what it is told`, async () => {
      const script = line.file(`completion.${name}`, (await line.run(['completion', name])).out);
      const stand = line.file('tokenwright', STAND_IN);
      chmodSync(stand, 0o755);
      const out = execFileSync(path, ['-c', command(script, stand)], { encoding: 'utf8' });
      expect(out.replaceAll('\\ ', ' ')).toContain('asked:proposal sh\nsecond word\n');
    });
  }
});
