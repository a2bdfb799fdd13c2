import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { CommandLine } from './testing/command-line.ts';
import type { FakeAdminApi } from './testing/fake-admin-api.ts';

let line: CommandLine;
let api: FakeAdminApi;
let folder: string;

beforeEach(async () => {
  line = await CommandLine.open();
  ({ api, folder } = line);
});

afterEach(() => line.close());

const tokenwright: CommandLine['run'] = (args, options) => line.run(args, options);
const file: CommandLine['file'] = (name, text) => line.file(name, text);

const body = () => JSON.parse(api.requests.at(-1)?.body ?? '') as unknown;

describe('library', () => {
  test('push uploads JavaScript or TypeScript, as the name of the file says, under its name', async () => {
    api
      .on('POST libraries/claims/versions?activate=true&note=more', { status: 201, body: { version: 2, active: true } })
      .on('POST libraries/dates/versions', { status: 201, body: { version: 1, active: false } });
    const typed = file('claims.ts', 'function claim(name: string) {}\n');
    expect((await tokenwright(['library', 'push', typed, '--activate', '--note', 'more'])).out).toBe(
      'Uploaded claims version 2, which is active.\n',
    );
    expect(api.requests.at(-1)).toMatchObject({
      headers: { 'content-type': 'text/typescript' },
      body: 'function claim(name: string) {}\n',
    });
    expect((await tokenwright(['library', 'push', file('dates.js', '//\n')])).out).toBe(
      'Uploaded dates version 1; activate it with: tokenwright library activate dates 1\n',
    );
    expect(api.requests.at(-1)?.headers['content-type']).toBe('text/javascript');
  });

  test('list, show, diff, activate and delete', async () => {
    const version = (number: number) => ({ version: number, language: 'typescript', createdAt: 0, createdBy: 'alice', note: `n${number}` });
    api
      .list('libraries', [{ id: 'claims', description: 'All', activeVersion: 2, origin: 'api' }])
      .on('GET libraries/claims', { body: { id: 'claims', description: 'All', activeVersion: 2, origin: 'api' } })
      .list('libraries/claims/versions', [version(1), version(2)])
      .on('GET libraries/claims/versions/2/source', { body: 'two\n' })
      .on('GET libraries/claims/versions/1/source', { body: 'one\n' })
      .on('GET libraries/claims/diff?from=1&to=2', { body: '-one\n+two\n' })
      .on('POST libraries/claims/activate', { body: { id: 'claims', activeVersion: 1 } })
      .on('DELETE libraries/claims', { status: 204 });
    expect((await tokenwright(['library', 'list'])).out).toBe('ID      ACTIVE  MADE BY  DESCRIPTION\nclaims  2       api      All\n');
    const shown = (await tokenwright(['library', 'show', 'claims'])).out;
    expect(shown).toContain('All\n\nVERSION  LANGUAGE');
    expect(shown).toMatch(/^2 \* +typescript .*n2$/m);
    expect((await tokenwright(['library', 'show', 'claims', '--source'])).out).toBe('two\n');
    expect((await tokenwright(['library', 'show', 'claims', '--version', '1'])).out).toBe('one\n');
    expect((await tokenwright(['library', 'diff', 'claims', '--from', '1'])).out).toBe('-one\n+two\n');
    expect((await tokenwright(['library', 'activate', 'claims', '1'])).out).toBe('Version 1 of claims is active.\n');
    expect((await tokenwright(['library', 'delete', 'claims'])).out).toBe('Deleted library claims.\n');
  });

  test('a library in use is not deleted, and what pins it is said', async () => {
    api.on('DELETE libraries/claims', {
      status: 409,
      body: {
        type: 'urn:tokenwright:problem:in-use',
        title: 'Something else needs it',
        detail: 'The library is needed elsewhere.',
        errors: [{ pointer: '/libraries/0', message: 'version 3 of procedure "x" pins version 1 of it' }],
      },
    });
    expect(await tokenwright(['library', 'delete', 'claims'])).toMatchObject({
      code: 1,
      err: 'tokenwright: Something else needs it: The library is needed elsewhere.\n  /libraries/0: version 3 of procedure "x" pins version 1 of it\n',
    });
  });
});

