import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '#libs/oauth';
import { failureText } from './reporters/failure-text.ts';
import { scaffold } from './scaffold/scaffold.ts';
import { findTestFiles } from './test-files.ts';
import { runTests } from './test-run.ts';
import { Workshop } from './testing/workshop.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PAGE = readFileSync(join(ROOT, 'docs/writing-procedures.md'), 'utf8');

/** The texts that the page has for files, by the name of each. */
const FILES = [...PAGE.matchAll(/^```(?:js|ts|json) (\S+)\n(.*?)^```$/gms)].map(([, name = '', text = '']) => ({ name, text }));

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
}, 60_000);
afterAll(() => workshop.close());

describe('the page for those who write their first procedure', () => {
  test('has procedures that pass their tests, and that an editor finds nothing wrong with', async () => {
    expect(FILES.map(({ name }) => name).filter((name) => name.includes('.test.'))).toHaveLength(3);
    scaffold({
      folder: join(workshop.folder, 'my'),
      flow: 'oauth-introspect',
      name: 'other',
      language: 'javascript',
      shipped: join(ROOT, 'procedures'),
    });
    for (const { name, text } of FILES) workshop.write(name, text);
    const summary = await runTests(findTestFiles(join(workshop.folder, 'my')), workshop.runner);
    const failures = summary.files.flatMap(({ tests, broken, file }) => [
      ...tests.flatMap(({ path, failure, runs }) => (failure === null ? [] : [`${path.join(' > ')}\n${failureText(failure, runs)}`])),
      ...(broken === null ? [] : [`${file}\n${broken.message}`]),
    ]);
    expect(failures).toEqual([]);
    expect(summary.files).toHaveLength(4);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', join(workshop.folder, 'my')], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '']);
  }, 120_000);

  test('has an answers file that is one', () => {
    const { text = '' } = FILES.find(({ name }) => name === 'answers.json') ?? {};
    expect(JSON.parse(text)).toEqual([{ call: 'http GET crm.example.com/members', answer: { body: { tier: 'gold' } } }]);
  });

  let count = 0;
  const service = (line: string) => `function result(context) { ${line} return { active: true }; }`;
  test.each([
    ['the procedure must define `function result(context)`', 'refused', 'function results(context) { return {}; }'],
    ['async functions are not supported', 'refused', 'async function result(context) { return {}; }'],
    ['import is not supported', 'refused', "import x from 'y'; function result(context) { return {}; }"],
    ['setTimeout: procedures are synchronous', 'refused', service('setTimeout(() => 1, 5);')],
    [
      "Property 'actve' does not exist on type",
      'refused',
      'function result(context: IntrospectionTokenProcedureContext) { return { active: context.presentedToken.actve }; }',
    ],
    ['Cannot read properties of undefined', 'runtime', service('context.user.name;')],
    [
      'flow oauth-introspect issues no access token',
      'runtime',
      service('context.accessTokenIssuer.issue(context.presentedToken.data, context.delegation);'),
    ],
    ['has no HTTP client "crm"', 'runtime', service("context.getWebServiceClient('crm').get();")],
    ['has no secret "pepper"', 'runtime', service("secrets.get('pepper');")],
    ['a dry run calls nothing real', 'runtime', service("context.getWebServiceClient('there').get();")],
    ['more than 32 host calls', 'runtime', service("for (let i = 0; i < 40; i++) context.getBucket('seen').getAttributes('a' + i, 'b');")],
    ['result() must return an object', 'invalid-response', 'function result(context) { return 1; }'],
    [
      "exp must be a number, not later than the presented token's",
      'invalid-response',
      'function result(context) { return { ...context.presentedToken.data, active: true, exp: 4102444800 }; }',
    ],
    [
      'the secret "pepper" is in the response',
      'invalid-response',
      "function result(context) { return { active: true, s: secrets.get('pepper') }; }",
      { secrets: { pepper: 'pepper of the test' } },
    ],
    ['used more than 50 ms of processor time', 'timeout', 'function result(context) { while (true); }'],
  ])(
    'tells what is meant by: %s',
    async (message, kind, source, changes: Record<string, unknown> = {}) => {
      const path = `errors/oauth-introspect/wrong-${++count}`;
      const ending = source.includes(': Introspection') ? 'ts' : 'js';
      workshop.write(`${path}.${ending}`, source);
      const testFile = join(workshop.folder, `${path}.test.${ending}`);
      const has = { httpClients: { there: 'api.example.com' }, buckets: { seen: {} }, ...changes };
      const ran = await workshop.runner.run({ testFile, base: 'user-token', changes: has });
      const said = [ran.fault?.message, ...ran.findings.map((finding) => finding.message)];
      expect([ran.outcome === 'refused' ? 'refused' : ran.fault?.kind, said]).toEqual([
        kind,
        expect.arrayContaining([expect.stringContaining(message)]),
      ]);
      const row = PAGE.split('\n').find((line) => line.startsWith('|') && line.includes(message)) ?? '';
      expect(row.startsWith(kind === 'refused' ? '| `' : `| \`${kind}\`: `)).toBe(true);
    },
    60_000,
  );

  test('says the limits that there are', () => {
    const { cpuMilliseconds, wallMilliseconds, heapMegabytes, hostCalls, effects, logBytes, responseBytes, sourceBytes } = DEFAULT_LIMITS;
    const rows = PAGE.split('\n').filter((line) => line.startsWith('|'));
    const limit = (name: string) =>
      rows
        .find((row) => row.startsWith(`| ${name}`))
        ?.split('|')[2]
        ?.trim();
    expect(limit('processor time')).toBe(`${cpuMilliseconds} ms`);
    expect(limit('time in all')).toBe(`${wallMilliseconds / 1000} s`);
    expect(limit('memory')).toBe(`${heapMegabytes} MB`);
    expect(limit('calls of services')).toBe(String(hostCalls));
    expect(limit('effects')).toBe(String(effects));
    expect(limit('answer; log')).toBe(`${responseBytes / 1024} KB; ${logBytes / 1024} KB`);
    expect(limit('source')).toMatch(new RegExp(`^${sourceBytes / 1024} KB; `));
  });
});
