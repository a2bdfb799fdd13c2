import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CommandLine } from './testing/command-line.ts';
import type { FakeAdminApi } from './testing/fake-admin-api.ts';

let line: CommandLine;
let api: FakeAdminApi;

beforeEach(async () => {
  line = await CommandLine.open();
  ({ api } = line);
});

afterEach(() => line.close());

const PROPOSAL = {
  ...{ id: '3f0c', state: 'open', action: 'procedure.activate', kind: 'procedure', key: 'phantom', author: 'alice', note: 'for the API' },
  ...{ createdAt: 1_790_000_000, expiresAt: 1_792_592_000, decidedBy: null, decidedAt: null, reason: '' },
};
const CHANGE = {
  ...{ action: 'update', kind: 'procedure', key: 'phantom', source: '--- phantom@1\n+++ phantom@2\n-a\n+b\u001b[31m\n' },
  differences: [{ pointer: '/activeVersion', before: 1, after: 2 }],
};

describe('reviews', () => {
  test('a change that is proposed ends with 3, and tells who does what next, with what is shown once', async () => {
    api.on('POST procedures/phantom/activate?proposalNote=for+the+API', { status: 202, body: PROPOSAL });
    const activate = ['procedure', 'activate', 'phantom', '2', '--proposal-note', 'for the API'];
    expect(await line.run(activate)).toEqual({
      code: 3,
      out: 'Proposed, nothing is changed yet: procedure.activate phantom.\nAnother administrator approves it with: tokenwright proposal approve 3f0c\n',
      err: '',
    });
    const asJson = await line.run([...activate, '--json']);
    expect([asJson.code, JSON.parse(asJson.out)]).toEqual([3, PROPOSAL]);
    api.on('POST profiles/p/clients', { status: 202, body: { ...PROPOSAL, revealed: { secret: 'generated' } } });
    expect((await line.run(['client', 'create', 'c'])).out).toContain(
      'The secret, shown this once, good from the approval on: generated\n',
    );
  });

  test('proposals are listed, shown with their diff, and decided', async () => {
    api.list('proposals?waiting=true', [PROPOSAL]).list('proposals?waiting=false&author=alice', []);
    expect((await line.run(['proposal', 'list'])).out).toMatch(/3f0c +open +procedure\.activate +phantom +alice .* for the API/);
    expect((await line.run(['proposal', 'list', '--all', '--author', 'alice'])).code).toBe(0);
    api.on('GET proposals/3f0c', { body: { ...PROPOSAL, changes: [CHANGE], findings: [{ message: 'Slow pattern', line: 3, column: 1 }] } });
    const { out } = await line.run(['proposal', 'show', '3f0c']);
    for (const text of [
      'finding   3:1: Slow pattern',
      'update procedure "phantom"',
      '  - /activeVersion: 1',
      '  + /activeVersion: 2',
      '    +b\ufffd[31m',
    ])
      expect(out).toContain(text);
    for (const [verb, state] of [
      ['approve', 'approved'],
      ['reject', 'rejected'],
      ['withdraw', 'withdrawn'],
    ] as const) {
      api.on(`POST proposals/3f0c/${verb}`, { body: { ...PROPOSAL, state } });
      const reason = verb === 'reject' ? ['--reason', 'no'] : [];
      expect((await line.run(['proposal', verb, '3f0c', ...reason])).out).toContain(`Proposal 3f0c is ${state}.`);
    }
    expect(line.sent()).toContainEqual(['POST', 'proposals/3f0c/reject', { reason: 'no' }]);
  });

  test('config diff ends with 0 for none, with 1 for differences and with 2 for a file that is refused, as diff does', async () => {
    const file = line.file('f.yaml', 'profiles:\n  p: { issuer: /~ }\n');
    const answer = (members: object) =>
      api.on('POST configuration/diff', { body: { revision: 1, changes: [], refused: [], problems: [], warnings: [], ...members } });
    answer({});
    expect(await line.run(['config', 'diff', file])).toEqual({ code: 0, out: 'No difference.\n', err: '' });
    const secret = { action: 'update', kind: 'secret', key: 'p/s', differences: [{ pointer: '/value', secret: true }] };
    answer({ changes: [CHANGE, secret] });
    const { code, out } = await line.run(['config', 'diff', file]);
    expect(code).toBe(1);
    expect(out).toContain('update secret "s" of "p"\n  ~ /value: (secret) changes\n');
    answer({ problems: [{ pointer: '/profiles/p', line: 2, column: 3, message: 'was made in the service' }] });
    expect(await line.run(['config', 'diff', file])).toMatchObject({
      code: 2,
      err: `tokenwright: ${file}:2:3: /profiles/p: was made in the service\n`,
    });
    api.on('PUT configuration', { body: { revision: 2, changes: [] } });
    expect((await line.run(['config', 'apply', file])).code).toBe(0);
  });
});