describe('procedure push', () => {
  test('takes TypeScript, libraries in their order, and the names of secrets', async () => {
    api.on('POST procedures/enrich/versions?flow=oauth-introspect&library=claims%402&library=dates&secret=api-key', {
      status: 201,
      body: { version: 1 },
    });
    const path = file('enrich.ts', 'function result(context: object) { return {}; }\n');
    const args = ['--flow', 'oauth-introspect', '--library', 'claims@2', '--library', 'dates', '--secret', 'api-key'];
    expect(await tokenwright(['procedure', 'push', path, ...args])).toMatchObject({ code: 0, err: '' });
    expect(api.requests.at(-1)?.headers['content-type']).toBe('text/typescript');
  });

  test('says findings of types at their place, also in a library', async () => {
    api.on('POST procedures/bad/versions', {
      status: 422,
      body: {
        type: 'urn:tokenwright:problem:procedure-refused',
        title: 'The procedure did not pass the check',
        detail: 'Nothing was stored.',
        findings: [
          { code: 'type', line: 2, column: 3, message: 'Type "number" is no "string"' },
          { code: 'declared-twice', line: 1, column: 1, library: 'claims', message: 'it declares "result" too' },
        ],
      },
    });
    const path = file('bad.ts', 'x');
    expect(await tokenwright(['procedure', 'push', path])).toMatchObject({
      code: 1,
      err: `tokenwright: The procedure did not pass the check: Nothing was stored.\n${path}:2:3: Type "number" is no "string"\nlibrary claims:1:1: it declares "result" too\n`,
    });
  });

  test('the list of versions shows what each one uses', async () => {
    const uses = { libraries: [{ library: 'claims', version: 2 }], secrets: ['api-key'] };
    api
      .on('GET procedures/x', { body: { id: 'x', activeVersion: null } })
      .list('procedures/x/versions', [{ version: 1, language: 'javascript', createdAt: 0, createdBy: 'a', note: '', ...uses }]);
    expect((await tokenwright(['procedure', 'list', 'x'])).out).toContain('claims@2 secret:api-key');
  });
});

describe('procedure dry-run', () => {
  const report = {
    outcome: 'answered',
    answer: { status: 200, headers: {}, body: '{}' },
    fault: null,
    findings: [],
    issued: [],
    effects: [],
    log: [],
    calls: [{ kind: 'http', target: 'GET api.example.com/', outcome: 'answered 404' }],
    usage: null,
  };

  test('takes TypeScript and what services are to answer, and shows what was called', async () => {
    api.on('POST dry-run', { body: report });
    const answers = [{ call: 'http', answer: { statusCode: 404 } }];
    const source = 'function result(context: object) { return {}; }';
    const args = [file('x.ts', source), '--flow', 'oauth-introspect', '--answers', file('answers.json', JSON.stringify(answers))];
    expect((await tokenwright(['procedure', 'dry-run', ...args])).out).toContain('called http GET api.example.com/: answered 404');
    expect(body()).toEqual({ profile: 'p', flow: 'oauth-introspect', program: { source, language: 'typescript' }, context: { answers } });
    const broken = await tokenwright([
      'procedure',
      'dry-run',
      file('y.js', ''),
      '--flow',
      'oauth-introspect',
      '--answers',
      file('broken.json', '['),
    ]);
    expect(broken).toMatchObject({ code: 1, err: expect.stringContaining('broken.json is not JSON') });
  });
});

