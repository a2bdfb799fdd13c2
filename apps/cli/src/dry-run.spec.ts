import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CommandLine } from './testing/command-line.ts';
import type { FakeAdminApi } from './testing/fake-admin-api.ts';

const TOKEN = 'twadm_of-the-administrator';
let line: CommandLine;
let api: FakeAdminApi;

beforeEach(async () => {
  line = await CommandLine.open(TOKEN);
  ({ api } = line);
});

afterEach(() => line.close());

const tokenwright: CommandLine['run'] = (args, options) => line.run(args, options);
const file: CommandLine['file'] = (name, text) => line.file(name, text);
const sent: CommandLine['sent'] = () => line.sent();

describe('procedure dry-run', () => {
  const ANSWERED = {
    ...{ outcome: 'answered', answer: { status: 200, headers: {}, body: '{}' }, fault: null },
    ...{ findings: [], issued: [], effects: [], log: [], usage: null },
  };
  const dryRun = (args: readonly string[], input = '') => {
    api.on('GET procedures/x', { body: { flow: 'oauth-introspect', activeVersion: 4 } }).on('POST dry-run', { body: ANSWERED });
    return tokenwright(['procedure', 'dry-run', 'x', ...args], { input });
  };
  const context = () => (sent().at(-1)?.[2] as { context: unknown }).context;

  test('takes all of its context from flags, the token from a file or the standard input alone', async () => {
    const given = ['--client', 'c', '--endpoint', 'i', '--account', 'alice', '--scope', 'read', '--client-ip', '192.0.2.1'];
    const request = ['--header', 'x-a=1', '--query', 'b=2=3', '--metadata', '{"client_name":"x"}'];
    const answers = file('answers.json', '[{"call":"http","answer":{}}]');
    const { code, out, err } = await dryRun([...given, ...request, '--answers', answers, '--presented-token-file', '-'], ' the-token\n');
    expect([code, err]).toEqual([0, '']);
    expect(out).not.toContain('the-token');
    expect(context()).toEqual({
      ...{ client: 'c', endpoint: 'i', account: 'alice', scopes: ['read'], token: 'the-token', metadata: { client_name: 'x' } },
      request: { headers: { 'x-a': '1' }, query: { b: '2=3' }, clientIpAddress: '192.0.2.1' },
      answers: [{ call: 'http', answer: {} }],
    });
    await dryRun(['--presented-token-file', file('token', 'in-a-file\n'), '--subject', 'bob']);
    expect(context()).toEqual({ token: 'in-a-file', subject: 'bob' });
  });

  test('begins with a file or a sample of the flow, over which flags win', async () => {
    const samples = [{ name: 'expired', title: 'Expired', context: { tokenData: null, subject: 'alice', scopes: ['read'] } }];
    api.on('GET flows/oauth-introspect', { body: { samples } });
    await dryRun(['--sample', 'expired', '--scope', 'write']);
    expect(context()).toEqual({ tokenData: null, subject: 'alice', scopes: ['write'] });
    await dryRun(['--sample', 'expired', '--presented-token-file', '-', '--account', 'bob'], 't');
    expect(context()).toEqual({ token: 't', account: 'bob', scopes: ['read'] });
    await dryRun(['--context', file('c.json', '{"client":"a","scopes":["x"]}'), '--client', 'b']);
    expect(context()).toEqual({ client: 'b', scopes: ['x'] });
    for (const [args, message] of [
      [['--sample', 'none'], 'flow oauth-introspect has no sample "none": expired'],
      [['--context', file('l.json', '[]')], 'must hold a JSON object'],
      [['--context', file('l.json', '[]'), '--sample', 'expired'], 'cannot be used with option'],
      [['--presented-token-file', '-'], 'there is no token in the standard input'],
      [['--inactive', '--token-data', '{}'], 'cannot be used with option'],
      [['--header', 'x'], '--header must be name=text, not "x"'],
    ] as const)
      expect(await dryRun(args)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });

  test('says with whom it was tried, and what had no effect', async () => {
    api.on('GET procedures/x', { body: { flow: 'oauth-introspect', activeVersion: 4 } }).on('POST dry-run', {
      body: {
        ...{ ...ANSWERED, outcome: 'fault' },
        fault: { kind: 'runtime', message: 'no', line: 1, column: 1, excerpt: ['    1 | nope()'] },
        context: {
          ...{ profile: 'p', endpoint: 'i', client: { id: 'c', isSample: true }, account: { username: 'alice' } },
          token: { status: 'expired', purpose: 'access_token', clientId: 'app' },
        },
        muted: [{ kind: 'signature', what: 'jwt' }],
      },
    });
    const { code, out } = await tokenwright(['procedure', 'dry-run', 'x']);
    expect(code).toBe(1);
    expect(out).toContain('tried at i of p with the sample client c, account alice, expired access_token of app\n');
    expect(out).toContain('x:1:1: runtime: no\n    1 | nope()\n');
    expect(out).toContain('without effect: signature jwt\n');
  });
});
