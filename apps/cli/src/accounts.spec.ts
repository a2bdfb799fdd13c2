import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CommandLine } from './testing/command-line.ts';

let cli: CommandLine;
beforeAll(async () => {
  cli = await CommandLine.open();
  cli.api
    .on('GET profiles/p/accounts?username=alice', { body: { items: [{ id: 'subject/1', username: 'alice' }], next: null } })
    .on('GET profiles/p/accounts?username=subject%2F1', { body: { items: [], next: null } });
});
afterAll(() => cli.close());

const ACCOUNT = { id: 'subject/1', username: 'alice', enabled: true, hasPassword: true, createdAt: 0, lockedUntil: 4_000_000_000 };
const lastBody = () => JSON.parse(cli.api.requests.at(-1)?.body ?? 'null') as unknown;

describe('account', () => {
  test('create shows a generated password once, and sends what is known of the person', async () => {
    cli.api.on('POST profiles/p/accounts', { status: 201, body: { ...ACCOUNT, password: 'abcde-fghjk' } });
    const args = ['account', 'create', 'alice', '--attribute', 'name=Alice Doe', '--attribute', 'note=a=b'];
    expect(await cli.run(args)).toEqual({
      ...{ code: 0, err: '' },
      out: 'Created account alice with the subject subject/1.\nIts password, shown this once: abcde-fghjk\n',
    });
    expect(lastBody()).toEqual({ username: 'alice', attributes: { name: 'Alice Doe', note: 'a=b' } });
  });

  test('create takes a password from a file, from the standard input or by asking, and none as an argument', async () => {
    cli.api.on('POST profiles/p/accounts', { status: 201, body: ACCOUNT });
    const file = join(cli.folder, 'password.txt');
    writeFileSync(file, 'from a file\n');
    for (const [args, input, password] of [
      [['--password-file', file], '', 'from a file'],
      [['--password-file', '-'], 'from the input\r\n', 'from the input'],
      [['--ask-password'], 'typed twice', 'typed twice'],
      [['--no-password'], '', null],
    ] as const) {
      expect(await cli.run(['account', 'create', 'alice', ...args], { input })).toMatchObject({ code: 0, err: '' });
      expect(lastBody()).toMatchObject({ password });
    }
    expect(await cli.run(['account', 'create', 'alice', '--ask-password'], { input: 'typed once\nand otherwise' })).toMatchObject({
      code: 1,
      err: 'tokenwright: the two passwords are not the same\n',
    });
    expect(await cli.run(['account', 'create', 'alice', '--password', 'secret'])).toMatchObject({ code: 2 });
    expect(await cli.run(['account', 'create', 'alice', '--ask-password'])).toMatchObject({
      code: 1,
      err: 'tokenwright: there is nobody to ask: give --password-file\n',
    });
    expect(await cli.run(['account', 'create', 'alice', '--ask-password', '--password-file', '-'])).toMatchObject({ code: 2 });
    expect(await cli.run(['account', 'create', 'alice', '--attribute', 'name'])).toMatchObject({ code: 2 });
  });

  test('create takes the hash of a password from elsewhere out of a file, and no password beside it', async () => {
    cli.api.on('POST profiles/p/accounts', { status: 201, body: ACCOUNT });
    const hash = '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW';
    const args = ['account', 'create', 'alice', '--password-hash-file', '-'];
    expect(await cli.run(args, { input: `${hash}\n` })).toMatchObject({ code: 0, err: '' });
    expect(lastBody()).toEqual({ username: 'alice', attributes: {}, passwordHash: hash });
    expect(await cli.run([...args, '--no-password'], { input: hash })).toMatchObject({ code: 2 });
    expect(await cli.run([...args, '--ask-password'], { input: hash })).toMatchObject({ code: 2 });
  });

  test('list shows who cannot sign in, and why', async () => {
    cli.api.list('profiles/p/accounts?q=al', [
      ACCOUNT,
      { ...ACCOUNT, username: 'albert', enabled: false, hasPassword: false, lockedUntil: null },
    ]);
    const { out } = await cli.run(['account', 'list', 'al']);
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['USERNAME', 'SUBJECT', 'ENABLED', 'PASSWORD', 'LOCKED UNTIL', 'MADE'],
      ['alice', 'subject/1', 'yes', 'yes', '2096-10-02 07:06:40Z', '1970-01-01 00:00:00Z'],
      ['albert', 'subject/1', 'no', 'no', '-', '1970-01-01 00:00:00Z'],
      [''],
    ]);
  });

  test('show finds an account by its username, else by its subject', async () => {
    cli.api.on('GET profiles/p/accounts/subject%2F1', { body: ACCOUNT });
    for (const name of ['alice', 'subject/1']) {
      const { code, out } = await cli.run(['account', 'show', name]);
      expect([code, out]).toEqual([0, expect.stringMatching(/username +alice/)]);
    }
    expect(await cli.run(['account', 'show', 'alice', '--json'])).toMatchObject({ out: `${JSON.stringify(ACCOUNT, null, 2)}\n` });
  });

  test('set-password, unlock, sign-out and delete do so', async () => {
    const account = 'profiles/p/accounts/subject%2F1';
    cli.api
      .on(`POST ${account}/password`, { body: { password: 'abcde-fghjk' } })
      .on(`POST ${account}/unlock`, { status: 204 })
      .on(`DELETE ${account}/sessions`, { body: { sessions: 2 } })
      .on(`DELETE ${account}`, { status: 204 });
    expect(await cli.run(['account', 'set-password', 'alice'])).toMatchObject({
      out: 'Account alice has a new password.\nIts password, shown this once: abcde-fghjk\n',
    });
    expect(await cli.run(['account', 'unlock', 'alice'])).toMatchObject({ code: 0, out: 'Account alice is unlocked.\n' });
    expect(await cli.run(['account', 'sign-out', 'alice'])).toMatchObject({ out: 'Account alice is signed out; it had 2 sessions.\n' });
    expect(await cli.run(['account', 'delete', 'alice'])).toMatchObject({ code: 0, out: 'Deleted account alice.\n' });
  });

  test('links, link and unlink show and change who somebody is at upstream providers', async () => {
    const path = 'profiles/p/accounts/subject%2F1/links';
    const link = { provider: 'up', issuer: 'https://up.example', subject: 's 1', madeAccount: false, createdAt: 0, lastUsedAt: null };
    const gone = { ...link, provider: null, issuer: 'https://gone.example' };
    cli.api
      .on(`GET ${path}`, { body: { items: [link, { ...link, subject: 's 2' }, gone], next: null } })
      .on(`POST ${path}`, { body: link })
      .on(`DELETE ${path}?issuer=https%3A%2F%2Fup.example&subject=s+2`, { status: 204 })
      .on(`DELETE ${path}?issuer=https%3A%2F%2Fgone.example&subject=s+1`, { status: 204 });
    const { out } = await cli.run(['account', 'links', 'alice']);
    expect(out).toMatch(/up +https:\/\/up\.example +s 1/);
    expect(out).toMatch(/- +https:\/\/gone\.example +s 1/);
    expect(await cli.run(['account', 'link', 'alice', '--provider', 'up', '--subject', 's 1'])).toMatchObject({
      out: 'Account alice is linked to "s 1" of https://up.example.\n',
    });
    expect(lastBody()).toEqual({ provider: 'up', subject: 's 1' });
    expect(await cli.run(['account', 'unlink', 'alice', '--provider', 'up'])).toMatchObject({
      ...{ code: 1, err: expect.stringContaining('several links to up: give --subject') },
    });
    expect(await cli.run(['account', 'unlink', 'alice', '--provider', 'up', '--subject', 's 2'])).toMatchObject({ code: 0 });
    expect(await cli.run(['account', 'unlink', 'alice', '--provider', 'https://gone.example'])).toMatchObject({
      out: 'Account alice is linked to "s 1" of https://gone.example no more.\n',
    });
    expect(await cli.run(['account', 'unlink', 'alice', '--provider', 'other'])).toMatchObject({ code: 1 });
  });

  test('disable and enable change nothing else, and tokens end where that is asked', async () => {
    cli.api.on('PATCH profiles/p/accounts/subject%2F1', { body: ACCOUNT }).on('POST profiles/p/revocations', { body: { delegations: 3 } });
    expect(await cli.run(['account', 'enable', 'alice'])).toMatchObject({ out: 'Account alice is enabled.\n' });
    expect(lastBody()).toEqual({ enabled: true });
    expect(await cli.run(['account', 'disable', 'alice'])).toMatchObject({ out: 'Account alice is disabled.\n' });
    expect(lastBody()).toEqual({ enabled: false });
    expect(await cli.run(['account', 'disable', 'alice', '--revoke'])).toMatchObject({
      out: 'Account alice is disabled, and 3 of its delegations are revoked.\n',
    });
    expect(lastBody()).toEqual({ subject: 'subject/1' });
  });

  test('set changes single attributes, or all of them by a file', async () => {
    cli.api
      .on('GET profiles/p/accounts/subject%2F1', { body: { ...ACCOUNT, attributes: { name: 'Alice', phone: '1' } } })
      .on('PATCH profiles/p/accounts/subject%2F1', { body: ACCOUNT });
    await cli.run(['account', 'set', 'alice', '--attribute', 'email=a@b', '--remove-attribute', 'phone']);
    expect(lastBody()).toEqual({ attributes: { name: 'Alice', email: 'a@b' } });
    const file = join(cli.folder, 'alice.json');
    writeFileSync(file, '{"profile":"https://alice.example","level":3}');
    await cli.run(['account', 'set', 'alice', '--attributes-file', file]);
    expect(lastBody()).toEqual({ attributes: { profile: 'https://alice.example', level: 3 } });
    for (const [args, message] of [
      [[], 'say what to change'],
      [['--remove-attribute', 'nick'], 'there is no attribute nick to take away'],
      [['--attributes-file', file, '--attribute', 'a=b'], 'cannot be used with option'],
    ] as const)
      expect(await cli.run(['account', 'set', 'alice', ...args])).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });

  test('sessions shows where somebody is signed in', async () => {
    const session = { id: 's1', createdAt: 0, lastSeen: 86400, endsAt: 172800, acr: 'password', amr: ['pwd', 'otp'] };
    cli.api.list('profiles/p/accounts/subject%2F1/sessions', [session]);
    expect((await cli.run(['account', 'sessions', 'alice'])).out).toMatch(/^s1 .*1970-01-02 00:00:00Z .* password +pwd otp$/m);
  });

  test('import sends a file in portions of whole lines, and adds up', async () => {
    const lines = Array.from({ length: 50_000 }, (_, i) =>
      JSON.stringify({ username: `person-${i}`, attributes: { text: 'x'.repeat(100) } }),
    );
    const file = join(cli.folder, 'accounts.jsonl');
    writeFileSync(file, `${lines.join('\n')}\n\n`);
    cli.api.on('POST profiles/p/accounts/import', { body: { created: 10, taken: ['bob'] } });
    const before = cli.api.requests.length;
    const { code, out } = await cli.run(['account', 'import', file]);
    const sent = cli.api.requests.slice(before).filter(({ method }) => method === 'POST');
    expect(sent.length).toBeGreaterThan(1);
    expect(sent.every(({ headers, body }) => headers['content-type'] === 'application/jsonl' && body.length <= 4_000_000)).toBe(true);
    expect(sent.flatMap(({ body }) => body.split('\n'))).toEqual(lines);
    const times = Array.from({ length: sent.length }, () => 'bob');
    expect([code, out]).toEqual([0, `Imported ${10 * sent.length} accounts.\nLeft as they are: ${times.join(', ')}\n`]);
  });
});