describe('secret', () => {
  const SECRET = 'correct horse battery staple';

  test('set takes the value from the standard input, a file, an environment variable or a flag, and never repeats it', async () => {
    api.on('PUT profiles/p/secrets/api-key', { status: 201, body: { id: 'api-key', updatedAt: 0 } });
    for (const [args, options] of [
      [[], { input: `${SECRET}\n` }],
      [['--value-file', '-'], { input: `${SECRET}\r\n` }],
      [['--value-file', file('value', SECRET)], {}],
      [['--value-env', 'API_KEY'], { env: { API_KEY: SECRET } }],
      [['--value', SECRET], {}],
    ] as const) {
      const answer = await tokenwright(['secret', 'set', 'api-key', ...args], options);
      expect(answer).toEqual({ code: 0, out: 'Secret api-key is set.\n', err: '' });
      expect(body()).toEqual({ value: SECRET });
    }
  });

  test('set asked wrongly sends nothing', async () => {
    for (const [args, line, input] of [
      [['--value', 'x', '--value-env', 'Y'], 'give only one of --value, --value-env and --value-file', ''],
      [['--value-env', 'NOT_THERE'], 'there is no environment variable NOT_THERE', ''],
      [[], 'the value is empty', '\n'],
    ] as const)
      expect(await tokenwright(['secret', 'set', 'api-key', ...args], { input })).toMatchObject({ code: 2, err: `tokenwright: ${line}\n` });
    expect(await tokenwright(['secret', 'set', 'api-key', '--value-file', join(folder, 'none')])).toMatchObject({ code: 1 });
    expect(api.requests).toEqual([]);
  });

  test('list tells when each was set; delete says which', async () => {
    api
      .list('profiles/p/secrets', [{ id: 'api-key', createdAt: 0, updatedAt: 86_400, origin: 'api' }])
      .on('DELETE profiles/p/secrets/api-key?takeOver=true', { status: 204 });
    expect((await tokenwright(['secret', 'list'])).out).toContain('api-key  1970-01-02 00:00:00Z');
    expect((await tokenwright(['secret', 'delete', 'api-key', '--take-over'])).out).toBe('Deleted secret api-key.\n');
  });
});

describe('http-client', () => {
  const path = 'PUT profiles/p/http-clients/partner';

  test('create sends what is said, with the value from outside the command line', async () => {
    api.on(path, { status: 201, body: { id: 'partner' } });
    const args = ['--allow-host', 'a.example', '--allow-host', '*.b.example', '--allow-network', '10.0.0.0/8', '--timeout', '100'];
    const { out } = await tokenwright(['http-client', 'create', 'partner', ...args, '--basic', 'us', '--value-env', 'PASSWORD'], {
      env: { PASSWORD: 'pass' },
    });
    expect(out).toBe('Created HTTP client partner.\n');
    expect(api.requests.at(-1)?.headers['if-none-match']).toBe('*');
    expect(body()).toEqual({
      allowedHosts: ['a.example', '*.b.example'],
      allowedNetworks: ['10.0.0.0/8'],
      credentials: { kind: 'basic', username: 'us', value: 'pass' },
      tls: {},
      timeoutMilliseconds: 100,
    });
  });

  test('create reads certificates and key from files, and takes tokens and headers', async () => {
    api.on(path, { status: 201, body: { id: 'partner' } });
    const files = ['--ca-certificates', file('ca', 'CA'), '--client-certificate', file('cert', 'CERT'), '--client-key', file('key', 'KEY')];
    await tokenwright(['http-client', 'create', 'partner', ...files, '--bearer', '--value-file', '-'], { input: 'token\n' });
    expect(body()).toEqual({
      credentials: { kind: 'bearer', value: 'token' },
      tls: { caCertificates: 'CA', clientCertificate: 'CERT', clientKey: 'KEY' },
    });
    await tokenwright(['http-client', 'create', 'partner', '--replace', '--header', 'X-Api-Key', '--allow-http', '--allow-tokens']);
    expect(body()).toEqual({ allowHttp: true, allowTokens: true, credentials: { kind: 'header', name: 'X-Api-Key' }, tls: {} });
    expect(api.requests.at(-1)?.headers).not.toHaveProperty('if-none-match');
  });

  test('create of one that exists says how to replace it; asked wrongly it sends nothing', async () => {
    const refusal = { type: 'urn:tokenwright:problem:precondition-failed', title: 'It is not', detail: 'It exists already.' };
    api.on(path, { status: 412, body: refusal });
    expect(await tokenwright(['http-client', 'create', 'partner'])).toMatchObject({
      code: 1,
      err: 'tokenwright: HTTP client "partner" exists already; replace it with --replace\n',
    });
    const count = api.requests.length;
    for (const args of [
      ['--basic', 'a', '--bearer'],
      ['--value', 'x'],
      ['--timeout', 'soon'],
    ])
      expect((await tokenwright(['http-client', 'create', 'partner', ...args])).code).toBe(2);
    expect(api.requests).toHaveLength(count);
  });

  test('list, show and delete', async () => {
    const view = {
      id: 'partner',
      allowedHosts: ['a.example'],
      allowHttp: false,
      allowTokens: true,
      credentials: { kind: 'basic', username: 'us' },
      tls: { caCertificates: null, clientCertificate: 'CERT', clientKey: true },
      origin: 'api',
    };
    api
      .list('profiles/p/http-clients', [view])
      .on('GET profiles/p/http-clients/partner', { body: view })
      .on('DELETE profiles/p/http-clients/partner', { status: 204 });
    expect((await tokenwright(['http-client', 'list'])).out).toMatch(/^partner +a\.example +basic +api$/m);
    const { out } = await tokenwright(['http-client', 'show', 'partner']);
    expect(out).toMatch(/^allowTokens +true$/m);
    expect(out).toMatch(/^credentials +basic us, value set$/m);
    expect(out).toMatch(/^client certificate +with its key$/m);
    expect((await tokenwright(['http-client', 'delete', 'partner'])).out).toBe('Deleted HTTP client partner.\n');
  });
});