describe('the rest of the admin API', () => {
  test('profiles, endpoints and token issuers are listed with their owner, shown, set from a file and deleted', async () => {
    const view = { profile: 'p', id: 'e', kind: 'oauth-introspect', path: '/i', enabled: true, origin: 'file' };
    api.list('profiles/p/endpoints', [view]).on('GET profiles/p/endpoints/e', { body: view });
    expect((await line.run(['endpoint', 'list'])).out).toMatch(/^ID .* MADE BY\ne +oauth-introspect +\/i +yes +file\n$/);
    const shown = await line.run(['endpoint', 'show', 'e', '--json']);
    api.on('PUT profiles/p/endpoints/e?takeOver=true', { body: view }).on('DELETE profiles/p/endpoints/e', { status: 204 });
    expect((await line.run(['endpoint', 'set', 'e', '-', '--take-over'], { input: shown.out })).code).toBe(0);
    expect(line.sent().at(-1)).toEqual([
      'PUT',
      'profiles/p/endpoints/e?takeOver=true',
      { kind: 'oauth-introspect', path: '/i', enabled: true },
    ]);
    expect((await line.run(['endpoint', 'delete', 'e'])).out).toBe('Deleted endpoint e.\n');
    expect(await line.run(['endpoint', 'set', 'e', line.file('bad.yaml', '- x')])).toMatchObject({ code: 2 });
    api.list('profiles/p/token-issuers', [{ id: 'jwt', kind: 'jwt', isDefault: true, algorithm: null, enabled: true, origin: 'api' }]);
    expect((await line.run(['token-issuer', 'list'])).out).toContain('jwt  jwt   yes      -          yes      api\n');
    api.list('profiles', [{ id: 'p', issuer: '/~', origin: 'file' }]);
    expect((await line.run(['profile', 'list'])).out).toContain('p   /~      file\n');
  });

  test('bindings are listed over all endpoints, set and deleted', async () => {
    const binding = { profile: 'p', endpoint: 'e', flow: 'oauth-introspect', procedure: 'x', version: null, origin: 'api' };
    api.list('profiles/p/bindings', [binding]).list('profiles/p/endpoints/e/bindings', []);
    expect((await line.run(['binding', 'list'])).out).toContain('e         oauth-introspect  x          active   api\n');
    expect((await line.run(['binding', 'list', '--endpoint', 'e'])).out).not.toContain('oauth-introspect');
    const path = 'profiles/p/endpoints/e/bindings/oauth-introspect';
    api.on(`PUT ${path}`, { body: binding }).on(`DELETE ${path}`, { status: 204 });
    expect((await line.run(['binding', 'set', 'oauth-introspect', 'x', '--endpoint', 'e', '--version', '2'])).code).toBe(0);
    expect(line.sent().at(-1)).toEqual(['PUT', path, { procedure: 'x', version: 2 }]);
    expect((await line.run(['binding', 'delete', 'oauth-introspect', '--endpoint', 'e'])).code).toBe(0);
  });

  test('the audit trail is listed, as many events as are asked for', async () => {
    const event = { id: 7, at: 1_790_000_000, actor: 'alice', action: 'client.create', kind: 'client', key: 'p/a%20b', revision: 3 };
    api.on('GET audit?kind=client&limit=1', { body: { items: [event], next: '7' } });
    expect((await line.run(['audit', 'list', '--kind', 'client', '--limit', '1'])).out).toMatch(/alice +client\.create +p\/a b +3\n$/);
  });
});