test('bucket create, list and delete', async () => {
  api
    .on('PUT profiles/p/buckets/consents', { status: 201, body: { id: 'consents' } })
    .list('profiles/p/buckets', [{ id: 'consents', description: 'Who', origin: 'api' }])
    .on('DELETE profiles/p/buckets/consents', { status: 204 });
  expect((await tokenwright(['bucket', 'create', 'consents', '--description', 'Who'])).out).toBe('Created bucket consents.\n');
  expect(api.requests.at(-1)).toMatchObject({ headers: { 'if-none-match': '*' }, body: '{"description":"Who"}' });
  expect((await tokenwright(['bucket', 'list'])).out).toMatch(/^consents +api +Who$/m);
  expect((await tokenwright(['bucket', 'delete', 'consents'])).out).toBe('Deleted bucket consents.\n');
});

test('bucket describe changes what is there and makes nothing', async () => {
  expect(await tokenwright(['bucket', 'describe', 'consents', 'Who'])).toMatchObject({ code: 1 });
  const bucket = { id: 'consents', description: '', origin: 'api' };
  api
    .on('GET profiles/p/buckets/consents', { body: bucket, headers: { etag: '"4"' } })
    .on('PUT profiles/p/buckets/consents', { body: bucket });
  expect((await tokenwright(['bucket', 'describe', 'consents', 'Who'])).out).toBe('Bucket consents is described anew.\n');
  expect(api.requests.at(-1)).toMatchObject({ body: '{"description":"Who"}', headers: { 'if-match': '"4"' } });
});

test('bucket entries and clear are about one subject', async () => {
  const entry = { subject: 'a&b', purpose: 'terms', attributes: { version: 2 }, updatedAt: 86400 };
  api
    .on('GET profiles/p/buckets/consents/entries?subject=a%26b', { body: { items: [entry], next: null } })
    .on('DELETE profiles/p/buckets/consents/entries?subject=a%26b', { body: { entries: 1 } });
  expect((await tokenwright(['bucket', 'entries', 'consents', 'a&b'])).out).toMatch(/^terms +1970-01-02 00:00:00Z +\{"version":2\}$/m);
  expect((await tokenwright(['bucket', 'clear', 'consents', 'a&b'])).out).toBe('Deleted 1 entry of a&b in bucket consents.\n');
});

test('secret show tells when it was set and by whom', async () => {
  api.on('GET profiles/p/secrets/api-key', { body: { profile: 'p', id: 'api-key', createdAt: 0, updatedAt: 86400, origin: 'file' } });
  const { out } = await tokenwright(['secret', 'show', 'api-key']);
  expect(out).toMatch(/^set +1970-01-02 00:00:00Z$/m);
  expect(out).toMatch(/^origin +file$/m);
});
